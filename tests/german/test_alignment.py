"""Which spoken words belong to which printed one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from narrate.german import verbalize
from narrate.german.alignment import align, changes

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
