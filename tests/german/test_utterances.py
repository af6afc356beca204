"""What is said in one breath."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.german import sentences, utterances, verbalize


@given(st.text(alphabet="ab ,;:.–1é\u0301-Z", max_size=300), st.integers(1, 40))
def test_nothing_but_white_space_is_lost(text: str, limit: int) -> None:
    """Utterances hold every character, none is empty and none is longer than the limit."""
    found = utterances(text, limit)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(0 < len(part) <= limit for part in found)


def test_a_short_text_is_cut_at_sentences_only() -> None:
    """A sentence within the limit stays whole."""
    assert utterances("Er kam, sah und siegte. Dann ging er.") == ["Er kam, sah und siegte.", "Dann ging er."]


def test_a_long_sentence_is_cut_at_a_clause() -> None:
    """A sentence over the limit is cut behind a comma."""
    assert utterances("Er kam aus dem Norden, er blieb im Süden", 30) == ["Er kam aus dem Norden,", "er blieb im Süden"]


@pytest.mark.parametrize("kept", ["3. Mai", "12 Uhr", "z. B.", "5 000", "Dr. Voss", "1,5 Mio."])
def test_numbers_dates_and_abbreviations_stay_whole(kept: str) -> None:
    """No cut falls between a number or an abbreviation and what belongs to it."""
    for length in range(10, 30):
        text = f"{'wort ' * (length // 5)}{'x' * (length % 5)} {kept} und noch viel mehr danach"
        assert any(kept in part for part in utterances(text, 30)), text


def test_a_number_is_not_cut_while_there_is_another_place() -> None:
    """A word longer than the limit is cut before a number in it."""
    assert utterances("a" * 18 + "2025" + "b" * 10, 20)[0] == "a" * 18


def test_a_million_characters_without_a_space() -> None:
    """One endless word is cut into parts within the limit."""
    found = utterances("a" * 1_000_000)
    assert "".join(found) == "a" * 1_000_000
    assert max(map(len, found)) == 600


def test_a_limit_below_one_is_refused() -> None:
    """There is no utterance without room for a character."""
    with pytest.raises(ValueError, match="room"):
        utterances("a", 0)


PARTS = st.sampled_from(
    ["am 6. April 2026", "um 19.45 Uhr", "z. B.", "§ 823 Abs. 1 BGB", "Heinrich VIII.", "7,40 €", "3 Mio. Euro",
     "18 °C", "die Stadt am Fluss,", "Häuser und Menschen", "sagte er später,", "Dr. Müller", "im 19. Jahrhundert",
     "3:1", "KI", "vom 2. bis 9. Mai", "1.234.567 Gäste", "Nr. 5", "5 %", "langsam", "ohne Eile,"]
)  # fmt: skip


@given(st.lists(PARTS, min_size=1, max_size=30).map(" ".join), st.integers(70, 200))
def test_no_cut_changes_how_a_number_date_or_abbreviation_is_read(text: str, limit: int) -> None:
    """Pieces read one by one say what the whole sentence says."""
    pieces = utterances(text, limit)
    assert all(len(piece) <= limit for piece in pieces)
    for sentence in sentences(text):
        cut = utterances(sentence, limit)
        assert re.sub(r"[.\s]+", " ", " ".join(map(verbalize, cut))) == re.sub(r"[.\s]+", " ", verbalize(sentence))
