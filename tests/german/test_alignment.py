"""Which spoken words belong to which printed one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from narrate.german import verbalize
from narrate.german.alignment import align, changes, printed_marks
from narrate.model import Mark
from narrate.voices.engines.espeak.engine import EspeakEngine

SENTENCES = st.lists(
    st.sampled_from("Am 6. April kam § 5 Abs. 1 BGB um 8.15 Uhr z. B. 7,40 € 🙂 der KI Heinrich VIII. 3–5 % .".split()),
    max_size=12,
).map(" ".join)


def said_for(printed: str) -> list[tuple[str, str]]:
    """Return each printed word with what is said for it."""
    spoken = verbalize(printed)
    return [
        (printed[pair.printed_start : pair.printed_end], spoken[pair.spoken_start : pair.spoken_end])
        for pair in align(printed, spoken, verbalize)
    ]


def test_each_printed_word_has_its_own_spoken_ones() -> None:
    """Neighbouring changes are told apart by what each word says alone."""
    assert said_for("Nach § 823 Abs. 1 BGB am 6. April 1999") == [
        ("Nach", "Nach"),
        ("§", "Paragraf"),
        ("823", "acht hundert drei und zwanzig"),
        ("Abs.", "Absatz"),
        ("1", "eins"),
        ("BGB", "B G B"),
        ("am", "am"),
        ("6.", "sechsten"),
        ("April", "April"),
        ("1999", "neunzehn hundert neun und neunzig"),
    ]


def test_a_silent_word_has_nothing() -> None:
    """An emoji pairs with an empty run."""
    assert said_for("Danke 🙂 sehr") == [("Danke", "Danke"), ("🙂", ""), ("sehr", "sehr")]


def test_changes_join_neighbours() -> None:
    """An editor sees "4:20 Uhr" as one change."""
    printed = "Um 4:20 Uhr kam er."
    spoken = verbalize(printed)
    found = [
        (printed[pair.printed_start : pair.printed_end], spoken[pair.spoken_start : pair.spoken_end])
        for pair in changes(printed, spoken, verbalize)
    ]
    assert found == [("4:20 Uhr", "vier Uhr zwanzig")]


@given(st.one_of(SENTENCES, st.text(max_size=60)), st.one_of(SENTENCES, st.text(max_size=60)))
def test_every_printed_word_is_paired_once_and_in_order(printed: str, other: str) -> None:
    """Whatever is said, each printed word has one pair, and no pair lies before the one before."""
    for spoken in (printed, verbalize(printed), other):
        pairs = align(printed, spoken, verbalize)
        assert [printed[pair.printed_start : pair.printed_end] for pair in pairs] == printed.split()
        assert all(pair.spoken_start <= pair.spoken_end for pair in pairs)
        starts = [pair.spoken_start for pair in pairs]
        assert starts == sorted(starts)


@given(st.text(max_size=80))
def test_equal_texts_pair_word_by_word(text: str) -> None:
    """A text pairs with itself, and nothing has changed."""
    assert all(pair.printed_start == pair.spoken_start for pair in align(text, text))
    assert changes(text, text) == ()


def test_a_very_long_text_is_aligned_as_a_whole() -> None:
    """Nothing hangs: beyond the limit all words share all words."""
    pairs = align("a " * 10_000, "b " * 10_000)
    assert len(pairs) == 10_000


def test_marks_of_a_real_engine_find_the_printed_words(espeak: EspeakEngine) -> None:
    """Every printed word that is heard has a mark, in order, from first to last spoken word."""
    printed = "Am 6. April 1999 um 8.15 Uhr galt § 5 BGB."
    spoken = verbalize(printed)
    marks = espeak.synthesize(spoken, espeak.voices()[0]).marks
    found = printed_marks(printed, spoken, marks, verbalize)
    assert [mark.word for mark in found] == printed.split()
    assert [printed[mark.position : mark.position + len(mark.word)] for mark in found] == printed.split()
    edges = [edge for mark in found for edge in (mark.start_ms, mark.end_ms)]
    assert edges == sorted(edges)


def test_a_mark_spans_its_spoken_words() -> None:
    """The mark of "8.15" begins with its first spoken word and ends with its last."""
    marks = [Mark(0, "acht", 0, 10), Mark(5, "fünfzehn", 10, 25)]
    assert printed_marks("8.15", "acht fünfzehn", marks) == (Mark(0, "8.15", 0, 25),)
