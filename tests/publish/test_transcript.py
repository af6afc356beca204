"""WebVTT."""

from __future__ import annotations

import html
import io

import webvtt
from hypothesis import given
from hypothesis import strategies as st

from narrate.model import Cue
from narrate.publish.transcript import LINE_CHARACTERS, REPORTER, timestamp, vtt

NAMES = st.one_of(st.none(), st.text(st.characters(categories=["L", "P", "S", "Zs"]), min_size=1).filter(str.strip))
TEXTS = st.lists(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=30), min_size=1)


def cue(start: int, end: int, text: str, speaker: str | None = None) -> Cue:
    """Return a cue of narration."""
    return Cue(start, end, "narration", speaker, text, 0, start * 44, end * 44)


@given(st.lists(st.tuples(st.integers(1, 50_000), NAMES, TEXTS), min_size=1, max_size=8))
def test_every_cue_comes_back_with_its_speaker_and_words(parts: list[tuple[int, str | None, list[str]]]) -> None:
    """Any text and any name survive: cues, times, speakers and words are read back as they were."""
    cues, at = [], 0
    for length, name, words in parts:
        cues.append(cue(at, at + length, " ".join(words), name))
        at += length + 10
    read = webvtt.from_buffer(io.StringIO(vtt(cues).decode())).captions
    assert len(read) == len(cues)
    for written, back in zip(cues, read, strict=True):
        assert back.start == timestamp(written.start_ms)
        assert back.end == timestamp(written.end_ms)
        assert html.unescape(back.voice or "") == " ".join((written.speaker or REPORTER).split())
        assert html.unescape(back.text).split() == written.text.split()


def test_lines_are_short_and_markup_is_escaped() -> None:
    """Lines hold at most 65 characters; &, < and > are written as entities."""
    data = vtt([cue(0, 9000, "Die Firma Kraut & Rüben <Nord> baut " * 5, "A <b>")]).decode()
    body = data.split("\n\n")[1].split("\n")[1:]
    assert body[0].startswith("<v A &lt;b&gt;>")
    assert all(
        len(html.unescape(line.removeprefix("<v A &lt;b&gt;>").removesuffix("</v>"))) <= LINE_CHARACTERS
        for line in body
    )
    assert "&amp;" in data
    assert "<Nord>" not in data


def test_times_show_hours() -> None:
    """A time has hours, minutes, seconds and milliseconds after a point."""
    assert timestamp(3_661_007) == "01:01:01.007"
