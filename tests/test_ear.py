"""The ear of ``scripts/listen``: how what was heard is compared with what was said."""

from __future__ import annotations

import pytest

from scripts.ear import Errors, Heard, errors, plain_words
from scripts.listen import offsets_ms


def test_words_are_compared_as_they_sound() -> None:
    """Case, punctuation, hyphens, ß, digits and the spelling of acronyms are no errors."""
    assert plain_words("Die Straße, »1989«!") == ["die", "strasse", "neunzehn", "hundert", "neun", "und", "achtzig"]
    assert plain_words("KI-Firma") == plain_words("K.I. Firma") == ["ki", "firma"]


def test_each_error_counts_once() -> None:
    """A wrong, a missing and an added word are one error each, and sums are over all words."""
    pytest.importorskip("rapidfuzz")
    assert errors("Ein alter Mann", "Ein alter Mann.").word_edits == 0
    for heard in ("Ein kalter Mann", "Ein Mann", "Ein sehr alter Mann"):
        assert errors("Ein alter Mann", heard).word_edits == 1
    both = errors("Ein alter Mann", "Ein kalter Mann") + Errors(words=1)
    assert both.word_percent == 25.0
    assert both.character_edits == 1


def test_only_words_heard_as_printed_have_times_to_compare() -> None:
    """Figures and words that were heard as others are left out."""
    printed = (("Im", 0.0), ("Jahr", 200.0), ("2020", 500.0), ("kam", 1500.0), ("Grit.", 1700.0))
    heard = Heard(
        "", (("Im", 0, 190), ("Jahr", 190, 480), ("2020", 480, 1480), ("kam", 1510, 1700), ("Gritt.", 1700, 2000))
    )
    assert offsets_ms(printed, heard) == [0.0, 10.0, -10.0]
