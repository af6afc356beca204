"""From takes to stretches of sound, and from stretches to the timeline of the episode.

A stretch is about a minute of one chapter, cut where a paragraph ends. It is joined and
encoded on its own; the episode is the stretches' frames, one after another.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

from narrate import audio
from narrate.cache import Cache, CachedEngine, key_of
from narrate.frames import ENCODER_DELAY_SAMPLES, MAX_PADDING_SAMPLES, SAMPLES_PER_FRAME, count_frames
from narrate.loudness import STEPS_PER_BLOCK, energies, integrated_lufs, rounded_gain_db, true_peak
from narrate.model import Chapter, Cue, Encoding, Gaps, Target, Voice
from narrate.speak import Progress, Take

STRETCH_S = 60
LONGEST_STRETCH_S = 120
LEAD_MS = 60  # of a stretch's first gap, so that it starts in silence
END_MS = 500
CODING_HEADROOM_DB = 1.0  # what MP3 coding adds to peaks
SAMPLE_S = 60  # of each voice, to learn what the limiter takes from it
LIMITER_ROUNDS = 8
PAUSE = bytes(4 * STEPS_PER_BLOCK)
VERSION = 1  # raise when equal takes come to sound different


@dataclass(frozen=True, slots=True)
class Stretch:
    """Takes to be joined.

    Attributes:
        chapter: Index of their chapter.
        takes: In order.
        silences: Samples before each take, and after the last: one more than takes.
        rate_hz: Sample rate the takes are joined at.
    """

    chapter: int
    takes: tuple[Take, ...]
    silences: tuple[int, ...]
    rate_hz: int

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


def levels(
    takes: Sequence[Take], engines: Mapping[str, CachedEngine], cache: Cache, target: Target
) -> dict[Voice, float]:
    """Return the gain in dB that brings each voice to the target.

    The loudness is measured over all a voice says; what the limiter will take from it is
    learnt on a minute of takes, spread evenly.
    """
    by_voice: dict[Voice, list[Take]] = {}
    for take in takes:
        by_voice.setdefault(take.utterance.voice, []).append(take)
    gains = {}
    for voice, own in by_voice.items():
        measured = _lufs([take.steps for take in own])
        sample = _sample(own)
        gain = rounded_gain_db(target.loudness_lufs - measured)
        for _ in range(LIMITER_ROUNDS):
            loss = _limiter_loss(sample, gain, engines, cache, target)
            wanted = rounded_gain_db(target.loudness_lufs - measured + loss)
            if wanted == gain:
                break
            gain = wanted
        gains[voice] = gain
    return gains


def _lufs(steps: Sequence[bytes]) -> float:
    # The pause after each take counts in the blocks that reach into it.
    return integrated_lufs(np.frombuffer(b"".join(each + PAUSE for each in steps), np.float32))


def _sample(own: Sequence[Take]) -> list[Take]:
    seconds = sum((take.last - take.first) / take.rate_hz for take in own)
    return list(own[:: max(1, int(seconds / SAMPLE_S))])


def _limiter_loss(
    sample: Sequence[Take], gain: float, engines: Mapping[str, CachedEngine], cache: Cache, target: Target
) -> float:
    """Return by how many LU a sample comes out under its loudness plus the gain."""
    key = key_of("limited", VERSION, [take.key for take in sample], gain, target.ceiling_dbtp)
    facts = cache.facts(key)
    if facts is None:
        limited = [energies(_levelled(take, engines, gain, target), take.rate_hz).tobytes() for take in sample]
        facts = {"loss": _lufs([take.steps for take in sample]) + gain - _lufs(limited)}
        cache.put(key, facts, b"")
    loss: float = facts["loss"]
    return loss


def _levelled(take: Take, engines: Mapping[str, CachedEngine], gain: float, target: Target) -> bytes:
    said = take.utterance
    speech = engines[said.voice.engine].synthesize(said.spoken, said.voice)
    return audio.level(speech.pcm[2 * take.first : 2 * take.last], gain, target.ceiling_dbtp)


def stretches(takes: Sequence[Take], gaps: Gaps) -> list[Stretch]:
    """Group takes into stretches, and give each silence to the stretch it belongs to.

    Args:
        takes: The whole episode.
        gaps: Silences by boundary.
    """
    rate_hz = audio.mixing_rate_hz([take.rate_hz for take in takes])
    groups = [
        group for _, chapter in groupby(takes, key=lambda take: take.utterance.chapter) for group in _cut(list(chapter))
    ]
    made = []
    for group, following in zip(groups, [*groups[1:], None], strict=True):
        inner = [_gap_ms(take, gaps) for take in group[1:]]
        tail = END_MS if following is None else max(_gap_ms(following[0], gaps) - LEAD_MS, 0)
        silences = tuple(ms * rate_hz // 1000 for ms in (LEAD_MS, *inner, tail))
        made.append(Stretch(group[0].utterance.chapter, tuple(group), silences, rate_hz))
    return made


def _gap_ms(take: Take, gaps: Gaps) -> int:
    return gaps.before(take.utterance.boundary) if take.utterance.boundary else 0


def _cut(chapter: list[Take]) -> Iterator[list[Take]]:
    """Cut a chapter about every minute: where a paragraph ends, or at a sentence in an endless one."""
    group: list[Take] = []
    seconds = 0.0
    for take in chapter:
        length_s = (take.last - take.first) / take.rate_hz
        at_paragraph = take.utterance.boundary != "sentence"
        if group and seconds + length_s > (STRETCH_S if at_paragraph else LONGEST_STRETCH_S):
            yield group
            group, seconds = [], 0.0
        group.append(take)
        seconds += length_s
    yield group


def sound(stretch: Stretch, engines: Mapping[str, CachedEngine], gains: Mapping[Voice, float], target: Target) -> bytes:
    """Join a stretch: each take trimmed, levelled, faded at its edges, with its silence before it.

    Returns:
        Signed 16-bit mono PCM at the stretch's rate.
    """
    pieces: list[bytes | int] = []
    for take, length, silence in zip(stretch.takes, stretch.lengths(), stretch.silences, strict=False):
        pcm = _levelled(take, engines, gains[take.utterance.voice], target)
        pcm = audio.resample(pcm, take.rate_hz, stretch.rate_hz)[: 2 * length].ljust(2 * length, b"\0")
        pieces += [silence, pcm]
    return audio.join([*pieces, stretch.silences[-1]], stretch.rate_hz)


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

    def one(stretch: Stretch) -> Encoded:
        said = [(take.key, gains[take.utterance.voice]) for take in stretch.takes]
        key = key_of("stretch", VERSION, said, stretch.silences, stretch.rate_hz, encoding, target.ceiling_dbtp)
        entry = cache.get(key)
        facts = entry[0] if entry else None
        if facts is None:
            pcm = sound(stretch, engines, gains, target)
            frames = audio.encode(pcm, stretch.rate_hz, encoding)
            facts = {
                "frames": count_frames(frames),
                "size_bytes": len(frames),
                "steps": energies(pcm, stretch.rate_hz).tobytes().hex(),
                "true_peak": true_peak(pcm),
            }
            cache.put(key, facts, frames)
        steps = bytes.fromhex(facts["steps"])
        return Encoded(stretch, key, facts["frames"], facts["size_bytes"], steps, facts["true_peak"])

    done: list[Encoded] = []
    workers = ThreadPoolExecutor(os.cpu_count() or 1)
    try:
        # The longest first, so that no core waits for one at the end.
        futures = {
            id(stretch): workers.submit(one, stretch)
            for stretch in sorted(wanted, key=lambda stretch: sum(stretch.lengths()), reverse=True)
        }
        for stretch in wanted:
            encoded = futures[id(stretch)].result()
            done.append(encoded)
            progress("encode", sum(len(each.stretch.takes) for each in done), 0, encoded.stretch.takes[-1].utterance)
    finally:
        workers.shutdown(cancel_futures=True)
    return done


def before_encoding(target: Target, encoding: Encoding) -> Target:
    """Return what to aim at before encoding, so that the decoded MP3 keeps the target."""
    gain = audio.encoder_gain_db(encoding)
    return Target(target.loudness_lufs - gain, target.ceiling_dbtp - gain - CODING_HEADROOM_DB)


def loudness(encoded: Sequence[Encoded], encoding: Encoding) -> tuple[float, float]:
    """Return integrated loudness (LUFS) and highest true peak (dBTP) of the episode.

    Both are measured on the sound before encoding and corrected by the encoder's gain;
    coding noise may add up to 1 dB to the peak.
    """
    steps = np.frombuffer(b"".join(each.steps for each in encoded), np.float32)
    peak = max((each.true_peak for each in encoded), default=0.0)
    gain = audio.encoder_gain_db(encoding)
    return integrated_lufs(steps) + gain, 20 * float(np.log10(max(peak, 1e-6))) + gain


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


def timeline(encoded: Sequence[Encoded], titles: Sequence[str], url: str | None, encoding: Encoding) -> Timeline:
    """Place cues and chapters: a stretch begins where the frames before it end.

    Args:
        encoded: Stretches in order: an episode, or the part of it that becomes a clip.
        titles: Title of every chapter of the episode, by index.
        url: Link of the chapters, or None.
        encoding: Sample rate of the frames.
    """
    cues: list[Cue] = []
    starts: list[tuple[int, int]] = []  # chapter, first sample
    frames_before = 0
    for each in encoded:
        start = frames_before * SAMPLES_PER_FRAME
        if not starts or starts[-1][0] != each.stretch.chapter:
            starts.append((each.stretch.chapter, start))
        cues += _cues(each.stretch, start, encoding.sample_rate_hz)
        frames_before += each.frames
    length, padding = _length(encoded, frames_before, encoding.sample_rate_hz)
    bounds = [_ms(first, encoding) for _, first in starts] + [_ms(length, encoding)]
    chapters = tuple(
        Chapter(start, end, titles[chapter], url)
        for (chapter, _), (start, end) in zip(starts, pairwise(bounds), strict=True)
    )
    return Timeline(tuple(cues), chapters, length, padding)


def _cues(stretch: Stretch, start: int, rate_hz: int) -> Iterator[Cue]:
    scale = rate_hz / stretch.rate_hz
    position = 0
    for take, silence, length in zip(stretch.takes, stretch.silences, stretch.lengths(), strict=False):
        begin = start + round((position + silence) * scale)
        position += silence + length
        end = start + round(position * scale)
        said = take.utterance
        yield Cue(
            round(begin * 1000 / rate_hz), round(end * 1000 / rate_hz), said.role, said.speaker, said.text,
            said.segment, begin, end,
        )  # fmt: skip


def _length(encoded: Sequence[Encoded], frames: int, rate_hz: int) -> tuple[int, int]:
    """Return where the last stretch's sound ends, and how much its frames hold beyond."""
    last = encoded[-1]
    own = (sum(last.stretch.lengths()) + sum(last.stretch.silences)) * rate_hz // last.stretch.rate_hz
    length = (frames - last.frames) * SAMPLES_PER_FRAME + own
    padding = frames * SAMPLES_PER_FRAME - ENCODER_DELAY_SAMPLES - length
    clipped = min(max(padding, 0), MAX_PADDING_SAMPLES)
    return length + padding - clipped, clipped


def _ms(samples: int, encoding: Encoding) -> int:
    return round(samples * 1000 / encoding.sample_rate_hz)
