"""Direct speech as offsets, for others to measure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.script.quotes import find_quotes, find_spoken

TEXT = (
    "Kapitänin Jana Thoms sagte am Montag: „Wir fahren morgen früh wieder hinaus.“ Der Film „Das Boot“ lief.\n\n"
    "„Das ist ein Fehler, den wir bereuen werden“, erklärte der Fischer Ole Behn."
)


@pytest.mark.parametrize("marks", ["„“", "»«", "«»", '""', "“”"])
def test_offsets_without_marks(marks: str) -> None:
    """Offsets hold just the words, in every style of marks; a title is no speech."""
    text = TEXT.replace("„", "\1").replace("“", "\2").replace("\1", marks[0]).replace("\2", marks[1])
    assert [text[start:end] for start, end in find_quotes(text)] == [
        "Wir fahren morgen früh wieder hinaus.", "Das ist ein Fehler, den wir bereuen werden"
    ]  # fmt: skip
    assert [name for _, _, name in find_spoken(text)] == ["Kapitänin Jana Thoms", "der Fischer Ole Behn"]


@given(st.text(st.sampled_from("„“”\"»«‚‘' \nAab.,:!?-sagte"), max_size=120))
def test_any_text_has_quotes_in_order(text: str) -> None:
    """Quotes stand in order, inside the text, and do not overlap."""
    behind = 0
    for start, end in find_quotes(text):
        assert behind <= start <= end <= len(text)
        behind = end
