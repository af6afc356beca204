"""Measuring speech in tests."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FRAME_S, STEP_S = 0.04, 0.02
LOWEST_HZ, HIGHEST_HZ = 55, 450
VOICED = 0.55  # of the energy must come back after one period
QUIET = 0.1  # of the median loudness


def median_f0_hz(samples: NDArray[Any], rate_hz: int) -> float:
    """Return the median fundamental frequency of the voiced frames, by autocorrelation.

    Args:
        samples: Speech, any scale.
        rate_hz: Sample rate.

    Source:
        Boersma (1993): the autocorrelation is divided by that of the window.
    """
    frame, step = int(FRAME_S * rate_hz), int(STEP_S * rate_hz)
    frames = np.lib.stride_tricks.sliding_window_view(np.asarray(samples, dtype=float), frame)[::step]
    frames = frames - frames.mean(axis=1, keepdims=True)
    loudness = (frames**2).mean(axis=1)
    frames = frames[loudness > QUIET * np.median(loudness[loudness > 0])]
    window = np.hanning(frame)
    size = 1 << (2 * frame).bit_length()
    correlations = np.fft.irfft(np.abs(np.fft.rfft(frames * window, size, axis=1)) ** 2, size, axis=1)[:, :frame]
    own = np.fft.irfft(np.abs(np.fft.rfft(window, size)) ** 2, size)[:frame]
    shortest, longest = rate_hz // HIGHEST_HZ, min(rate_hz // LOWEST_HZ, int(frame * 0.6))
    normal = correlations[:, :longest] / correlations[:, :1] / (own[:longest] / own[0])
    # A period twice as long correlates as well: prefer the shorter by a hair.
    wanted = normal[:, shortest:longest] - 0.06 * np.log2(np.arange(shortest, longest) / shortest)
    best = wanted.argmax(axis=1) + shortest
    voiced = normal[np.arange(len(best)), best] > VOICED
    return float(np.median(rate_hz / best[voiced]))
