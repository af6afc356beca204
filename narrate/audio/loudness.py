"""Loudness and true peak as defined by ITU-R BS.1770-5."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Energies = NDArray[np.float32]

STEP_S = 0.1  # gating blocks of 400 ms overlap by 75 %, so energy is kept for every 100 ms
STEPS_PER_BLOCK = 4
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
SILENCE_LUFS = -70.0
GAIN_STEP_DB = 0.25

# BS.1770-5, tables 1 and 2: the two stages of the K filter at 48 kHz.
SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
TABLES_RATE_HZ = 48_000

SAMPLE_BYTES = 2
FULL_SCALE = 32_768.0
HIGHEST = 32_767  # of 16 bits
PEAK_FLOOR = 0.7  # blocks 3 dB below the ceiling are not interpolated between samples

OVERSAMPLING = 4
SINC_REACH = 12  # samples on either side that interpolation uses


@cache
def _k_weights(frame: int, rate_hz: int) -> Samples:
    """Return the squared magnitude of the K filter at the frequencies of a transform of ``frame`` samples."""
    z = np.exp(2j * np.pi * np.fft.rfftfreq(frame, 1 / rate_hz) / TABLES_RATE_HZ)
    response: NDArray[Any] = np.ones_like(z)
    for numerator, denominator in (SHELF, HIGH_PASS):
        response = response * np.polyval(numerator, z) / np.polyval(denominator, z)
    weights = np.abs(response) ** 2
    # A real signal's energy lies twice in every bin but the first and, for even lengths, the last.
    weights[1 : (frame + 1) // 2] *= 2
    return np.asarray(weights / frame**2, dtype=np.float32)


def energies(pcm: bytes, rate_hz: int) -> Energies:
    """Measure the K-weighted mean square of every 100 ms.

    The filter is applied in the frequency domain, frame by frame, which differs from the standard's time-domain
    filter by less than 0.1 LU on speech.

    Args:
        pcm: Signed 16-bit little-endian mono.
        rate_hz: Sample rate.

    Returns:
        One value per 100 ms; the last frame is padded with silence.

    Source:
        ITU-R BS.1770-5, annex 1.
    """
    frame = round(rate_hz * STEP_S)
    weights = _k_weights(frame, rate_hz)
    measured = []
    # Ten seconds at a time: arrays of whole minutes cost more in fresh memory than in arithmetic.
    part_bytes = 100 * frame * SAMPLE_BYTES
    for start in range(0, len(pcm), part_bytes):
        samples = to_samples(pcm[start : start + part_bytes])
        padded = np.pad(samples, (0, -len(samples) % frame)).reshape(-1, frame)
        spectrum = np.fft.rfft(padded, axis=1)
        measured.append((spectrum.real**2 + spectrum.imag**2) @ weights)
    return np.concatenate(measured, dtype=np.float32) if measured else np.zeros(0, np.float32)


def powers(pcm: bytes, rate_hz: int) -> Energies:
    """Measure the unweighted mean square of every 100 ms, to compare speech of one voice at a tenth of the cost.

    Args:
        pcm: Signed 16-bit little-endian mono.
        rate_hz: Sample rate.
    """
    samples = to_samples(pcm)
    frame = round(rate_hz * STEP_S)
    framed = np.pad(samples, (0, -len(samples) % frame)).reshape(-1, frame)
    return np.asarray(np.einsum("ij,ij->i", framed, framed) / np.float32(frame), dtype=np.float32)


def clipped(pcm: bytes) -> float:
    """Return the share of samples of 16-bit PCM that are at full scale."""
    samples = np.frombuffer(pcm, "<i2")
    full = np.count_nonzero(samples == HIGHEST) + np.count_nonzero(samples <= -HIGHEST)
    return full / max(len(samples), 1)


def to_samples(pcm: bytes) -> Samples:
    """Convert signed 16-bit PCM to floats with full scale 1.0."""
    return np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(FULL_SCALE)


def integrated_lufs(steps: Energies) -> float:
    """Return the gated, integrated loudness in LUFS; -70.0 for silence.

    Args:
        steps: Results of :func:`energies`, joined in time order.

    Source:
        ITU-R BS.1770-5, annex 1, equations 3 to 7.
    """
    if len(steps) < STEPS_PER_BLOCK:
        steps = np.pad(steps, (0, STEPS_PER_BLOCK - len(steps)))
    sums = np.concatenate(([0.0], np.cumsum(steps, dtype=np.float64)))
    blocks = (sums[STEPS_PER_BLOCK:] - sums[:-STEPS_PER_BLOCK]) / STEPS_PER_BLOCK
    for gate in (ABSOLUTE_GATE_LUFS, None):
        if not len(blocks):
            return SILENCE_LUFS
        threshold = gate if gate is not None else _lufs(float(blocks.mean())) + RELATIVE_GATE_LU
        blocks = blocks[blocks > 10 ** ((threshold + 0.691) / 10)]
    return _lufs(float(blocks.mean())) if len(blocks) else SILENCE_LUFS


def _lufs(mean_square: float) -> float:
    return -0.691 + 10 * float(np.log10(mean_square)) if mean_square > 0 else SILENCE_LUFS


def rounded_gain_db(gain_db: float) -> float:
    """Round a gain to a quarter of a decibel.

    Rounding keeps the gain, and with it all audio that an edit did not touch, the same after a small edit.
    """
    return round(gain_db / GAIN_STEP_DB) * GAIN_STEP_DB


@cache
def _interpolation(block: int) -> Samples:
    """Return the matrix from a block and its neighbourhood to the block's oversampled values."""
    positions = np.arange(block * OVERSAMPLING) / OVERSAMPLING
    distances = positions[:, None] - np.arange(-SINC_REACH, block + SINC_REACH)[None, :]
    inside = np.abs(distances) < SINC_REACH
    window = np.where(inside, np.cos(np.pi * distances / (2 * SINC_REACH)) ** 2, 0)
    return np.asarray((np.sinc(distances) * window).T, dtype=np.float32)


def block_peaks(samples: Samples, block: int, floor: float) -> Samples:
    """Return the linear true peak of every block.

    Args:
        samples: Mono, full scale 1.0; a whole number of blocks.
        block: Samples per block.
        floor: Blocks whose samples all stay below it get their sample peak, which is cheaper.

    Source:
        ITU-R BS.1770-5, annex 2 (four-fold oversampling).
    """
    peaks = np.abs(samples.reshape(-1, block)).max(axis=1)
    loud = np.flatnonzero(peaks > floor)
    if len(loud):
        padded = np.pad(samples, SINC_REACH)
        windows = np.lib.stride_tricks.sliding_window_view(padded, block + 2 * SINC_REACH)
        drawn = windows[loud * block] @ _interpolation(block)
        peaks[loud] = np.maximum(peaks[loud], np.abs(drawn).max(axis=1))
    return np.asarray(peaks, dtype=np.float32)
