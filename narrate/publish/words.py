"""Where each printed word is heard."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from narrate.cache import CachedEngine
from narrate.german import verbalize
from narrate.german.alignment import printed_marks
from narrate.mix import Encoded
from narrate.model import Cue
from narrate.speak import Take

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


def word_times(encoded: Sequence[Encoded], cues: Sequence[Cue], engines: Mapping[str, CachedEngine]) -> Words:
    """Return the words of every cue, as far as its engine tells when it says them.

    Args:
        encoded: The episode's stretches; each of their takes is one cue.
        cues: On the timeline of the episode.
        engines: By name; they remember their word marks.

    Returns:
        One tuple a cue; words ascend, do not overlap, and lie inside their cue.
    """
    takes = [take for each in encoded for take in each.stretch.takes]
    return tuple(_words(take, cue, engines) for take, cue in zip(takes, cues, strict=True))


def _words(take: Take, cue: Cue, engines: Mapping[str, CachedEngine]) -> tuple[Word, ...]:
    said = take.utterance
    marks = engines[said.voice.engine].marks(said.spoken, said.voice)
    if not marks:
        return ()
    # The silence before the first sound was cut off, and the marks count from before it.
    shift_ms = cue.start_ms - take.first * 1000 / take.rate_hz
    found: list[Word] = []
    earliest_ms = cue.start_ms
    for mark in printed_marks(said.text, said.spoken, marks, verbalize):
        start_ms = max(round(mark.start_ms + shift_ms), earliest_ms)
        end_ms = min(round(mark.end_ms + shift_ms), cue.end_ms)
        if end_ms > start_ms:
            found.append(Word(mark.position, mark.position + len(mark.word), start_ms, end_ms))
            earliest_ms = end_ms
    return tuple(found)


def words_json(words: Words) -> bytes:
    """Return ``words.json``: for each cue a list of [first character, end, start in ms, end in ms]."""
    listed = [[[word.start, word.end, word.start_ms, word.end_ms] for word in cue] for cue in words]
    return json.dumps({"version": VERSION, "cues": listed}, separators=(",", ":")).encode()
