"""What espeak-ng is given to read, and where its words are heard."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from narrate.model import Mark

# espeak-ng drops mnemonics right behind an opening quote, a bracket or a symbol; behind a hyphen it speaks them.
_PRESSED = re.compile(r"(?<=[^\s-])\[\[")
# The end of a C string, of a line, and the character that begins a command inside the text.
_CONTROLS = str.maketrans("\0\n\1", "   ")


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text as espeak-ng can read it.

    Attributes:
        text: With a space before mnemonics that would be dropped without one.
        spaces: Offsets of the added spaces, ascending.
    """

    text: str
    spaces: tuple[int, ...]

    def in_original(self, events: Sequence[int]) -> list[int]:
        """Return pairs of position (from 1) and sample with positions in the text as it was given."""
        moved = list(events)
        if self.spaces:
            moved[::2] = [position - bisect_left(self.spaces, position - 1) for position in events[::2]]
        return moved


def fit(text: str) -> Fitted:
    """Prepare a text for espeak-ng; every character stays in place but for added spaces."""
    places = [found.start() for found in _PRESSED.finditer(text)]
    return Fitted(
        _PRESSED.sub(" [[", text).translate(_CONTROLS), tuple(place + before for before, place in enumerate(places))
    )


def word_marks(text: str, events: Sequence[int], sample_count: int, rate_hz: int) -> tuple[Mark, ...]:
    """Turn espeak's word events into marks, one for each printed word at most.

    espeak counts characters from 1, points behind an opening quote or bracket, and
    tells of a number several times; a mark stands at the first character of its word.
    """
    words = [(match.start(), match.end()) for match in re.finditer(r"\S+", text)]
    starts: list[tuple[int, int]] = []
    index = 0
    for position, sample in zip(events[::2], events[1::2], strict=True):
        while index + 1 < len(words) and words[index + 1][0] <= position - 1:
            index += 1
        if words and (not starts or starts[-1][0] != index) and words[index][0] <= position - 1 < words[index][1]:
            starts.append((index, min(max(sample, 0), sample_count)))
    ends = [*(sample for _, sample in starts), sample_count][1:]
    return tuple(
        Mark(words[word][0], text[slice(*words[word])], 1000 * start / rate_hz, 1000 * max(start, end) / rate_hz)
        for (word, start), end in zip(starts, ends, strict=True)
    )
