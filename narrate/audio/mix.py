"""From takes to stretches of sound, and from stretches to the timeline of the episode.

A stretch is about a minute of one chapter, cut where a paragraph ends. It is joined and
encoded on its own; the episode is the stretches' frames, one after another. Music that is
heard alone is a stretch too. Every stretch begins and ends in silence.
"""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Any

from narrate.audio import ffmpeg
from narrate.audio.ducking import under
from narrate.audio.gain import levelled
from narrate.audio.loudness import SAMPLE_BYTES, energies
from narrate.audio.mp3_frames import count_frames
from narrate.audio.soundtrack import Bed, Piece, Score
from narrate.model import Voice
from narrate.model.settings import Encoding, Gaps, Target
from narrate.system.cache import Cache, key_of
from narrate.system.cpu import usable_cores
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.speak import Progress, Take

STRETCH_S = 50
LONGEST_STRETCH_S = 60
LEAD_MS = 60  # of a stretch's first gap, so that it starts in silence
END_MS = 500
AFTER_MUSIC_MS = 500  # of silence, between music and the speech it leads to
BED_STRETCH_S = 300  # a bed runs under a whole chapter of this length; it bounds the memory
VERSION = 2  # raise when equal takes come to sound different


@dataclass(frozen=True, slots=True)
class Stretch:
    """Takes to be joined, or music.

    Attributes:
        chapter: Index of their chapter.
        takes: In order; none where music is heard alone.
        silences: Samples before each take, and after the last: one more than takes.
        rate_hz: Sample rate the takes are joined at.
        music: What lies under them, or is heard alone.
    """

    chapter: int
    takes: tuple[Take, ...]
    silences: tuple[int, ...]
    rate_hz: int
    music: Piece | Bed | None = None

    def lengths(self) -> list[int]:
        """Return each take's length in samples at the stretch's rate."""
        return [round((take.last - take.first) * self.rate_hz / take.rate_hz) for take in self.takes]


@dataclass(frozen=True, slots=True)
class Encoded:
    """A stretch as MP3 frames; they lie in the cache.

    Attributes:
        stretch: What was joined.
        key: Under which the frames are kept.
        frames: How many.
        size_bytes: Of the frames.
        steps: 100 ms energies of the sound, 32-bit floats.
        true_peak: Linear, before encoding.
    """

    stretch: Stretch
    key: str
    frames: int
    size_bytes: int
    steps: bytes
    true_peak: float


