"""Music under speech: down while somebody speaks, up in long pauses, silent where a mix unit begins and ends."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from narrate.audio import ffmpeg
from narrate.audio.loudness import SAMPLE_BYTES, Samples, to_samples
from narrate.audio.soundtrack import BLOCK_S, Bed, to_pcm, true_peak
from narrate.system.cache import Cache

DUCK_MS = 300  # the bed is down when somebody begins to speak
RISE_MS = 600
OPEN_GAP_MS = 1500  # a shorter pause leaves the bed down


@dataclass(frozen=True, slots=True)
class SpeechSpans:
    """Where somebody speaks in a mix unit, in samples at ``rate_hz``.

    Attributes:
        rate_hz: Sample rate of what follows.
        silences: Before each utterance, and after the last; the first and last of them have the bed's room.
        lengths: Of each utterance.
        edge: At both ends, where everything stays silent.
    """

    rate_hz: int
    silences: Sequence[int]
    lengths: Sequence[int]
    edge: int


def under(speech: bytes, bed: Bed, spans: SpeechSpans, cache: Cache) -> tuple[bytes, float]:
    """Lay a bed under speech.

    Args:
        speech: Signed 16-bit mono, at the bed's rate.
        bed: What is laid under it.
        spans: Where somebody speaks.
        cache: Remembers the bed's sound.

    Returns:
        The sum, and its linear true peak.
    """
    music_hz = bed.piece.rate_hz
    wave = to_samples(bed.piece.pcm(cache))
    places, gains = envelope(bed, spans)
    mixed, highest = [], 0.0
    step = BLOCK_S * music_hz
    for start in range(0, len(speech) // SAMPLE_BYTES, step):
        said = speech[SAMPLE_BYTES * start : SAMPLE_BYTES * (start + step)]
        at = np.arange(start, start + len(said) // SAMPLE_BYTES)
        gain = np.interp(at * (spans.rate_hz / music_hz), places, gains)
        heard = looped(wave, at, music_hz * bed.fade_ms // 1000) * gain
        mixed.append(ffmpeg.overlay(said, to_pcm(heard), music_hz))
        highest = max(highest, true_peak(mixed[-1], music_hz))
    return b"".join(mixed), highest


def envelope(bed: Bed, spans: SpeechSpans) -> tuple[list[float], list[float]]:
    """Return how loud a bed is in the course of a mix unit.

    Returns:
        Ascending places in samples, and the factor at each; between them lie straight lines.
    """
    rate_hz, silences, lengths, edge = spans.rate_hz, spans.silences, spans.lengths, spans.edge
    fade, duck, rise, pause = (rate_hz * ms / 1000 for ms in (bed.fade_ms, DUCK_MS, RISE_MS, OPEN_GAP_MS))
    low, high = bed.low_gain, bed.open_gain
    turns = (length + silence for length, silence in zip(lengths, silences[1:], strict=True))
    *starts, end = itertools.accumulate(turns, initial=silences[0])
    points = [(0.0, 0.0), (edge, 0.0), (edge + fade, high), (starts[0] - duck, high), (starts[0], low)]
    for silence, following in zip(silences[1:-1], starts[1:], strict=True):
        if silence >= pause:
            ended = following - silence
            points += [(ended, low), (ended + rise, high), (following - duck, high), (following, low)]
    ended = end - silences[-1]
    points += [(ended, low), (ended + rise, high), (end - edge - fade, high), (end - edge, 0.0), (end, 0.0)]
    return [place for place, _ in points], [gain for _, gain in points]


def looped(wave: Samples, at: Any, fade: int) -> Any:
    """Return music at some places: over and over, its end cross-faded with its beginning.

    Args:
        wave: Once.
        at: Places in samples, from the start of the first time.
        fade: Samples of the cross-fade; a quarter of the wave at most.
    """
    fade = min(fade, len(wave) // 4)
    turn, place = np.divmod(at, len(wave) - fade)
    heard = wave[place].astype(np.float64)
    again = (turn > 0) & (place < fade)
    if again.any():
        share = np.pi / 2 * place[again] / fade
        heard[again] = heard[again] * np.sin(share) + wave[place[again] + len(wave) - fade] * np.cos(share)
    return heard
