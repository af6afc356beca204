"""MP3 frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen.mp3 import MP3

from narrate.audio import ffmpeg, mp3_frames
from narrate.model.settings import Encoding
from tests.sound import decode


def tone(seconds: float, rate_hz: int = 22_050) -> bytes:
    """Return a sine of 440 Hz."""
    time = np.arange(round(seconds * rate_hz)) / rate_hz
    return (8000 * np.sin(2 * np.pi * 440 * time)).astype("<i2").tobytes()


@pytest.mark.parametrize(("bitrate", "rate_hz"), [(64, 44_100), (96, 44_100), (128, 48_000), (320, 44_100)])
def test_frames_of_the_real_encoder_are_counted(bitrate: int, rate_hz: int) -> None:
    """LAME's stream is whole frames; their samples hold the sound and the encoder's delay, and little more."""
    stream = ffmpeg.encode(tone(3), 22_050, Encoding(bitrate, rate_hz))
    count = mp3_frames.count_frames(stream)
    surplus = count * mp3_frames.SAMPLES_PER_FRAME - 3 * rate_hz
    assert (
        mp3_frames.ENCODER_DELAY_SAMPLES
        <= surplus
        <= mp3_frames.ENCODER_DELAY_SAMPLES + 4 * mp3_frames.SAMPLES_PER_FRAME
    )


def test_joined_streams_decode_to_the_sample(tmp_path: Path) -> None:
    """Two streams behind one Info frame: the second's first sample is where the first one's frames end."""
    click = np.zeros(22_050, "<i2")
    click[2000] = 20_000
    parts = [ffmpeg.encode(click.tobytes(), 22_050, Encoding()) for _ in range(2)]
    counts = [mp3_frames.count_frames(part) for part in parts]
    padding = sum(counts) * 1152 - 576 - (counts[0] * 1152 + 44_100)
    path = tmp_path / "a.mp3"
    path.write_bytes(mp3_frames.info_frame(sum(counts), sum(map(len, parts)), 96, 44_100, padding) + b"".join(parts))
    heard = decode(path)
    assert len(heard) == sum(counts) * 1152 - 576 - padding == counts[0] * 1152 + 44_100
    assert abs(int(np.argmax(np.abs(heard[:30_000]))) - 4000) <= 1
    second = counts[0] * 1152
    assert abs(int(np.argmax(np.abs(heard[second:]))) - 4000) <= 1
    info = MP3(path).info
    assert info is not None
    assert info.length == pytest.approx(len(heard) / 44_100, abs=0.001)


@given(st.binary(max_size=2000))
def test_anything_else_is_refused(data: bytes) -> None:
    """Bytes that are not whole frames raise ValueError; nothing loops for ever."""
    if data:
        with pytest.raises(ValueError, match="frame"):
            mp3_frames.count_frames(data)
    else:
        assert mp3_frames.count_frames(data) == 0


def test_a_cut_frame_is_noticed() -> None:
    """A stream that ends within a frame is refused."""
    stream = ffmpeg.encode(tone(0.5), 22_050, Encoding())
    with pytest.raises(ValueError, match="truncated"):
        mp3_frames.count_frames(stream[:-1])


@given(st.integers(-5000, 9000))
def test_padding_must_fit(padding: int) -> None:
    """Padding of 0 to 4095 samples is written; anything else is refused."""
    if 0 <= padding <= mp3_frames.MAX_PADDING_SAMPLES:
        assert len(mp3_frames.info_frame(10, 3130, 96, 44_100, padding)) == 313
    else:
        with pytest.raises(ValueError, match="12 bits"):
            mp3_frames.info_frame(10, 3130, 96, 44_100, padding)


def test_too_low_a_bit_rate_is_refused() -> None:
    """Below 64 kbit/s the tag does not fit into one frame, and that is said."""
    with pytest.raises(ValueError, match="too low"):
        mp3_frames.info_frame(1, 100, 32, 44_100, 0)
