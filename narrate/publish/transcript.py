"""The timed transcript, as WebVTT and as SRT."""

from __future__ import annotations

import itertools
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from narrate.model import Cue

if TYPE_CHECKING:
    from narrate.publish.words import Word, Words

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
        lines = textwrap.wrap(text, VTT_CHARACTERS, break_long_words=False, break_on_hyphens=False)
        times = _times(cue, own) if text == cue.text else {}
        span = f"{timestamp(cue.start_ms)} --> {timestamp(cue.end_ms)}"
        blocks.append(f"{span}\n<v {name}>" + "\n".join(_timed(text, lines, times)) + "</v>")
    return ("\n\n".join(blocks) + "\n").encode("utf-8", "replace")


def _times(cue: Cue, words: Sequence[Word]) -> dict[int, int]:
    """Return the times that may stand inside a cue, by offset: after its start, before its end, ascending."""
    return {word.start: word.start_ms for word in words if cue.start_ms < word.start_ms < cue.end_ms}


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

    A longer sentence becomes several numbered pieces; where one ends is told by the words, else by how many
    characters it has.

    Args:
        cues: The episode's, in order.
        words: Of each cue.
    """
    blocks: list[str] = []
    before: str | None = None
    for cue, own in zip(cues, words or ((),) * len(cues), strict=True):
        name = speaker_of(cue).replace("-->", "→")
        text = plain(cue.text).replace("-->", "→")
        said = f"{_shortened(name)}: {text}" if name != before else text
        before = name
        lines = textwrap.wrap(said, SRT_CHARACTERS, break_on_hyphens=False) or ["…"]
        pieces = [lines[at : at + SRT_LINES] for at in range(0, len(lines), SRT_LINES)]
        for piece, (start_ms, end_ms) in zip(pieces, _parted(cue, own, pieces), strict=True):
            span = f"{timestamp(start_ms, ',')} --> {timestamp(end_ms, ',')}"
            blocks.append(f"{len(blocks) + 1}\n{span}\n" + "\n".join(piece) + "\n")
    return "\n".join(blocks).encode("utf-8", "replace")


def _parted(cue: Cue, words: Sequence[Word], pieces: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """Return where each piece of a cue begins and ends; every piece has at least a millisecond if the cue has."""
    lengths = [sum(map(len, piece)) for piece in pieces]
    whole, length_ms = sum(lengths), cue.end_ms - cue.start_ms
    starts = [word.start_ms for word in words]
    bounds = [cue.start_ms]
    for number, said in enumerate(itertools.accumulate(lengths[:-1]), 1):
        guess = cue.start_ms + round(length_ms * said / whole)
        # A piece begins with a word; the nearest one begins about where the characters say.
        near = min(starts, key=lambda start: abs(start - guess)) if starts else guess
        left = len(pieces) - number
        bounds.append(min(max(near, bounds[-1] + 1), max(cue.end_ms - left, bounds[-1])))
    return list(itertools.pairwise([*bounds, cue.end_ms]))


def _shortened(name: str) -> str:
    return name if len(name) < SRT_CHARACTERS else name[: SRT_CHARACTERS - 2].rstrip() + "…"


def speaker_of(cue: Cue) -> str:
    """Return the name of who speaks a cue, on one line."""
    return plain(cue.speaker or "") or REPORTER


def plain(text: str) -> str:
    """Return a text on one line, without characters that no transcript can hold."""
    if text.isprintable():
        return " ".join(text.split())
    kept = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text)
    return " ".join("".join(sign for sign in kept if unicodedata.category(sign) != "Cs").split())


def timestamp(ms: int, point: str = ".") -> str:
    """Return a time as WebVTT has it, hours always shown; SubRip has a comma for the point."""
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{ms:03}"
