"""BS.1770."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from narrate.audio import ffmpeg, mp3_frames
from narrate.audio.loudness import block_peaks, energies, integrated_lufs, powers, rounded_gain_db
from narrate.model.settings import Encoding
from narrate.voices.engines.espeak.engine import EspeakEngine
from tests.sound import integrated_lufs_and_peak


def pcm(samples: NDArray[np.float64]) -> bytes:
    """Return numbers of full scale 1.0 as PCM."""
    return np.rint(samples * 32767).astype("<i2").tobytes()


def sine(hertz: float, dbfs: float, seconds: float, rate_hz: int) -> NDArray[np.float64]:
    """Return a sine with a peak in dBFS."""
    return 10 ** (dbfs / 20) * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate_hz)) / rate_hz)


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("dbfs", [-10.0, -23.0, -36.0])
def test_a_997_hz_sine_reads_its_level(rate_hz: int, dbfs: float) -> None:
    """The standard's calibration: 997 Hz in one channel reads 3.01 LU under its peak level."""
    steps = energies(pcm(sine(997, dbfs, 5, rate_hz)), rate_hz)
    assert integrated_lufs(steps) == pytest.approx(dbfs - 3.01, abs=0.1)


def test_silence_between_does_not_count() -> None:
    """Both gates: long silence and much softer sound leave the reading as it was."""
    loud, soft = sine(997, -20, 10, 22_050), sine(997, -45, 10, 22_050)
    alone = integrated_lufs(energies(pcm(loud), 22_050))
    mixed = integrated_lufs(energies(pcm(np.concatenate((loud, np.zeros(22_050 * 20), soft))), 22_050))
    assert mixed == pytest.approx(alone, abs=0.15)


def test_silence_has_a_number() -> None:
    """Silence and nothing at all read -70 LUFS, without a warning or an infinity."""
    assert integrated_lufs(energies(bytes(44_100), 22_050)) == -70
    assert integrated_lufs(energies(b"", 22_050)) == -70
    assert len(powers(b"", 22_050)) == 0


def test_speech_reads_as_ffmpeg_reads_it(espeak: EspeakEngine, tmp_path: Path) -> None:
    """On real speech the reading differs from ffmpeg's ebur128 by 0.1 LU at most."""
    text = "Am frühen Morgen legen die ersten Boote an, und auf dem Markt riecht es nach Fisch und Brot. " * 3
    for voice in espeak.voices()[:3]:
        speech = espeak.synthesize(text, voice)
        encoding = Encoding(320)
        stream = ffmpeg.encode(speech.pcm, speech.rate_hz, encoding)
        path = tmp_path / f"{voice.name}.mp3"
        count = mp3_frames.count_frames(stream)
        path.write_bytes(mp3_frames.info_frame(count, len(stream), 320, 44_100, 0) + stream)
        heard, _ = integrated_lufs_and_peak(path)
        assert integrated_lufs(energies(speech.pcm, speech.rate_hz)) == pytest.approx(heard, abs=0.1)


def test_a_peak_between_the_samples_is_found() -> None:
    """A sine at a quarter of the sample rate, sampled off its peaks, reads within 0.3 dB of its amplitude."""
    samples = np.sin(np.pi / 2 * np.arange(3200) + np.pi / 4).astype(np.float32)
    assert np.abs(samples).max() == pytest.approx(0.7071, abs=1e-3)
    peak = block_peaks(samples, 32, 0.5)[10:-10].max()
    assert 20 * np.log10(peak) == pytest.approx(0, abs=0.3)


def test_gains_are_rounded_to_quarters() -> None:
    """A gain is a multiple of 0.25 dB and at most 0.125 dB from what was asked."""
    for gain in np.linspace(-9, 9, 101):
        rounded = rounded_gain_db(float(gain))
        assert (rounded * 4).is_integer()
        assert abs(rounded - gain) <= 0.125 + 1e-9