def stretches(takes: Sequence[Take], gaps: Gaps, score: Score | None = None) -> list[Stretch]:
    """Group takes into stretches, and give each silence to the stretch it belongs to.

    Args:
        takes: The whole episode.
        gaps: Silences by boundary.
        score: Music for it: the intro belongs to the first chapter, the outro to the last, the jingle to the
            chapter it opens.
    """
    score = score or Score()
    rate_hz = ffmpeg.mixing_rate_hz([take.rate_hz for take in takes])
    groups = [
        group
        for _, chapter in itertools.groupby(takes, key=lambda take: take.utterance.chapter)
        for group in _cut(list(chapter), score.bed)
    ]
    room_ms = score.bed.room_ms if score.bed else 0
    made: list[Stretch] = []
    for group, following in zip(groups, [*groups[1:], None], strict=True):
        chapter = group[0].utterance.chapter
        opening = score.intro if not made else score.chapter_jingle if made[-1].chapter != chapter else None
        made += [_alone(opening, chapter, AFTER_MUSIC_MS)] if opening else []
        inner = [_gap_ms(before, take, gaps) for before, take in itertools.pairwise(group)]
        tail = END_MS if following is None else max(_gap_ms(group[-1], following[0], gaps) - LEAD_MS, 0)
        silences = tuple(ms * rate_hz // 1000 for ms in (LEAD_MS + room_ms, *inner, tail + room_ms))
        made.append(Stretch(chapter, tuple(group), silences, rate_hz, score.bed))
    return [*made, _alone(score.outro, made[-1].chapter, END_MS)] if score.outro else made


def _alone(piece: Piece, chapter: int, after_ms: int) -> Stretch:
    """Return a stretch of music alone, in silence like all others."""
    around = (LEAD_MS + after_ms) * piece.rate_hz // 1000
    return Stretch(chapter, (), (piece.length + around,), piece.rate_hz, piece)


def _gap_ms(before: Take, take: Take, gaps: Gaps) -> int:
    """Return the silence between two takes."""
    boundary = take.utterance.boundary
    return gaps.before(boundary, (before.last - before.first) / before.rate_hz) if boundary else 0


def _cut(chapter: list[Take], bed: Bed | None) -> Iterator[list[Take]]:
    """Cut a chapter about every minute: where a paragraph ends, or at a sentence in an endless one.

    A bed fades wherever a stretch ends, so with one a stretch is a chapter, or an equal part of a long one.
    """
    wanted_s: float = STRETCH_S
    if bed:
        whole_s = sum((take.last - take.first) / take.rate_hz for take in chapter)
        wanted_s = whole_s / max(1, round(whole_s / BED_STRETCH_S)) + STRETCH_S
    longest_s = wanted_s + LONGEST_STRETCH_S - STRETCH_S
    group: list[Take] = []
    seconds = 0.0
    for take in chapter:
        length_s = (take.last - take.first) / take.rate_hz
        at_paragraph = take.utterance.boundary != "sentence"
        if group and seconds + length_s > (wanted_s if at_paragraph else longest_s):
            yield group
            group, seconds = [], 0.0
        group.append(take)
        seconds += length_s
    yield group


def sound(
    stretch: Stretch, engines: Mapping[str, CachedEngine], gains: Mapping[Voice, float], target: Target
) -> tuple[bytes, float]:
    """Join a stretch: each take trimmed, levelled, faded at its edges, with its silence before it.

    Returns:
        Signed 16-bit mono PCM at the stretch's rate, and its true peak (linear).
    """
    pieces: list[bytes | int] = []
    highest = 0.0
    for take, length, silence in zip(stretch.takes, stretch.lengths(), stretch.silences, strict=False):
        pcm, peak = levelled(take, engines, gains[take.utterance.voice], target)
        highest = max(highest, peak)
        pcm = ffmpeg.resample(pcm, take.rate_hz, stretch.rate_hz)[: 2 * length].ljust(2 * length, b"\0")
        pieces += [silence, pcm]
    return ffmpeg.join([*pieces, stretch.silences[-1]], stretch.rate_hz), highest


def encode(
    wanted: Sequence[Stretch],
    engines: Mapping[str, CachedEngine],
    cache: Cache,
    gains: Mapping[Voice, float],
    target: Target,
    encoding: Encoding,
    progress: Progress,
) -> list[Encoded]:
    """Encode every stretch that is not remembered, on all cores.

    Args:
        wanted: The whole episode, in order.
        engines: By name; they remember what they spoke.
        cache: Keeps the frames.
        gains: In dB, by voice.
        target: Ceiling for peaks.
        encoding: Settings of the encoder.
        progress: Told after each stretch.

    Raises:
        SoundError: The encoder failed.
    """
    keys = [_key(stretch, gains, target, encoding) for stretch in wanted]
    done = {index: entry for index, key in enumerate(keys) if (entry := _remembered(wanted[index], key, cache))}
    # Each once, though a jingle comes often; the longest first, so that no core waits for one at the end.
    once = {key: index for index, key in reversed(list(enumerate(keys))) if index not in done}
    missing = sorted(once.values(), key=lambda index: -sum(wanted[index].lengths()))
    cores = usable_cores()
    keep = _keep_to_one_core(itertools.count()) if len(missing) >= cores else None
    workers = ThreadPoolExecutor(cores, initializer=keep)
    try:
        making = {
            workers.submit(_make, wanted[index], keys[index], engines, cache, gains, target, encoding): index
            for index in missing
        }
        for future in as_completed(making):
            done[making[future]] = future.result()
            spoken = sum(len(encoded.stretch.takes) for encoded in done.values())
            takes = wanted[making[future]].takes
            progress("encode", spoken, 0, takes[-1].utterance if takes else None)
    finally:
        workers.shutdown(cancel_futures=True)
    first = {keys[index]: each for index, each in done.items()}
    return [replace(first[key], stretch=stretch) for key, stretch in zip(keys, wanted, strict=True)]


def _key(stretch: Stretch, gains: Mapping[Voice, float], target: Target, encoding: Encoding) -> str:
    said = [(take.key, gains[take.utterance.voice]) for take in stretch.takes]
    music = (stretch.music.key,) if stretch.music else ()
    return key_of("stretch", VERSION, said, stretch.silences, stretch.rate_hz, encoding, target.ceiling_dbtp, *music)


def _remembered(stretch: Stretch, key: str, cache: Cache) -> Encoded | None:
    entry = cache.get(key)
    return _encoded(stretch, key, entry[0]) if entry else None


def _encoded(stretch: Stretch, key: str, facts: Mapping[str, Any]) -> Encoded:
    steps = bytes.fromhex(facts["steps"])
    return Encoded(stretch, key, facts["frames"], facts["size_bytes"], steps, facts["true_peak"])


def _make(
    stretch: Stretch,
    key: str,
    engines: Mapping[str, CachedEngine],
    cache: Cache,
    gains: Mapping[Voice, float],
    target: Target,
    encoding: Encoding,
) -> Encoded:
    pcm, rate_hz, peak = _with_music(stretch, engines, gains, target, cache)
    frames = ffmpeg.encode(pcm, rate_hz, encoding, music=stretch.music is not None)
    facts = {
        "frames": count_frames(frames),
        "size_bytes": len(frames),
        "steps": energies(pcm, rate_hz).tobytes().hex(),
        "true_peak": peak,
    }
    cache.put(key, facts, frames)
    return _encoded(stretch, key, facts)


def _with_music(
    stretch: Stretch, engines: Mapping[str, CachedEngine], gains: Mapping[Voice, float], target: Target, cache: Cache
) -> tuple[bytes, int, float]:
    """Return a stretch's sound, its sample rate (that of its music, if it has any) and its true peak."""
    if isinstance(stretch.music, Piece):
        piece = stretch.music
        lead = bytes(SAMPLE_BYTES * (LEAD_MS * piece.rate_hz // 1000))
        return (lead + piece.pcm(cache)).ljust(SAMPLE_BYTES * stretch.silences[0], b"\0"), piece.rate_hz, piece.peak
    if stretch.music is None:
        pcm, peak = sound(stretch, engines, gains, target)
        return pcm, stretch.rate_hz, peak
    bed, rate_hz = stretch.music, stretch.rate_hz
    pcm, _ = sound(stretch, engines, gains, speech_target(target, bed))
    length = round(len(pcm) * bed.piece.rate_hz / rate_hz / SAMPLE_BYTES) * SAMPLE_BYTES
    pcm = ffmpeg.resample(pcm, rate_hz, bed.piece.rate_hz)[:length].ljust(length, b"\0")
    pcm, peak = under(pcm, bed, rate_hz, stretch.silences, stretch.lengths(), LEAD_MS * rate_hz // 1000, cache)
    return pcm, bed.piece.rate_hz, peak


def speech_target(target: Target, bed: Bed | None) -> Target:
    """Return the target of speech over a bed: it leaves room for the bed's peaks, so that the sum needs no limiter.

    Args:
        target: Of the whole.
        bed: Under speech, or None.
    """
    if bed is None:
        return target
    room = 10 ** (target.ceiling_dbtp / 20) - bed.under_peak()
    return replace(target, ceiling_dbtp=20 * math.log10(room))


def _keep_to_one_core(number: Iterator[int]) -> Callable[[], None]:
    """Return an initialiser that gives each encoding thread, and the ffmpeg it starts, a core of its own.

    ffmpeg hands every frame through four threads; between cores that costs a tenth of its time.
    """

    def keep() -> None:
        if hasattr(os, "sched_setaffinity"):
            cores = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(0, {cores[next(number) % len(cores)]})

    return keep
