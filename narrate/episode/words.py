"""Where each printed word is heard."""

from __future__ import annotations

import bisect
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from narrate.audio.mix import EncodedUnit
from narrate.german import verbalize
from narrate.german.alignment import Pair, align
from narrate.model import Cue, Mark, Take

VERSION = 1


@dataclass(frozen=True, slots=True)
class Word:
    """A printed word on the timeline of the episode.

    Attributes:
        start: Offset of its first character in the text of its cue.
        end: Offset behind its last.
        start_ms: From the start of the file.
        end_ms: Half-open.
    """

    start: int
    end: int
    start_ms: int
    end_ms: int


Words = tuple[tuple[Word, ...], ...]
MarksOf = Callable[[Take], Sequence[Mark]]


@dataclass(slots=True)
class _Run:
    """Printed words that are said in one breath, and when; of most words, one.

    Attributes:
        pairs: The words, and what is said for them.
        start_ms: From the start of the speech.
        end_ms: Half-open.
        changed: Whether they are said in another way than printed.
    """

    pairs: list[Pair]
    start_ms: float
    end_ms: float
    changed: bool

    def words(self) -> Iterator[tuple[Pair, float, float]]:
        """Yield each word with its part of the time: as much as it has of the characters."""
        lengths = [pair.printed_end - pair.printed_start for pair in self.pairs]
        parts = [0, *itertools.accumulate(lengths)]
        scale = (self.end_ms - self.start_ms) / parts[-1]
        for pair, (before, after) in zip(self.pairs, itertools.pairwise(parts), strict=True):
            yield pair, self.start_ms + before * scale, self.start_ms + after * scale

    def ms_per_character(self) -> float:
        """Return how much time its characters have."""
        return (self.end_ms - self.start_ms) / sum(pair.printed_end - pair.printed_start for pair in self.pairs)


def word_times(encoded: Sequence[EncodedUnit], cues: Sequence[Cue], marks_of: MarksOf) -> Words:
    """Return the words of every cue, as far as its engine tells when it says them.

    Args:
        encoded: The episode's mix units; each of their takes is one cue.
        cues: On the timeline of the episode.
        marks_of: Gives the word marks of a take.

    Returns:
        One tuple a cue; words ascend, do not overlap, and lie inside their cue.
    """
    takes = [take for each in encoded for take in each.unit.takes]
    return tuple(_words(take, cue, marks_of(take)) for take, cue in zip(takes, cues, strict=True))


def _words(take: Take, cue: Cue, marks: Sequence[Mark]) -> tuple[Word, ...]:
    said = take.utterance
    if not marks:
        return ()
    # The silence before the first sound was cut off, and the marks count from before it.
    shift_ms = cue.start_ms - take.first * 1000 / take.rate_hz
    found: list[Word] = []
    earliest_ms = cue.start_ms
    for pair, begin_ms, finish_ms in itertools.chain.from_iterable(
        run.words() for run in _runs(said.text, said.spoken, marks)
    ):
        start_ms = max(round(begin_ms + shift_ms), earliest_ms)
        end_ms = min(round(finish_ms + shift_ms), cue.end_ms)
        if end_ms > start_ms:
            found.append(Word(pair.printed_start, pair.printed_end, start_ms, end_ms))
            earliest_ms = end_ms
    return tuple(found)


def _runs(printed: str, spoken: str, marks: Sequence[Mark]) -> list[_Run]:
    """Return the printed words in runs that have times; a word that nobody hears is in none."""
    positions = [mark.position for mark in marks]
    runs: list[_Run] = []
    unsaid: list[Pair] = []  # words for which the alignment found nothing
    for pair in align(printed, spoken, verbalize):
        word = printed[pair.printed_start : pair.printed_end]
        said = spoken[pair.spoken_start : pair.spoken_end]
        heard = marks[bisect.bisect_left(positions, pair.spoken_start) : bisect.bisect_left(positions, pair.spoken_end)]
        shared = bool(runs and said) and _same(pair, runs[-1].pairs[-1])
        if heard and not shared:
            run = _Run([pair], heard[0].start_ms, heard[-1].end_ms, word != said)
            _share(unsaid, runs[-1] if runs else None, run)
            runs.append(run)
        elif runs and (shared or (said and any(map(str.isalnum, word)))):
            # espeak says "nicht nur" as one and marks its first word.
            runs[-1].pairs += [*unsaid, pair]
        elif not said and any(map(str.isalnum, word)):
            unsaid.append(pair)
            continue
        else:
            continue
        unsaid = []
    _share(unsaid, runs[-1] if runs else None, None)
    return runs


def _share(unsaid: Sequence[Pair], before: _Run | None, after: _Run | None) -> None:
    """Give words without speech of their own to a neighbour that is said in another way than printed.

    A name of several words in phonemes is one spoken word: "Elon Musk" is said for either. Between two such
    neighbours, the one that has more time than its characters need has said them too.
    """
    able = [run for run in (before, after) if run is not None and run.changed]
    if not unsaid or not able:
        return
    chosen = max(able, key=_Run.ms_per_character)
    chosen.pairs = [*unsaid, *chosen.pairs] if chosen is after else [*chosen.pairs, *unsaid]


def _same(one: Pair, other: Pair) -> bool:
    return (one.spoken_start, one.spoken_end) == (other.spoken_start, other.spoken_end)


def words_json(words: Words) -> bytes:
    """Return ``words.json``: for each cue a list of [first character, end, start in ms, end in ms]."""
    listed = [[[word.start, word.end, word.start_ms, word.end_ms] for word in cue] for cue in words]
    return json.dumps({"version": VERSION, "cues": listed}, separators=(",", ":")).encode()
