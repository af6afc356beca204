"""Where sentences end."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.german import sentence_spans, sentences

CASES = [
    line.split(" | ") for line in (Path(__file__).parent / "sentences.txt").read_text(encoding="utf-8").splitlines()
]
PIECES = st.sampled_from(
    [
        "Er", "kam", ".", "!", "?", "…", "...", "„", "“", "»", "«", '"', "(", ")", "z.", "B.", "Dr.", "3.", "2019.",
        "Mai", "Das", "und", "–", "XIV.", "usw.", "\u00a0", "\n", "#", "iPhone", "A.", "12.08.", ":",
    ]
)  # fmt: skip


@pytest.mark.parametrize("expected", CASES, ids=[case[0][:40] for case in CASES])
def test_decoys(expected: list[str]) -> None:
    """A stop after a number, an abbreviation, an initial or inside brackets ends no sentence."""
    assert sentences(" ".join(expected)) == expected


@given(st.lists(st.one_of(PIECES, st.text(max_size=8))).map(" ".join))
def test_nothing_is_lost(text: str) -> None:
    """The sentences are substrings of the text, in order, with nothing but white space between them."""
    at = 0
    for sentence in sentences(text):
        assert sentence == sentence.strip()
        assert sentence
        start = text.index(sentence, at)
        assert not text[at:start].strip()
        at = start + len(sentence)
    assert not text[at:].strip()


@given(st.lists(PIECES).map(" ".join))
def test_spans_are_in_order(text: str) -> None:
    """Spans do not overlap and begin and end at a character that is seen."""
    at = 0
    for start, end in sentence_spans(text):
        assert at <= start < end
        assert text[start:end] == text[start:end].strip()
        at = end


@pytest.mark.parametrize("unit", ["a", "a ", "Er kam. ", "(a ", "„a.“ ", "1", "1. ", "...", "A. "])
def test_long_text_is_split_in_linear_time(unit: str) -> None:
    """A long line, with or without spaces, comes back whole."""
    text = (unit * 100_000)[:100_000]
    assert " ".join(sentences(text)) == " ".join(text.split())
