"""The timed transcript, as WebVTT."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from narrate.model import Cue

LINE_CHARACTERS = 65
REPORTER = "Reporter"
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def vtt(cues: Sequence[Cue]) -> bytes:
    """Return the transcript: a cue a sentence, each with its speaker, lines of 65 characters at most.

    Source:
        W3C WebVTT; Podcasting 2.0 asks for a voice tag and short lines.
    """
    blocks = ["WEBVTT"]
    for cue in cues:
        name = " ".join((cue.speaker or REPORTER).split()).translate(ESCAPES)
        # Escapes come last: a line may be cut at a space, never inside "&amp;".
        lines = [
            line.translate(ESCAPES)
            for line in textwrap.wrap(cue.text, LINE_CHARACTERS, break_long_words=False, break_on_hyphens=False)
        ]
        span = f"{timestamp(cue.start_ms)} --> {timestamp(cue.end_ms)}"
        blocks.append(f"{span}\n<v {name}>" + "\n".join(lines) + "</v>")
    return ("\n\n".join(blocks) + "\n").encode()


def timestamp(ms: int) -> str:
    """Return a WebVTT time, hours always shown."""
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{ms:03}"
