"""Which colour a speaker has, in the waveform and on the page."""

from __future__ import annotations

from collections.abc import Sequence

# One for the reporter, the others for those quoted, and again from the first of them. Each can be read as text,
# at 4.5 to 1 and more, on what the page has as its ground.
LIGHT = ("#46566a", "#a62c1c", "#0f6b47", "#1d5fa8", "#7a3f98", "#805500", "#006b78", "#9c2a63", "#4b5d0b")
DARK = ("#a9b7c6", "#ff9c8a", "#74d3a4", "#86b8f7", "#d0a6ee", "#e3b95b", "#67cfdc", "#f59ac2", "#bcc96b")
COLOURS = len(LIGHT)


def colour_of(speakers: Sequence[str], speaker: str | None) -> int:
    """Return which colour a speaker has: 0 for the reporter.

    Args:
        speakers: Everyone quoted, in the order of the cast.
        speaker: One of them, or None.
    """
    return 0 if speaker not in speakers or speaker is None else 1 + speakers.index(speaker) % (COLOURS - 1)
