"""What is done to sound."""

from __future__ import annotations

import subprocess

import imageio_ffmpeg
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrate.audio import ffmpeg
from narrate.audio.loudness import block_peaks, to_samples
from narrate.model.errors import SoundError
from narrate.model.settings import Encoding
from tests.audio.test_loudness import pcm, sine

RATES = st.sampled_from([8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000])


@given(st.integers(0, 9000), st.integers(0, 9000), st.integers(1, 9000), RATES)
def test_audible_finds_the_sound_with_a_margin(before: int, after: int, length: int, rate_hz: int) -> None:
    """Silence at both ends is left out but for 20 ms; silence alone gives nothing."""
    loud = np.full(length, 9000, "<i2")
    first, last = ffmpeg.audible(
        np.concatenate((np.zeros(before, "<i2"), loud, np.zeros(after, "<i2"))).tobytes(), rate_hz
    )
    edge = rate_hz // 50
    assert first == max(0, before - edge)
    assert last == min(before + length + after, before + length + edge)
    assert ffmpeg.audible(bytes(2 * before), rate_hz) == (0, 0)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 20_000), st.floats(-20, 30), st.floats(-12, -0.5), st.integers(0, 2**32 - 1))
def test_level_keeps_length_and_ceiling(length: int, gain_db: float, ceiling_dbtp: float, seed: int) -> None:
    """Any gain: the same length, no peak above the ceiling; white noise cut off sharply may pass it by 1 dB."""
    noise = np.random.default_rng(seed).normal(0, 0.2, length).clip(-1, 1)
    levelled, peak = ffmpeg.level(pcm(noise), gain_db, ceiling_dbtp)
    assert len(levelled) == 2 * length
    ceiling = 10 ** (ceiling_dbtp / 20)
    samples = np.pad(to_samples(levelled), (0, -length % 32))
    assert np.abs(samples).max(initial=0) <= ceiling + 1e-4
    assert peak <= ceiling + 1e-6
    if length:
        assert block_peaks(samples, 32, 0.1).max() <= ceiling * 10 ** (1 / 20)


def test_quiet_speech_is_only_scaled() -> None:
    """Where nothing reaches the ceiling, a gain is a factor and nothing else."""
    quiet = pcm(sine(300, -30, 1, 22_050))
    levelled, _ = ffmpeg.level(quiet, 6.0, -1.0)
    assert np.abs(to_samples(levelled) - to_samples(quiet) * 10 ** (6 / 20)).max() < 5e-5


@settings(deadline=None)
@given(st.lists(st.one_of(st.integers(0, 5000), st.binary(max_size=6000).map(lambda b: b[: len(b) // 2 * 2]))), RATES)
def test_join_keeps_every_sample(pieces: list[bytes | int], rate_hz: int) -> None:
    """The joined sound is as long as its pieces, and between the fades it is the pieces themselves."""
    joined = ffmpeg.join(pieces, rate_hz)
    at, edge = 0, rate_hz * 40 // 1000
    for piece in pieces:
        length = piece if isinstance(piece, int) else len(piece) // 2
        own = joined[2 * at : 2 * (at + length)]
        if isinstance(piece, int):
            assert own == bytes(2 * piece)
        elif length > 2 * edge:
            assert own[2 * edge : -2 * edge] == piece[2 * edge : -2 * edge]
        at += length
    assert len(joined) == 2 * at


def test_edges_do_not_click() -> None:
    """A piece that begins and ends at full level is faded: no jump larger than within the sound."""
    loud = pcm(np.cos(2 * np.pi * 200 * np.arange(22_050) / 22_050) * 0.5)
    joined = to_samples(ffmpeg.join([500, loud, 500, loud, 500], 22_050))
    within = np.abs(np.diff(to_samples(loud))).max()
    assert np.abs(np.diff(joined)).max() <= within * 1.2


@pytest.mark.parametrize("kbps", [64, 96, 160, 192, 224, 320])
def test_the_encoders_gain_is_known(kbps: int) -> None:
    """LAME's own scaling at a bit rate is what we correct for, within 0.05 dB."""
    original = pcm(sine(440, -12, 5, 22_050))
    stream = ffmpeg.encode(original, 22_050, Encoding(kbps))
    heard = decoded(stream)
    power = np.mean(heard[8000:80_000] ** 2) / np.mean(to_samples(original)[8000:80_000] ** 2)
    assert 10 * np.log10(power) == pytest.approx(ffmpeg.encoder_gain_db(Encoding(kbps)), abs=0.05)


def decoded(stream: bytes) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Decode bare frames at 22.05 kHz."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", "-", "-ar", "22050", "-f", "s16le", "-"]
    return to_samples(subprocess.run(command, input=stream, capture_output=True, check=True).stdout)


@pytest.mark.parametrize(("rate_hz", "wanted_hz"), [(16_000, 22_050), (24_000, 44_100), (22_050, 22_050)])
def test_resampling_keeps_duration_and_pitch(rate_hz: int, wanted_hz: int) -> None:
    """A second stays a second, and 440 Hz stay 440 Hz."""
    out = to_samples(ffmpeg.resample(pcm(sine(440, -6, 1, rate_hz)), rate_hz, wanted_hz))
    assert len(out) == pytest.approx(wanted_hz, abs=wanted_hz * 0.002)
    strongest = np.argmax(np.abs(np.fft.rfft(out))) * wanted_hz / len(out)
    assert strongest == pytest.approx(440, abs=2)


def test_a_failing_encoder_is_a_sound_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """When ffmpeg fails or is missing, the error says so in a sentence."""
    monkeypatch.setattr(ffmpeg, "_ffmpeg_path", lambda: "/bin/false")
    with pytest.raises(SoundError, match="ffmpeg"):
        ffmpeg.encode(bytes(2000), 22_050, Encoding())
    monkeypatch.setattr(ffmpeg, "_ffmpeg_path", lambda: "/nowhere/ffmpeg")
    with pytest.raises(SoundError, match="ffmpeg"):
        ffmpeg.encode(bytes(2000), 22_050, Encoding())
