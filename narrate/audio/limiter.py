"""A look-ahead limiter: any gain, and no true peak above a ceiling."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from narrate.audio.loudness import FULL_SCALE, PEAK_FLOOR, Samples, block_peaks, to_samples

LIMITER_BLOCK = 32  # samples: 1.5 ms at 22.05 kHz
LIMITER_REACH = 4  # blocks of look-ahead, and of release


def level(pcm: bytes, gain_db: float, ceiling_dbtp: float) -> tuple[bytes, float]:
    """Apply a gain to speech and keep its true peaks below a ceiling.

    The limiter lowers the gain around each peak within 12 ms and leaves everything else alone.

    Args:
        pcm: Signed 16-bit little-endian mono.
        gain_db: Gain in dB.
        ceiling_dbtp: Highest true peak, in dBTP, below 0.

    Returns:
        Speech of the same length, and its linear true peak (peaks 3 dB below the ceiling are measured at the
        samples only).
    """
    samples = to_samples(pcm) * np.float32(10 ** (gain_db / 20))
    ceiling = 10 ** (ceiling_dbtp / 20)
    length = len(samples)
    if not length:
        return b"", 0.0
    samples = np.pad(samples, (0, -length % LIMITER_BLOCK))
    peaks = block_peaks(samples, LIMITER_BLOCK, PEAK_FLOOR * ceiling)
    allowed = np.minimum(1.0, ceiling / np.maximum(peaks, ceiling)).astype(np.float32)
    if allowed.min() < 1.0:
        samples = samples * _gain_curve(allowed)
    levelled = np.rint(samples[:length] * np.float32(FULL_SCALE)).astype("<i2")
    return levelled.tobytes(), float((peaks * allowed).max())


def _gain_curve(allowed: Samples) -> Samples:
    """Smooth gains per block into gains per sample that never exceed them."""
    lowest = _windows(allowed).min(axis=1)
    smooth = _windows(lowest).mean(axis=1)
    # Straight lines between block borders stay below both neighbours.
    borders = np.minimum(np.concatenate((smooth[:1], smooth)), np.concatenate((smooth, smooth[-1:])))
    ramp = np.arange(LIMITER_BLOCK, dtype=np.float32) / LIMITER_BLOCK
    curve = borders[:-1, None] * (1 - ramp) + borders[1:, None] * ramp
    return np.asarray(curve.reshape(-1), dtype=np.float32)


def _windows(values: Samples) -> NDArray[np.float32]:
    padded = np.pad(values, LIMITER_REACH, mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * LIMITER_REACH + 1)
