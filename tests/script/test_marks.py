"""Quotation marks and speech."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.script.marks import spans, style_of
from narrate.script.speech import is_speech, quotes

ALPHABET = st.text(alphabet='ab „“”"»«.,A!\n', max_size=80)


def marked(text: str) -> list[str]:
    """Return the marked strings of a text."""
    return [text[span.start : span.end] for span in spans(text, style_of(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Er rief: „Komm.“ Sie „ging“.", ["„Komm.“", "„ging“"]),
        ('Er rief: „Komm.” Dann „ging" er.', ["„Komm.”", '„ging"']),
        ('Er rief: "Komm." Sie ("ging").', ['"Komm."', '"ging"']),
        ("Er rief: »Komm.« Sie »ging«.", ["»Komm.«", "»ging«"]),
        ("Er rief: «Komm.» Sie «ging».", ["«Komm.»", "«ging»"]),
        ("Er rief: “Komm.” Sie “ging”.", ["“Komm.”", "“ging”"]),
        ('Das Brett misst 5" und 7" genau.', []),
        ("Er sagte: „Das Buch »Nacht« ist gut.“", ["„Das Buch »Nacht« ist gut.“"]),
        ("Wie geht’s Hans’ Hof?", []),
    ],
)
def test_every_style_of_marks(text: str, found: list[str]) -> None:
    """Each style opens and closes its own way; an inch mark and an apostrophe are no quotes."""
    assert marked(text) == found


def test_a_missing_closing_mark_swallows_nothing() -> None:
    """An open quote ends before the next one, before its clause, or with its paragraph."""
    assert marked("„Ich gehe jetzt, sagte Anna Kern. Dann kam „Ruhe“ auf.") == ["„Ich gehe jetzt", "„Ruhe“"]
    assert marked("Er rief: „Komm") == ["„Komm"]


@given(ALPHABET)
def test_spans_are_in_order(text: str) -> None:
    """Marked strings do not overlap and lie inside the text."""
    at = 0
    for span in spans(text, style_of(text)):
        assert at <= span.start < span.end <= len(text)
        at = span.end


@pytest.mark.parametrize(
    ("text", "speech"),
    [
        ("Anna sagte: „Wir gehen jetzt nach Hause.“", True),
        ("„Wir gehen jetzt nach Hause“, sagte Anna.", True),
        ("Sie las den Roman „Der lange Weg“ im Zug.", False),
        ("Das „Unmögliche“ wurde wahr.", False),
        ("Die „Rund-um-die-Uhr“-Debatte endete.", False),
        ("Der Gründer des „Future of Farming Institute“ kam.", False),
    ],
)
def test_speech_or_not(text: str, speech: bool) -> None:
    """Speech is told from titles, names and scare quotes."""
    [quote] = quotes(text, spans(text, style_of(text)))
    assert is_speech(quote) is speech
