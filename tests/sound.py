"""Decoding and comparing sound in tests, with the ffmpeg that the product uses."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray


def decode(path: Path, rate_hz: int = 44_100) -> NDArray[np.float64]:
    """Return an MP3 as numbers with full scale 1.0, as a gapless player hears it."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-f", "s16le", "-ac", "1"]
    pcm = subprocess.run([*command, "-ar", str(rate_hz), "-"], capture_output=True, check=True).stdout
    return np.frombuffer(pcm, "<i2") / 32768.0


def lag_samples(heard: NDArray[np.float64], original: NDArray[np.float64], reach: int) -> tuple[int, float]:
    """Return by how many samples ``heard`` comes late, and how alike the two are there (1.0 is equal).

    Args:
        heard: Sound that begins ``reach`` samples before the place where the original is expected.
        original: What is looked for, by its first 32,768 samples; likeness is of the whole.
        reach: How far to look, in samples.
    """
    start = original[: 1 << 15]
    window = heard[: len(original) + 2 * reach]
    near = window[: len(start) + 2 * reach]
    size = 1 << (len(near) + len(start)).bit_length()
    spectrum = np.fft.rfft(near, size) * np.conj(np.fft.rfft(start, size))
    correlation = np.fft.irfft(spectrum, size)[: 2 * reach + 1]
    best = int(np.argmax(correlation))
    piece = window[best : best + len(original)]
    likeness = float(piece @ original[: len(piece)] / (np.linalg.norm(piece) * np.linalg.norm(original)))
    return best - reach, likeness


def integrated_lufs_and_peak(path: Path) -> tuple[float, float]:
    """Return integrated loudness (LUFS) and true peak (dBTP) as ffmpeg's ebur128 measures them."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostats", "-i", str(path), "-af", "ebur128=peak=true:framelog=quiet"]
    said = subprocess.run([*command, "-f", "null", "-"], capture_output=True, text=True, check=True).stderr
    values = [line.split() for line in said.splitlines() if " LUFS" in line or " dBFS" in line]
    loudness = next(float(words[1]) for words in values if words[0] == "I:")
    return loudness, next(float(words[1]) for words in values if words[0] == "Peak:")
