"""Sound that tells which text it is: each of sixteen tones is a digit of the text's checksum."""

from __future__ import annotations

import functools
import math
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from narrate.audio import ffmpeg
from narrate.model import Speech

RATE_HZ = 24_000
CHARACTER_MS = 60
FRAME, FRAME_BYTES = 576, 144  # samples and bytes of an MP3 frame at 24 kHz and 48 kbit/s, which Microsoft sends
DIGIT = 3 * FRAME  # samples
TONES_HZ = np.arange(16) * 125 + 500
SETTLED = 1105  # samples of delay of an MP3 coder and decoder; a digit is measured after them


def digits(text: str) -> list[int]:
    """Return the digits that a text sounds as, at least one checksum."""
    checksum = [int(sign, 16) for sign in f"{zlib.crc32(text.encode()):08x}"]
    count = max(len(checksum), math.ceil(len(text) * CHARACTER_MS * RATE_HZ / 1000 / DIGIT))
    return (checksum * (count // len(checksum) + 1))[:count]


@functools.cache
def _tone(digit: int, samples: int) -> bytes:
    wave = 8000 * np.sin(2 * np.pi * TONES_HZ[digit] * np.arange(samples) / RATE_HZ)
    return bytes(wave.astype("<i2").tobytes())


@functools.cache
def _frames() -> list[bytes]:
    """Return the MP3 frames of each digit, cut from the middle of a long tone and so fit to stand after any other."""
    length = 12
    whole = b"".join(_tone(digit, length * FRAME) for digit in range(16))
    options = ("-c:a", "libmp3lame", "-b:a", "48k", "-reservoir", "0", "-write_xing", "0", "-id3v2_version", "0")
    mp3 = ffmpeg._ffmpeg(whole, RATE_HZ, (*options, "-f", "mp3"))
    starts = [(length * digit + 6) * FRAME_BYTES for digit in range(16)]
    return [mp3[at : at + 3 * FRAME_BYTES] for at in starts]


def pcm(text: str) -> bytes:
    """Return a text's sound."""
    return b"".join(_tone(digit, DIGIT) for digit in digits(text))


def mp3(text: str) -> bytes:
    """Return a text's sound as an MP3 of 24 kHz, mono, 48 kbit/s, without a header frame."""
    return b"".join(_frames()[digit] for digit in digits(text))


def wav(text: str, size: int | None = None) -> bytes:
    """Return a text's sound as a WAV; ``size`` is what it says of its length instead of the truth."""
    sound = pcm(text)
    layout = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE_HZ, 2 * RATE_HZ, 2, 16)
    body = b"WAVE" + layout + b"data" + struct.pack("<I", len(sound) if size is None else size) + sound
    return b"RIFF" + struct.pack("<I", len(body)) + body


def tells(speech: Speech, text: str) -> bool:
    """Tell whether speech is this text's sound, whole and with nothing after it."""
    wanted = digits(text)
    samples: NDArray[np.float64] = np.frombuffer(speech.pcm, "<i2").astype(float)
    if speech.rate_hz != RATE_HZ or len(samples) != len(wanted) * DIGIT:
        return False
    windows = samples.reshape(-1, DIGIT)[:, SETTLED:]
    spectrum = np.abs(np.fft.rfft(windows * np.hanning(windows.shape[1]), 8192, axis=1))
    heard_hz = spectrum.argmax(axis=1) * RATE_HZ / 8192
    return bool((np.abs(heard_hz - TONES_HZ[wanted]) < 50).all())
