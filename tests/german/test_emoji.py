"""Emoji."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from narrate.german import verbalize
from narrate.german.emoji import emoji

FAMILY = "👩\u200d👩\u200d👧"


def test_silent_emoji_leave_no_trace() -> None:
    """Signs, skin tones, joiners and selectors vanish, and one space stays between the words around them."""
    assert verbalize(f"Toll 😀👍🏽! Danke ❤️. Bis bald {FAMILY} in Ulm 🎉") == "Toll! Danke. Bis bald in Ulm"
    assert verbalize("🎉") == ""


def test_named_emoji_are_called_in_german() -> None:
    """A reader who wants them hears their names."""
    assert verbalize("Danke ❤️!", "named") == "Danke rotes herz!"
    assert verbalize("Gut 👍🏽 so", "named") == verbalize("Gut 👍 so", "named")


@given(st.text(alphabet="ab ,.!😀👍🏽❤️\u200d🇩🇪🎉", max_size=30))
def test_words_around_emoji_stay(text: str) -> None:
    """Letters come out in their order."""
    assert [sign for sign in emoji(text) if sign in "ab"] == [sign for sign in text if sign in "ab"]
