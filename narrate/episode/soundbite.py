"""A short part of an episode that stands for it: its strongest quote.

Source:
    Podcasting 2.0 ``podcast:soundbite``; 15 to 60 seconds is what makers of audiograms use.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from narrate.model import Cue
from narrate.model.episode import Soundbite

SHORTEST_MS = 15_000
BEST_MS = 30_000
LONGEST_MS = 60_000
TITLE_CHARACTERS = 128
# What makes a sentence worth hearing alone: somebody says "I" or "we", asks, exclaims, or uses the superlative.
PERSONAL = re.compile(r"\b(?:ich|mich|mir|mein\w*|wir|uns|unser\w*)\b", re.IGNORECASE)
SUPERLATIVE = re.compile(
    r"\b(?:am \w+sten|(?:größt|best|schlimmst|wichtigst|stärkst|höchst|erst|letzt)e[nrms]?|nie|immer)\b"
)


def soundbite(cues: Sequence[Cue]) -> Soundbite | None:
    """Propose a soundbite: whole sentences of one person, 15 to 60 seconds, as strong as there are.

    Returns:
        None where nobody is quoted. A quote that is too short takes
        the reporter's sentences around it with it.
    """
    candidates = [window for run in _runs(cues) for window in _windows(run)]
    if not candidates:
        candidates = [window for run in _runs(cues) if (window := _widened(cues, run))]
    if not candidates:
        return None
    signs = functools.cache(_signs)
    best = max(candidates, key=lambda window: (_strength(window, signs), -window[0].start_ms))
    speaker = next((cue.speaker for cue in best if cue.speaker), None)
    words = " ".join(cue.text for cue in best if cue.speaker)
    title = f"{speaker}: {words}"
    if len(title) > TITLE_CHARACTERS:
        title = title[: TITLE_CHARACTERS - 2].rpartition(" ")[0] + " …"
    start_ms = best[0].start_ms
    return Soundbite(start_ms=start_ms, duration_ms=best[-1].end_ms - start_ms, title=title)


def _runs(cues: Sequence[Cue]) -> Iterator[list[Cue]]:
    """Yield what one person says without a word of anybody else."""
    for (speaker, role), run in itertools.groupby(cues, key=lambda cue: (cue.speaker, cue.role)):
        if speaker and role in ("quote", "post"):
            yield list(run)


def _windows(run: Sequence[Cue]) -> Iterator[list[Cue]]:
    """Yield every stretch of whole sentences of a run that is neither too short nor too long."""
    for first in range(len(run)):
        for end in range(first + 1, len(run) + 1):
            length_ms = run[end - 1].end_ms - run[first].start_ms
            if length_ms > LONGEST_MS:
                break
            if length_ms >= SHORTEST_MS:
                yield list(run[first:end])


def _widened(cues: Sequence[Cue], run: Sequence[Cue]) -> list[Cue]:
    """Return a short quote with sentences before it, then after it, until it is long enough; empty if it never is."""
    first, end = cues.index(run[0]), cues.index(run[-1]) + 1
    while cues[end - 1].end_ms - cues[first].start_ms < SHORTEST_MS:
        before = first > 0 and cues[first - 1].role == "narration"
        if not before and (end == len(cues) or cues[end].role != "narration"):
            return []
        first, end = (first - 1, end) if before else (first, end + 1)
    window = list(cues[first:end])
    return window if window[-1].end_ms - window[0].start_ms <= LONGEST_MS else []


def _signs(text: str) -> int:
    """Count what makes a sentence strong."""
    marks = text.count("!") + text.count("?")
    return len(PERSONAL.findall(text)) + 2 * len(SUPERLATIVE.findall(text)) + 2 * marks


def _strength(window: Sequence[Cue], signs: Callable[[str], int]) -> float:
    """Return how strong a window is: signs of a strong sentence by the minute, and a length near half a minute."""
    found = sum(signs(cue.text) for cue in window if cue.speaker)
    length_ms = window[-1].end_ms - window[0].start_ms
    return found * 60_000 / length_ms - abs(length_ms - BEST_MS) / 5_000
