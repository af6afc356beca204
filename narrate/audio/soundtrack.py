"""Music beside speech, from the files that were chosen: pieces that are heard alone, and a bed for under speech."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from narrate.audio import ffmpeg
from narrate.audio.limiter import LIMITER_BLOCK
from narrate.audio.loudness import (
    FULL_SCALE,
    PEAK_FLOOR,
    SAMPLE_BYTES,
    block_peaks,
    energies,
    integrated_lufs,
    to_samples,
)
from narrate.audio.sound_files import decoded, digests
from narrate.model import settings
from narrate.model.errors import InputUnreadable
from narrate.model.settings import Target
from narrate.system.cache import Cache, Entry, key_of

LONGEST_S = {"intro": 15, "outro": 60, "chapter_jingle": 10}  # the disclosure is heard right after the intro
LONGEST_BED_S = 300  # from there on it begins again
SEARCHED_S = 120  # for the beginning of what is heard
SILENT_LUFS = -60.0
SILENCE = 10 ** (ffmpeg.SILENCE_DBFS / 20)
DECLICK_MS = 20
ALONE_MS = 1000  # the bed alone before and after speech, its fade not counted
LOUDEST_BED_PEAK = 0.25  # under speech: 12 dB below full scale leaves speech most of its room
BLOCK_S = 10  # sound is looked at and mixed in parts of this length, so that memory stays small
VERSION = 1  # raise when equal files come to sound different


@dataclass(frozen=True, slots=True)
class Piece:
    """Music that is heard alone: cut, levelled, faded.

    Attributes:
        name: Key that chose it.
        path: The file it is from.
        key: Digest of all that shapes it.
        rate_hz: Sample rate.
        length: In samples.
        peak: Linear true peak.
        make: How it was made, to make it again.
    """

    name: str
    path: Path
    key: str
    rate_hz: int
    length: int
    peak: float
    make: _Making

    def pcm(self, cache: Cache) -> bytes:
        """Return its sound: signed 16-bit mono, remembered or made again."""
        entry = cache.get(self.key)
        return entry[1] if entry else _made(self.name, self.path, self.key, self.make, cache)[1]


@dataclass(frozen=True, slots=True)
class Bed:
    """Music under speech, over and over as long as it is needed.

    Attributes:
        piece: Its sound, not levelled.
        open_gain: Factor where nobody speaks.
        low_gain: Factor under speech.
        fade_ms: At both ends, and where it begins again.
    """

    piece: Piece
    open_gain: float
    low_gain: float
    fade_ms: int

    @property
    def key(self) -> str:
        """Digest of all that shapes it."""
        return key_of("bed", VERSION, self.piece.key, self.open_gain, self.low_gain, self.fade_ms)

    @property
    def room_ms(self) -> int:
        """How long it is heard before the first and after the last word of a mix unit."""
        return self.fade_ms + ALONE_MS

    def under_peak(self) -> float:
        """Return the highest linear peak it has while somebody speaks."""
        return self.piece.peak * self.low_gain


@dataclass(frozen=True, slots=True)
class Soundtrack:
    """All music of an episode, ready to be heard."""

    intro: Piece | None = None
    outro: Piece | None = None
    chapter_jingle: Piece | None = None
    bed: Bed | None = None


@dataclass(frozen=True, slots=True)
class _Making:
    """What shapes a piece beside its file."""

    rate_hz: int
    lufs: float
    ceiling_dbtp: float
    fade_ms: int
    longest_s: int
    levelled: bool


def load(chosen: settings.Music, target: Target, rate_hz: int, cache: Cache) -> Soundtrack:
    """Read all music that was chosen, so that whatever is wrong with it is told before anything is spoken.

    Raises:
        InputMissing, InputUnreadable, PermissionRefused: A file is not there, no sound, silent or too large.
        SoundError: There is no ffmpeg.
    """
    files = chosen.files()
    found = digests(files)
    lufs, ceiling = target.loudness_lufs + chosen.level_lu, target.ceiling_dbtp
    pieces: dict[str, Any] = {}
    for name, path in files.items():
        part = name.removeprefix("music.")
        alone = part in LONGEST_S
        making = (
            _Making(rate_hz, lufs, ceiling, chosen.fade_ms, LONGEST_S[part], levelled=True)
            if alone
            else _Making(rate_hz, 0.0, 0.0, 0, LONGEST_BED_S, levelled=False)
        )
        key = key_of("music", VERSION, found[name], making)
        facts = cache.facts(key) or _made(name, path, key, making, cache)[0]
        piece = Piece(name, path, key, rate_hz, facts["length"], facts["peak"], making)
        pieces[part] = piece if alone else _bed(piece, facts["lufs"], target, chosen)
    return Soundtrack(**pieces)


def _bed(piece: Piece, lufs: float, target: Target, chosen: settings.Music) -> Bed:
    """Return a bed at its levels, each only as high as its peaks allow."""
    wanted = target.loudness_lufs - lufs
    low = min(10 ** ((wanted + chosen.bed_level_lu) / 20), LOUDEST_BED_PEAK / piece.peak)
    high = min(10 ** ((wanted + chosen.level_lu) / 20), 10 ** (target.ceiling_dbtp / 20) / piece.peak)
    return Bed(piece, max(low, high), low, max(chosen.fade_ms, DECLICK_MS))


def _made(name: str, path: Path, key: str, making: _Making, cache: Cache) -> Entry:
    """Decode, trim, cut and level a file, and remember it."""
    alone = making.levelled
    pcm, _ = decoded(name, path, making.rate_hz, SEARCHED_S if alone else making.longest_s)
    pcm = _trimmed(pcm, making.rate_hz)
    longest = SAMPLE_BYTES * making.rate_hz * making.longest_s
    cut = len(pcm) > longest
    pcm = pcm[:longest]
    lufs = integrated_lufs(energies(pcm, making.rate_hz))
    if not pcm or lufs < SILENT_LUFS:
        raise InputUnreadable(f"{name}: '{path}' is silent or has no length; name a file that can be heard.")
    if alone:
        pcm, peak = ffmpeg.level(pcm, making.lufs - lufs, making.ceiling_dbtp)
        pcm = _faded(pcm, making.rate_hz, making.fade_ms if cut else DECLICK_MS)
    else:
        peak = true_peak(pcm, making.rate_hz)
    facts = {"length": len(pcm) // SAMPLE_BYTES, "peak": peak, "lufs": lufs}
    cache.put(key, facts, pcm)
    return facts, pcm


def _trimmed(pcm: bytes, rate_hz: int) -> bytes:
    """Return sound without silence at its ends, to a tenth of a second."""
    step = rate_hz // 10
    values = np.frombuffer(pcm, "<i2")
    values = np.pad(values, (0, -len(values) % step)).reshape(-1, step)
    threshold = SILENCE * FULL_SCALE
    loud = np.flatnonzero((values.max(axis=1, initial=0) > threshold) | (values.min(axis=1, initial=0) < -threshold))
    return pcm[SAMPLE_BYTES * step * int(loud[0]) : SAMPLE_BYTES * step * int(loud[-1] + 1)] if len(loud) else b""


def _faded(pcm: bytes, rate_hz: int, out_ms: int) -> bytes:
    """Return sound that begins without a click and fades at its end."""
    length = len(pcm) // SAMPLE_BYTES
    rise = min(rate_hz * DECLICK_MS // 1000, length // 2)
    fall = min(rate_hz * max(out_ms, DECLICK_MS) // 1000, length // 2)
    curve = np.interp(np.arange(length), (0, rise, length - fall, length), (0.0, 1.0, 1.0, 0.0))
    return to_pcm(to_samples(pcm) * curve)


def to_pcm(samples: Any) -> bytes:
    """Return numbers with full scale 1.0 as signed 16-bit PCM."""
    return bytes(np.rint(samples * FULL_SCALE).clip(-FULL_SCALE, FULL_SCALE - 1).astype("<i2").tobytes())


def true_peak(pcm: bytes, rate_hz: int, floor: float = PEAK_FLOOR) -> float:
    """Return the linear true peak of sound of any length.

    Args:
        pcm: Signed 16-bit mono.
        rate_hz: Sample rate.
        floor: What stays under it is looked at only at its samples.
    """
    step = SAMPLE_BYTES * BLOCK_S * rate_hz
    highest = 0.0
    for start in range(0, len(pcm), step):
        samples = to_samples(pcm[start : start + step])
        peaks = block_peaks(np.pad(samples, (0, -len(samples) % LIMITER_BLOCK)), LIMITER_BLOCK, floor)
        highest = max(highest, float(peaks.max(initial=0.0)))
    return highest
