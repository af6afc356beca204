"""Articles of every layout, and the script that a person would write of each, line by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from narrate.model import Script, Segment
from narrate.reading import read_article
from narrate.script import write_script

CASES = Path(__file__).parent / "cases"
ARTICLES = sorted(path for path in CASES.iterdir() if not path.name.endswith(".script.txt"))


def line(segment: Segment) -> str:
    """Return a segment as the files have it: role, speaker, text."""
    speaker = f" {segment.speaker.name}" if segment.speaker else ""
    return f"{segment.role}{speaker}: {segment.text}"


def lines(script: Script) -> list[str]:
    """Return a script as the files have it."""
    found: list[str] = []
    for section in script.sections:
        found += [f"# {section.heading}"] if section.heading else []
        found += [line(segment) for segment in section.segments]
    return found


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.name)
def test_roles_speakers_titles_and_headings(path: Path) -> None:
    """Every word has its role and voice; headings are headings; nothing around the article is spoken."""
    expected = path.with_name(f"{path.stem}.script.txt").read_text(encoding="utf-8").splitlines()
    assert lines(write_script(read_article(path))) == expected


def test_there_are_thirty_layouts() -> None:
    """Each case has its expected script beside it."""
    assert len(ARTICLES) >= 30
    assert all(path.with_name(f"{path.stem}.script.txt").exists() for path in ARTICLES)
