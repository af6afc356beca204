"""The page about the architecture names what is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
TABLES = re.split(r"\n## ", PAGE)


def table(title: str) -> list[list[str]]:
    """Return the cells of the rows of a section's table."""
    section = next(one for one in TABLES if one.startswith(title))
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return rows[1:]


def test_every_room_has_a_row() -> None:
    """The table of rooms lists the packages at the top of narrate, and no other."""
    named = {cells[0].strip("`/") for cells in table("Rooms and floors")}
    there = {path.name for path in (ROOT / "narrate").iterdir() if (path / "__init__.py").exists()}
    assert named == there | {"__init__.py", "show/s3"}


def test_every_question_has_a_path_that_exists() -> None:
    """At least twenty changes have a place each, and every file that is named for one exists."""
    rows = table("Where do I change")
    assert len(rows) >= 20
    for change, place in rows:
        paths = [one for one in re.findall(r"`([\w/.-]+)`", place) if "/" in one or one.endswith(".py")]
        assert paths, change
        for path in paths:
            assert "NAME" in path or (ROOT / "narrate" / path).exists() or (ROOT / path).exists(), path
