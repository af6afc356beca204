"""The script as a file that a person edits."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.model import Script, ScriptSection, Segment, Speaker
from narrate.model.errors import InputUnreadable
from narrate.script.script_file import read_script_file, write_script_file

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
SPEAKERS = st.one_of(
    st.none(), st.sampled_from([Speaker("Jana „J.“ Thoms", "f"), Speaker("Ole\\Behn"), Speaker("Wer=?", "m")])
)
SEGMENTS = st.builds(
    Segment, st.sampled_from(["headline", "teaser", "narration", "quote", "post", "attribution"]), SPEAKERS, TEXTS, st.booleans()
)  # fmt: skip
MAYBE = st.one_of(st.none(), TEXTS)
SECTIONS = st.builds(ScriptSection, MAYBE, st.lists(SEGMENTS, max_size=4).map(tuple), MAYBE, MAYBE)
SCRIPTS = st.builds(
    Script, TEXTS, st.one_of(st.none(), TEXTS), st.lists(SECTIONS, min_size=1, max_size=3).map(tuple),
    st.one_of(st.none(), TEXTS), st.one_of(st.none(), st.dates()), st.one_of(st.none(), TEXTS), st.just("de-AT"),
    st.one_of(st.none(), TEXTS), st.lists(TEXTS, max_size=2).map(tuple),
)  # fmt: skip
SIMPLE = Script(
    "Titel", None,
    (ScriptSection(None, (Segment("headline", None, "Titel"), Segment("quote", Speaker("Jana Thoms", "f"), "„Ja.“"))),),
    published=date(2026, 4, 6),
)  # fmt: skip
FILE = write_script_file(SIMPLE, {"reporter": "espeak:de", "Jana Thoms": "espeak:de+f1@-2"})


@given(SCRIPTS)
def test_what_is_written_is_read(script: Script) -> None:
    """A script comes back whole, whatever its texts hold."""
    assert read_script_file(write_script_file(script, {}), "x").script == script


def test_voices_come_back() -> None:
    """The cast names a voice for everyone; a name without one is cast automatically."""
    assert read_script_file(FILE, "x").voices == {"reporter": "espeak:de", "Jana Thoms": "espeak:de+f1@-2"}
    assert read_script_file(FILE.replace('voice = "espeak:de+f1@-2", ', ""), "x").voices == {"reporter": "espeak:de"}


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('role = "quote"', 'role = "qoute"', "role must be one of"),
        ('role = "quote"', 'rolle = "quote"', "did you mean 'role'"),
        ('speaker = "Jana Thoms"', 'speaker = "Jana Toms"', r"not in \[cast\]"),
        ("version = 1", "version = 2", "version must be 1"),
        ('title = "Titel"', "title = 3", "title must be a string"),
        ('title = "Titel"', 'title = "Titel', "not TOML"),
        ("published = ", "publisht = ", "did you mean 'published'"),
        ('text = "„Ja.“"', "text = 4", "text must be a string"),
        ('gender = "f"', 'gender = "w"', "gender must be"),
        ("[[chapter]]", "[[chapters]]", "chapter"),
        ("[[chapter]]\n", "[[chapter]]\nimage = 4", "image must be a string"),
        ("[[chapter]]\n", "[[chapter]]\nbild = 'a.jpg'\n", "'bild' is not known"),
    ],
)
def test_a_mistake_gets_its_line_named(right: str, wrong: str, said: str) -> None:
    """The message names the line of the mistake and what to do."""
    edited = FILE.replace(right, wrong, 1)
    line = edited[: edited.index(wrong)].count("\n") + 1
    with pytest.raises(InputUnreadable, match=said) as caught:
        read_script_file(edited, "a.script.toml")
    if not wrong.startswith("[[chapter"):
        assert f"line {line}:" in caught.value.message


@given(st.text(max_size=60), st.integers(0, len(FILE)))
def test_any_edit_is_read_or_explained(text: str, at: int) -> None:
    """No edit raises anything but an explained failure."""
    try:
        read_script_file(FILE[:at] + text + FILE[at:], "x")
    except InputUnreadable as error:
        assert "line " in error.message


def test_pictures_and_anchors_of_chapters() -> None:
    """A person may give a chapter a picture and an anchor."""
    edited = FILE.replace("[[chapter]]", '[[chapter]]\nimage = "bilder/kran.jpg"\nanchor = "oben"', 1)
    section = read_script_file(edited, "x").script.sections[0]
    assert (section.image, section.anchor) == ("bilder/kran.jpg", "oben")


def test_the_command_line_round_trip(tmp_path: Path) -> None:
    """``script -o`` writes what ``script`` reads back the same; another name is refused."""
    from click.testing import CliRunner

    from narrate.cli.main import cli

    article, written = tmp_path / "a.txt", tmp_path / "a.script.toml"
    article.write_text("Titel\n\nKapitänin Jana Thoms sagte: „Der Kai gehört uns allen hier.“\n")
    run = CliRunner()
    assert run.invoke(cli, ["script", str(article), "-o", str(written)]).exit_code == 0
    first = run.invoke(cli, ["script", str(article), "--json"]).output
    assert run.invoke(cli, ["script", str(written), "--json"]).output == first
    assert run.invoke(cli, ["script", str(article), "-o", str(tmp_path / "a.toml")]).exit_code == 2
