"""Podcasting 2.0 chapters."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from narrate.model import Chapter
from narrate.publish.chapters import chapters_json


@given(st.lists(st.tuples(st.integers(1, 10**7), st.text(min_size=1)), min_size=1, max_size=20))
def test_times_and_titles_come_back(parts: list[tuple[int, str]]) -> None:
    """The version is a string; start times are ascending numbers in seconds; titles are whole."""
    chapters, at = [], 0
    for length, title in parts:
        chapters.append(Chapter(at, at + length, title, "https://example.org/a"))
        at += length
    read = json.loads(chapters_json(chapters, "Titel"))
    assert isinstance(read["version"], str)
    assert read["version"].startswith("1.2")
    assert [entry["title"] for entry in read["chapters"]] == [title for _, title in parts]
    starts = [entry["startTime"] for entry in read["chapters"]]
    assert starts == sorted(starts)
    assert starts[0] == 0
    assert [round(start * 1000) for start in starts] == [chapter.start_ms for chapter in chapters]
