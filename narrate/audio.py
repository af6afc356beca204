"""What is done to sound: trimming, levelling, joining, encoding. The only importer of pydub and caller of ffmpeg."""

from __future__ import annotations

import math
import subprocess
import tempfile
import warnings
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from narrate.errors import SoundError
from narrate.loudness import FULL_SCALE, PEAK_FLOOR, SAMPLE_BYTES, Samples, block_peaks, to_samples
from narrate.settings import Encoding

if TYPE_CHECKING:
    from pydub import AudioSegment

SILENCE_DBFS = -60.0
EDGE_MS = 20  # kept before the first and after the last audible sample
SHORTEST_FADE_MS = 5
LIMITER_BLOCK = 32  # samples: 1.5 ms at 22.05 kHz
LIMITER_REACH = 4  # blocks of look-ahead, and of release
FFMPEG_TIMEOUT_S = 600
LAME_SCALE = ((160, 0.95), (192, 0.97), (224, 0.98), (320, 1.0))  # up to this bit rate in kbit/s, this factor


def audible(pcm: bytes, rate_hz: int) -> tuple[int, int]:
    """Return first and last sample (half-open) of what is louder than -60 dBFS, with 20 ms around it.

    Args:
        pcm: Signed 16-bit little-endian mono.
        rate_hz: Sample rate.

    Returns:
        (0, 0) where everything is silent.
    """
    values = np.frombuffer(pcm, "<i2")
    threshold = round(FULL_SCALE * 10 ** (SILENCE_DBFS / 20))
    loud = np.flatnonzero((values > threshold) | (values < -threshold))
    if not len(loud):
        return 0, 0
    edge = rate_hz * EDGE_MS // 1000
    return max(0, int(loud[0]) - edge), min(len(values), int(loud[-1]) + 1 + edge)


