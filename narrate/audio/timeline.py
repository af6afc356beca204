"""Where everything is in the episode: cues, chapters, length."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import numpy as np

from narrate.audio.ffmpeg import encoder_gain_db
from narrate.audio.loudness import integrated_lufs
from narrate.audio.mix import EncodedUnit, MixUnit
from narrate.audio.mp3_frames import ENCODER_DELAY_SAMPLES, MAX_PADDING_SAMPLES, SAMPLES_PER_FRAME
from narrate.model import Chapter, Cue
from narrate.model.settings import Encoding

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_UNWRITABLE = re.compile(r"[\ufeff\ufffe\uffff]")  # byte order marks, which readers of UTF-16 take for such
_HOST = re.compile(r"[\w.:@%~!$&'()*+,;=\[\]-]+", re.ASCII)
_IN_PATHS = "/%:@!$&'()*+,;=~"
_IN_QUERIES = _IN_PATHS + "?"
_IN_FRAGMENTS = "/?:@!$&'()*+,;=~"


@dataclass(frozen=True, slots=True)
class Timeline:
    """Where everything is, counted in samples of the decoded MP3 and told in milliseconds.

    Attributes:
        cues: One for each utterance.
        chapters: Without a gap between them.
        length_samples: Of the decoded MP3, at the encoder's sample rate.
        padding_samples: What the last frames hold after that.
    """

    cues: tuple[Cue, ...]
    chapters: tuple[Chapter, ...]
    length_samples: int
    padding_samples: int


def timeline(
    encoded: Sequence[EncodedUnit],
    titles: Sequence[str],
    url: str | None,
    encoding: Encoding,
    anchors: Sequence[str | None] = (),
    images: Sequence[str | None] = (),
) -> Timeline:
    """Place cues and chapters: a mix unit begins where the frames before it end.

    Args:
        encoded: Mix units in order: an episode, or the part of it that becomes a clip.
        titles: Title of every chapter of the episode, by index.
        url: Where the article is, to link the chapters to, or None.
        encoding: Sample rate of the frames.
        anchors: Where in the article every chapter is, by index; empty for nowhere.
        images: Path of every chapter's picture, by index; empty for none.
    """
    cues: list[Cue] = []
    starts: list[tuple[int, int]] = []  # chapter, first sample
    frames_before = 0
    for each in encoded:
        start = frames_before * SAMPLES_PER_FRAME
        if not starts or starts[-1][0] != each.unit.chapter:
            starts.append((each.unit.chapter, start))
        cues += _cues(each.unit, start, encoding.sample_rate_hz)
        frames_before += each.frames
    length, padding = _length(encoded, frames_before, encoding.sample_rate_hz)
    bounds = [_ms(first, encoding) for _, first in starts] + [_ms(length, encoding)]
    chapters = tuple(
        Chapter(
            start,
            end,
            one_line(titles[chapter]) or f"Kapitel {chapter + 1}",
            chapter_link(url, anchors[chapter] if anchors else None),
            images[chapter] if images else None,
        )
        for (chapter, _), (start, end) in zip(starts, itertools.pairwise(bounds), strict=True)
    )
    return Timeline(tuple(cues), chapters, length, padding)


def one_line(title: str) -> str:
    """Return a title as every format can hold it: on one line, without control characters and halves of characters."""
    whole = title.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _UNWRITABLE.sub("", _CONTROLS.sub(" ", whole)).strip()


def chapter_link(url: str | None, anchor: str | None) -> str | None:
    """Return where a chapter is in its article, in ASCII, since ID3 can hold nothing else.

    Args:
        url: Where the article is; only an address of the web is linked to.
        anchor: Of the chapter's heading.
    """
    try:
        parts = urlsplit(one_line(url or ""))
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return None
    fragment = (
        quote(one_line(anchor), safe=_IN_FRAGMENTS) if anchor else quote(parts.fragment, safe=_IN_FRAGMENTS + "%")
    )
    return urlunsplit(
        (parts.scheme, host, quote(parts.path, safe=_IN_PATHS), quote(parts.query, safe=_IN_QUERIES), fragment)
    )


def _cues(unit: MixUnit, start: int, rate_hz: int) -> Iterator[Cue]:
    scale = rate_hz / unit.rate_hz
    position = 0
    for take, silence, length in zip(unit.takes, unit.silences, unit.lengths(), strict=False):
        begin = start + round((position + silence) * scale)
        position += silence + length
        end = start + round(position * scale)
        said = take.utterance
        yield Cue(
            round(begin * 1000 / rate_hz), round(end * 1000 / rate_hz), begin, end,
            said.role, said.speaker, said.segment, said.text,
        )  # fmt: skip


def _length(encoded: Sequence[EncodedUnit], frames: int, rate_hz: int) -> tuple[int, int]:
    """Return where the last mix unit's sound ends, and how much its frames hold beyond."""
    last = encoded[-1]
    own = (sum(last.unit.lengths()) + sum(last.unit.silences)) * rate_hz // last.unit.rate_hz
    length = (frames - last.frames) * SAMPLES_PER_FRAME + own
    padding = frames * SAMPLES_PER_FRAME - ENCODER_DELAY_SAMPLES - length
    clipped = min(max(padding, 0), MAX_PADDING_SAMPLES)
    return length + padding - clipped, clipped


def _ms(samples: int, encoding: Encoding) -> int:
    return round(samples * 1000 / encoding.sample_rate_hz)


def loudness(encoded: Sequence[EncodedUnit], encoding: Encoding) -> tuple[float, float]:
    """Return integrated loudness (LUFS) and highest true peak (dBTP) of the episode.

    Both are measured on the sound before encoding and corrected by the encoder's gain;
    coding noise may add up to 1 dB to the peak.
    """
    steps = np.frombuffer(b"".join(each.steps for each in encoded), np.float32)
    peak = max((each.true_peak for each in encoded), default=0.0)
    gain = encoder_gain_db(encoding)
    return integrated_lufs(steps) + gain, 20 * float(np.log10(max(peak, 1e-6))) + gain
