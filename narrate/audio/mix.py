"""From takes to encoded mix units.

A mix unit is about a minute of one chapter, cut where a paragraph ends. It is joined and encoded on its own; the
episode is the units' frames, one after another. Music that is heard alone is a unit too. Every unit
begins and ends in silence.
"""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

from narrate.audio import ffmpeg
from narrate.audio.ducking import SpeechSpans, under
from narrate.audio.gain import levelled
from narrate.audio.loudness import SAMPLE_BYTES, energies
from narrate.audio.mp3_frames import count_frames
from narrate.audio.soundtrack import Bed, Piece, Soundtrack
from narrate.model import Progress, Sounds, Take, Voice
from narrate.model.settings import Encoding, Gaps, Target
from narrate.system.cache import Cache, key_of
from narrate.system.cache_entry import Facts
from narrate.system.cpu import usable_cores

UNIT_S = 50
LONGEST_UNIT_S = 60
LEAD_MS = 60  # of a unit's first gap, so that it starts in silence
END_MS = 500
AFTER_MUSIC_MS = 500  # of silence, between music and the speech it leads to
BED_UNIT_S = 300  # a bed runs under a whole chapter of this length; it bounds the memory
VERSION = 2  # raise when equal takes come to sound different


@dataclass(frozen=True, slots=True)
class MixUnit:
    """Takes to be joined, or music alone.

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
        """Return each take's length in samples at the unit's rate."""
        return [round((take.last - take.first) * self.rate_hz / take.rate_hz) for take in self.takes]


@dataclass(frozen=True, slots=True)
class EncodedUnit:
    """A mix unit as MP3 frames, which are in the cache.

    Attributes:
        unit: What was joined.
        key: Under which the frames are kept.
        frames: How many.
        size_bytes: Of the frames.
        steps: 100 ms energies of the sound, 32-bit floats.
        true_peak: Linear, before encoding.
    """

    unit: MixUnit
    key: str
    frames: int
    size_bytes: int
    steps: bytes
    true_peak: float


def mix_units(takes: Sequence[Take], gaps: Gaps, soundtrack: Soundtrack | None = None) -> list[MixUnit]:
    """Group takes into mix units, and give each silence to the unit it belongs to.

    Args:
        takes: The whole episode.
        gaps: Silences by boundary.
        soundtrack: Its music: the intro belongs to the first chapter, the outro to the last, the jingle to the
            chapter it opens.
    """
    soundtrack = soundtrack or Soundtrack()
    rate_hz = ffmpeg.mixing_rate_hz([take.rate_hz for take in takes])
    groups = [
        group
        for _, chapter in itertools.groupby(takes, key=lambda take: take.utterance.chapter)
        for group in _cut(list(chapter), soundtrack.bed)
    ]
    room_ms = soundtrack.bed.room_ms if soundtrack.bed else 0
    made: list[MixUnit] = []
    for group, following in zip(groups, [*groups[1:], None], strict=True):
        chapter = group[0].utterance.chapter
        opening = soundtrack.intro if not made else soundtrack.chapter_jingle if made[-1].chapter != chapter else None
        made += [_alone(opening, chapter, AFTER_MUSIC_MS)] if opening else []
        inner = [_gap_ms(before, take, gaps) for before, take in itertools.pairwise(group)]
        tail = END_MS if following is None else max(_gap_ms(group[-1], following[0], gaps) - LEAD_MS, 0)
        silences = tuple(ms * rate_hz // 1000 for ms in (LEAD_MS + room_ms, *inner, tail + room_ms))
        made.append(MixUnit(chapter, tuple(group), silences, rate_hz, soundtrack.bed))
    return [*made, _alone(soundtrack.outro, made[-1].chapter, END_MS)] if soundtrack.outro else made


def _alone(piece: Piece, chapter: int, after_ms: int) -> MixUnit:
    """Return a unit of music alone, in silence like all others."""
    around = (LEAD_MS + after_ms) * piece.rate_hz // 1000
    return MixUnit(chapter, (), (piece.length + around,), piece.rate_hz, piece)


def _gap_ms(before: Take, take: Take, gaps: Gaps) -> int:
    """Return the silence between two takes."""
    boundary = take.utterance.boundary
    return gaps.before(boundary, (before.last - before.first) / before.rate_hz) if boundary else 0


def _cut(chapter: list[Take], bed: Bed | None) -> Iterator[list[Take]]:
    """Cut a chapter about every minute: where a paragraph ends, or at a sentence in an endless one.

    A bed fades wherever a unit ends, so with one a unit is a chapter, or an equal part of a long one.
    """
    wanted_s: float = UNIT_S
    if bed:
        whole_s = sum((take.last - take.first) / take.rate_hz for take in chapter)
        wanted_s = whole_s / max(1, round(whole_s / BED_UNIT_S)) + UNIT_S
    longest_s = wanted_s + LONGEST_UNIT_S - UNIT_S
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


@dataclass(frozen=True, slots=True)
class Mastering:
    """How loud everything becomes, and how it is encoded.

    Attributes:
        gains: In dB, by voice.
        target: Loudness and ceiling before encoding.
        encoding: Settings of the encoder.
    """

    gains: Mapping[Voice, float]
    target: Target
    encoding: Encoding


def encode(
    wanted: Sequence[MixUnit], mastering: Mastering, sounds: Sounds, cache: Cache, progress: Progress
) -> list[EncodedUnit]:
    """Encode every unit that is not in the cache, on all cores.

    Args:
        wanted: The whole episode, in order.
        mastering: How loud, and in which encoding.
        sounds: Gives each take its sound.
        cache: Keeps the frames.
        progress: Called after each unit.

    Raises:
        SoundError: The encoder failed.
    """
    encoder = _Encoder(mastering, sounds, cache)
    keys = [encoder.key(unit) for unit in wanted]
    done = {index: entry for index, key in enumerate(keys) if (entry := encoder.cached(wanted[index], key))}
    # Each once, though a jingle comes often; the longest first, so that no core waits for one at the end.
    once = {key: index for index, key in reversed(list(enumerate(keys))) if index not in done}
    missing = sorted(once.values(), key=lambda index: -sum(wanted[index].lengths()))
    cores = usable_cores()
    keep = _keep_to_one_core(itertools.count()) if len(missing) >= cores else None
    workers = ThreadPoolExecutor(cores, initializer=keep)
    try:
        making = {workers.submit(encoder.encode, wanted[index], keys[index]): index for index in missing}
        for future in as_completed(making):
            done[making[future]] = future.result()
            spoken = sum(len(encoded.unit.takes) for encoded in done.values())
            takes = wanted[making[future]].takes
            progress("encode", spoken, 0, takes[-1].utterance if takes else None)
    finally:
        workers.shutdown(cancel_futures=True)
    first = {keys[index]: each for index, each in done.items()}
    return [replace(first[key], unit=unit) for key, unit in zip(keys, wanted, strict=True)]


class _Encoder:
    def __init__(self, mastering: Mastering, sounds: Sounds, cache: Cache) -> None:
        self._mastering, self._sounds, self._cache = mastering, sounds, cache

    def key(self, unit: MixUnit) -> str:
        said = [(take.key, self._mastering.gains[take.utterance.voice]) for take in unit.takes]
        music = (unit.music.key,) if unit.music else ()
        encoding, ceiling = self._mastering.encoding, self._mastering.target.ceiling_dbtp
        return key_of("stretch", VERSION, said, unit.silences, unit.rate_hz, encoding, ceiling, *music)

    def cached(self, unit: MixUnit, key: str) -> EncodedUnit | None:
        entry = self._cache.get(key)
        return _encoded(unit, key, entry[0]) if entry else None

    def encode(self, unit: MixUnit, key: str) -> EncodedUnit:
        pcm, rate_hz, peak = mixed(unit, self._mastering, self._sounds, self._cache)
        frames = ffmpeg.encode(pcm, rate_hz, self._mastering.encoding, music=unit.music is not None)
        facts = {
            "frames": count_frames(frames),
            "size_bytes": len(frames),
            "steps": energies(pcm, rate_hz).tobytes().hex(),
            "true_peak": peak,
        }
        self._cache.put(key, facts, frames)
        return _encoded(unit, key, facts)


def mixed(unit: MixUnit, mastering: Mastering, sounds: Sounds, cache: Cache) -> tuple[bytes, int, float]:
    """Return a unit with its music.

    Returns:
        Signed 16-bit mono PCM, its sample rate (that of the music, if there is any) and its true peak (linear).
    """
    gains, target = mastering.gains, mastering.target
    if isinstance(unit.music, Piece):
        piece = unit.music
        lead = bytes(SAMPLE_BYTES * (LEAD_MS * piece.rate_hz // 1000))
        pcm = (lead + piece.pcm(cache)).ljust(SAMPLE_BYTES * unit.silences[0], b"\0")
        return pcm, piece.rate_hz, piece.peak
    if unit.music is None:
        pcm, peak = joined(unit, sounds, gains, target)
        return pcm, unit.rate_hz, peak
    bed, rate_hz = unit.music, unit.rate_hz
    pcm, _ = joined(unit, sounds, gains, speech_target(target, bed))
    length = round(len(pcm) * bed.piece.rate_hz / rate_hz / SAMPLE_BYTES) * SAMPLE_BYTES
    pcm = ffmpeg.resample(pcm, rate_hz, bed.piece.rate_hz)[:length].ljust(length, b"\0")
    spans = SpeechSpans(rate_hz, unit.silences, unit.lengths(), LEAD_MS * rate_hz // 1000)
    pcm, peak = under(pcm, bed, spans, cache)
    return pcm, bed.piece.rate_hz, peak


def joined(unit: MixUnit, sounds: Sounds, gains: Mapping[Voice, float], target: Target) -> tuple[bytes, float]:
    """Join a unit: each take trimmed, levelled, faded at its edges, with its silence before it.

    Returns:
        Signed 16-bit mono PCM at the unit's rate, and its true peak (linear).
    """
    pieces: list[bytes | int] = []
    highest = 0.0
    for take, length, silence in zip(unit.takes, unit.lengths(), unit.silences, strict=False):
        pcm, peak = levelled(take, sounds, gains[take.utterance.voice], target)
        highest = max(highest, peak)
        pcm = ffmpeg.resample(pcm, take.rate_hz, unit.rate_hz)[: 2 * length].ljust(2 * length, b"\0")
        pieces += [silence, pcm]
    return ffmpeg.join([*pieces, unit.silences[-1]], unit.rate_hz), highest


def _encoded(unit: MixUnit, key: str, facts: Facts) -> EncodedUnit:
    steps = bytes.fromhex(facts["steps"])
    return EncodedUnit(unit, key, facts["frames"], facts["size_bytes"], steps, facts["true_peak"])


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