def level(pcm: bytes, gain_db: float, ceiling_dbtp: float) -> tuple[bytes, float]:
    """Scale speech by a gain, its true peaks kept under a ceiling by a look-ahead limiter.

    The limiter bends the gain around each peak within 12 ms; quieter speech is left as it is.

    Args:
        pcm: Signed 16-bit little-endian mono.
        gain_db: Gain in dB.
        ceiling_dbtp: Highest true peak allowed, in dBTP, below 0.

    Returns:
        Speech of the same length, and its true peak (linear; what stays 3 dB under the
        ceiling is measured at the samples only).
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
    """Smooth per-block gains into a gain per sample that exceeds none of them."""
    lowest = _windows(allowed).min(axis=1)
    smooth = _windows(lowest).mean(axis=1)
    # Straight lines between block borders stay under both neighbours.
    borders = np.minimum(np.concatenate((smooth[:1], smooth)), np.concatenate((smooth, smooth[-1:])))
    ramp = np.arange(LIMITER_BLOCK, dtype=np.float32) / LIMITER_BLOCK
    curve = borders[:-1, None] * (1 - ramp) + borders[1:, None] * ramp
    return np.asarray(curve.reshape(-1), dtype=np.float32)


def _windows(values: Samples) -> NDArray[np.float32]:
    padded = np.pad(values, LIMITER_REACH, mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * LIMITER_REACH + 1)


def join(pieces: Sequence[bytes | int], rate_hz: int) -> bytes:
    """Join pieces of speech and silences, each piece faded at its edges so that nothing clicks.

    Args:
        pieces: Signed 16-bit mono PCM, or a silence in samples.
        rate_hz: Sample rate of all of them.

    Returns:
        One PCM; its length is the sum of the lengths.
    """
    shaped = [_shaped(piece, rate_hz).raw_data for piece in pieces]
    # pydub's own + copies everything joined so far, each time; its append would cross-fade.
    whole = _segment(b"", rate_hz)._spawn(b"".join(shaped))
    return bytes(whole.raw_data)


def _shaped(piece: bytes | int, rate_hz: int) -> AudioSegment:
    if isinstance(piece, int):
        return _segment(bytes(piece * SAMPLE_BYTES), rate_hz)
    # pydub counts in milliseconds and loses samples where they do not fit: fade edges that fit exactly.
    fade_ms = _whole_ms(rate_hz)
    edge = SAMPLE_BYTES * rate_hz * fade_ms // 1000
    if len(piece) < 2 * edge:
        return _segment(piece, rate_hz)
    head = _segment(piece[:edge], rate_hz).fade_in(fade_ms)
    tail = _segment(piece[-edge:], rate_hz).fade_out(fade_ms)
    return _segment(head.raw_data + piece[edge:-edge] + tail.raw_data, rate_hz)


def _whole_ms(rate_hz: int) -> int:
    """Return the shortest fade of 5 ms or more that is a whole number of samples."""
    step_ms = 1000 // math.gcd(rate_hz, 1000)
    return -(-SHORTEST_FADE_MS // step_ms) * step_ms


def _segment(pcm: bytes, rate_hz: int) -> AudioSegment:
    with warnings.catch_warnings():
        # pydub looks for a system ffmpeg on import and warns without one; ours comes from a wheel.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
    return AudioSegment(data=pcm, sample_width=SAMPLE_BYTES, frame_rate=rate_hz, channels=1)


def encoder_gain_db(encoding: Encoding) -> float:
    """Return the gain LAME gives to what it encodes at a constant bit rate, in dB.

    LAME's presets scale by a factor that depends on the bit rate alone (measured on its output).
    """
    factor = next(factor for most_kbps, factor in LAME_SCALE if encoding.bitrate_kbps <= most_kbps)
    return 20 * math.log10(factor)


def encode(pcm: bytes, rate_hz: int, encoding: Encoding) -> bytes:
    """Encode mono PCM to bare MP3 frames (LAME, constant bit rate), without header or tags.

    Raises:
        SoundError: ffmpeg failed.
    """
    codec = (
        "-flush_packets",
        "0",
        "-c:a",
        "libmp3lame",
        "-b:a",
        f"{encoding.bitrate_kbps}k",
        "-write_xing",
        "0",
        "-id3v2_version",
        "0",
    )
    return _ffmpeg(pcm, rate_hz, ("-ar", str(encoding.sample_rate_hz), "-ac", "1", *codec, "-f", "mp3"))


def resample(pcm: bytes, rate_hz: int, wanted_hz: int) -> bytes:
    """Change the sample rate of mono PCM.

    Raises:
        SoundError: ffmpeg failed.
    """
    if rate_hz == wanted_hz:
        return pcm
    return _ffmpeg(pcm, rate_hz, ("-ar", str(wanted_hz), "-ac", "1", "-f", "s16le"))


def to_wav(sound: bytes, form: str, longest_s: float) -> bytes:
    """Decode a sound file to a WAV of 16-bit mono at its own rate.

    Args:
        sound: The file; from anybody, so it is read as this format and nothing else.
        form: ffmpeg's name of its format: wav, mp3, flac or ogg.
        longest_s: What is longer is cut there.

    Raises:
        SoundError: It cannot be decoded.
    """
    plain = ("-vn", "-t", str(longest_s), "-ac", "1", "-c:a", "pcm_s16le", "-f", "wav")
    return _run(sound, ("-threads", "1", "-f", form), plain)


def shift_pitch(pcm: bytes, rate_hz: int, with_formants: float, without: float, speed: float = 1.0) -> bytes:
    """Shift the pitch of mono PCM, and its speed where asked (ffmpeg's rubberband).

    Args:
        pcm: Signed 16-bit little-endian mono.
        rate_hz: Sample rate.
        with_formants: Semitones by which the formants go along.
        without: Further semitones with the formants left where they are.
        speed: 1.0 leaves the length as it is; 2.0 halves it.

    Raises:
        SoundError: ffmpeg failed.
    """
    stages = [
        f"rubberband=pitch={2 ** (shift / 12):.6f}:formant={kind}"
        for shift, kind in ((with_formants, "shifted"), (without, "preserved"))
        if shift
    ]
    stages += [f"rubberband=tempo={speed:.6f}"] if speed != 1.0 else []
    chain = ",".join(stages)
    return _ffmpeg(pcm, rate_hz, ("-af", chain, "-ar", str(rate_hz), "-ac", "1", "-f", "s16le")) if chain else pcm


def _ffmpeg(pcm: bytes, rate_hz: int, output: Sequence[str]) -> bytes:
    return _run(pcm, ("-f", "s16le", "-ar", str(rate_hz), "-ac", "1"), output)


def _run(source: bytes, form: Sequence[str], output: Sequence[str]) -> bytes:
    command = [_ffmpeg_path(), "-v", "error", "-nostdin", "-protocol_whitelist", "pipe", *form, "-i", "pipe:0", *output]
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as sink:
        # Files, not pipes: a minute of sound would go through a pipe in a thousand pieces.
        given.write(source)
        given.seek(0)
        try:
            # A session of its own: Ctrl-C reaches the command, which lets ffmpeg end.
            done = subprocess.run(
                [*command, "pipe:1"],
                stdin=given,
                stdout=sink,
                stderr=subprocess.PIPE,
                timeout=FFMPEG_TIMEOUT_S,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired as error:
            raise SoundError("ffmpeg did not end; reinstall imageio-ffmpeg.") from error
        except OSError as error:
            raise SoundError(f"ffmpeg cannot be started ({error.strerror}); reinstall imageio-ffmpeg.") from error
        sink.seek(0)
        encoded = sink.read()
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no reason given"]
        raise SoundError(f"ffmpeg failed ({reason[0]}); reinstall imageio-ffmpeg.")
    return encoded


def ffmpeg_version() -> str:
    """Return the version of the ffmpeg in use, and where it lies.

    Raises:
        SoundError: There is none that starts.
    """
    path = _ffmpeg_path()
    try:
        told = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise SoundError(f"'{path}' does not start; reinstall imageio-ffmpeg, or set IMAGEIO_FFMPEG_EXE.") from error
    return f"{' '.join(told.split()[:3])} ({path})"


@cache
def _ffmpeg_path() -> str:
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise SoundError("imageio-ffmpeg has no ffmpeg for this system; set IMAGEIO_FFMPEG_EXE to yours.") from error


def mixing_rate_hz(rates_hz: Sequence[int]) -> int:
    """Return the sample rate to join speech at: the one they share, else the highest."""
    return max(rates_hz, default=22_050)
