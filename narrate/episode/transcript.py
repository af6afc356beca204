"""The timed transcript, as WebVTT and as SRT."""

from __future__ import annotations

import bisect
import itertools
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from narrate.model import Cue
from narrate.system.text import plain

if TYPE_CHECKING:
    from narrate.episode.words import Word, Words

VTT_CHARACTERS = 65
SRT_CHARACTERS = 32
SRT_LINES = 2
REPORTER = "Reporter"
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def vtt(cues: Sequence[Cue], words: Words = ()) -> bytes:
    """Return the transcript: a cue a sentence, each with its speaker, lines of 65 characters at most.

    Args:
        cues: The episode's, in order.
        words: Of each cue; where they are known, their times stand inside the cue.

    Source:
        W3C WebVTT; Podcasting 2.0 asks for a voice tag and short lines.
    """
    blocks = ["WEBVTT"]
    for cue, own in zip(cues, words or ((),) * len(cues), strict=True):
        text = plain(cue.text)
        name = speaker_of(cue).translate(ESCAPES)
        # Escapes come last: a line may be cut at a space, never inside "&amp;".
        lines = textwrap.wrap(text, VTT_CHARACTERS, break_on_hyphens=False)
        times = {at: ms for at, ms in _starts(cue, own, plain) if cue.start_ms < ms < cue.end_ms}
        span = f"{timestamp(cue.start_ms)} --> {timestamp(cue.end_ms)}"
        blocks.append(f"{span}\n<v {name}>" + "\n".join(_timed(text, lines, times)) + "</v>")
    return ("\n\n".join(blocks) + "\n").encode("utf-8", "replace")


def _starts(cue: Cue, words: Sequence[Word], shown: Callable[[str], str]) -> Iterator[tuple[int, int]]:
    """Yield where each word begins in the text of its cue as it is shown, and when."""
    whole = cue.text == shown(cue.text)
    for word in words:
        # What blanks and controls were before it is one blank, or none.
        yield word.start if whole else len(shown(cue.text[: word.start] + "x")) - 1, word.start_ms


def _timed(text: str, lines: Sequence[str], times: dict[int, int]) -> Iterator[str]:
    """Yield the lines escaped, with a time before each word that has one."""
    at = 0
    for line in lines:
        at = text.index(line, at)
        inside = [offset for offset in sorted(times) if at < offset < at + len(line)]
        bounds = [at, *inside, at + len(line)]
        parts = [text[start:end].translate(ESCAPES) for start, end in itertools.pairwise(bounds)]
        stamps = [f"<{timestamp(times[at])}>" if at in times else "", *(f"<{timestamp(times[one])}>" for one in inside)]
        yield "".join(itertools.chain.from_iterable(zip(stamps, parts, strict=True)))
        at += len(line)


def srt(cues: Sequence[Cue], words: Words = ()) -> bytes:
    """Return the transcript as SubRip: two lines of 32 characters at most, the speaker where it changes.

    A longer sentence becomes several numbered pieces; one begins when its first word does, and where that is not
    known, the characters tell.
    """
    blocks: list[str] = []
    before: str | None = None
    for cue, own in zip(cues, words or ((),) * len(cues), strict=True):
        name, text = _arrowed(speaker_of(cue)), _arrowed(cue.text)
        prefix = f"{_shortened(name)}: " if name != before else ""
        said, before = prefix + text, name
        lines = textwrap.wrap(said, SRT_CHARACTERS, break_on_hyphens=False) or ["…"]
        pieces = [lines[at : at + SRT_LINES] for at in range(0, len(lines), SRT_LINES)]
        spans = _parted(cue, dict(_starts(cue, own, _arrowed)), _offsets(said, pieces, len(prefix)))
        for piece, (start_ms, end_ms) in zip(pieces, spans, strict=True):
            span = f"{timestamp(start_ms, ',')} --> {timestamp(end_ms, ',')}"
            blocks.append(f"{len(blocks) + 1}\n{span}\n" + "\n".join(piece) + "\n")
    return "\n".join(blocks).encode("utf-8", "replace")


def _offsets(said: str, pieces: Sequence[Sequence[str]], prefix: int) -> list[int]:
    """Return where each piece begins in the text of its cue, and how long that text is."""
    found, at = [0], 0
    for line in itertools.chain.from_iterable(pieces[:-1]):
        at = said.find(line, at) + len(line)
        found.append(at + said.startswith(" ", at) - prefix)
    return [*found[::SRT_LINES], max(len(said) - prefix, 1)]


def _parted(cue: Cue, starts: dict[int, int], offsets: Sequence[int]) -> list[tuple[int, int]]:
    """Return where each piece of a cue begins and ends; every piece has at least a millisecond if the cue has."""
    known = sorted(({offsets[-1]: cue.end_ms} | starts | {0: cue.start_ms}).items())
    bounds = [cue.start_ms]
    for left, offset in zip(range(len(offsets) - 2, 0, -1), offsets[1:-1], strict=True):
        at = bisect.bisect_right(known, (offset, cue.end_ms)) - 1
        (before, before_ms), (after, after_ms) = known[at : at + 2]
        start_ms = before_ms + round((after_ms - before_ms) * (offset - before) / (after - before))
        bounds.append(min(max(start_ms, bounds[-1] + 1), max(cue.end_ms - left, bounds[-1])))
    return list(itertools.pairwise([*bounds, cue.end_ms]))


def _arrowed(text: str) -> str:
    """Return a text without the arrow that stands between the times of SubRip."""
    return plain(text).replace("-->", "→")


def _shortened(name: str) -> str:
    return name if len(name) < SRT_CHARACTERS else name[: SRT_CHARACTERS - 2].rstrip() + "…"


def speaker_of(cue: Cue) -> str:
    """Return the name of who speaks a cue, on one line."""
    return plain(cue.speaker or "") or REPORTER


def timestamp(ms: int, point: str = ".") -> str:
    """Return a time as WebVTT has it, hours always shown; SubRip has a comma for the point."""
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{ms:03}"
