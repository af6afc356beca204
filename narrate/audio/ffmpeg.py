"""Trimming, joining, encoding and decoding audio. The only importer of pydub and caller of ffmpeg."""

from __future__ import annotations

import math
import subprocess
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from narrate.audio.limiter import level
from narrate.audio.loudness import FULL_SCALE, SAMPLE_BYTES
from narrate.model.errors import SoundError
from narrate.model.settings import Encoding

if TYPE_CHECKING:
    from pydub import AudioSegment

__all__ = [
    "audible", "decode", "decode_file", "encode", "encoder_gain_db", "ffmpeg_version", "file_rate_hz", "join", "level",
    "mixing_rate_hz", "overlay", "resample", "shift_pitch", "to_wav",
]  # fmt: skip

SILENCE_DBFS = -60.0
EDGE_MS = 20  # kept around the audible samples
SHORTEST_FADE_MS = 5
SPEECH_COMPRESSION_LEVEL = "7"  # of LAME; 5 is ffmpeg's default
WAV_RATE_AT = 24  # bytes into a WAV; ffmpeg writes the format first
FFMPEG_TIMEOUT_S = 600
LAME_SCALE = ((160, 0.95), (192, 0.97), (224, 0.98), (320, 1.0))  # up to this bit rate in kbit/s, this factor


def audible(pcm: bytes, rate_hz: int) -> tuple[int, int]:
    """Return the half-open range of samples louder than -60 dBFS, with 20 ms around it; (0, 0) for silence.

    Args:
        pcm: Signed 16-bit little-endian mono.
        rate_hz: Sample rate.
    """
    values = np.frombuffer(pcm, "<i2")
    threshold = round(FULL_SCALE * 10 ** (SILENCE_DBFS / 20))
    loud = np.flatnonzero((values > threshold) | (values < -threshold))
    if not len(loud):
        return 0, 0
    edge = rate_hz * EDGE_MS // 1000
    return max(0, int(loud[0]) - edge), min(len(values), int(loud[-1]) + 1 + edge)


def join(pieces: Sequence[bytes | int], rate_hz: int) -> bytes:
    """Join speech and silences, each piece of speech faded at its edges so that nothing clicks.

    Args:
        pieces: Signed 16-bit mono PCM, or the length of a silence in samples.
        rate_hz: Sample rate of all pieces.
    """
    # pydub's own + copies everything joined so far, each time; its append would cross-fade.
    return b"".join(_faded(piece, rate_hz) for piece in pieces)


def _faded(piece: bytes | int, rate_hz: int) -> bytes:
    if isinstance(piece, int):
        return bytes(piece * SAMPLE_BYTES)
    # pydub counts in milliseconds and drops samples that are no whole number of them: fade edges that are.
    fade_ms = _whole_ms(rate_hz)
    edge = SAMPLE_BYTES * rate_hz * fade_ms // 1000
    if len(piece) < 2 * edge:
        return piece
    head = _segment(piece[:edge], rate_hz).fade_in(fade_ms)
    tail = _segment(piece[-edge:], rate_hz).fade_out(fade_ms)
    return bytes(head.raw_data + piece[edge:-edge] + tail.raw_data)


def overlay(speech: bytes, music: bytes, rate_hz: int) -> bytes:
    """Add music to speech, sample by sample.

    Args:
        speech: Signed 16-bit mono PCM.
        music: The same length, and soft enough for the sum not to clip.
        rate_hz: Sample rate of both.
    """
    # pydub counts in milliseconds: pad to a whole number of them, or it drops samples.
    step = SAMPLE_BYTES * rate_hz * _whole_ms(rate_hz) // 1000
    whole = -(-len(speech) // step) * step
    both = (_segment(sound.ljust(whole, b"\0"), rate_hz) for sound in (speech, music))
    return bytes(next(both).overlay(next(both)).raw_data[: len(speech)])


def _whole_ms(rate_hz: int) -> int:
    """Return the shortest fade of 5 ms or more that is a whole number of samples."""
    step_ms = 1000 // math.gcd(rate_hz, 1000)
    return -(-SHORTEST_FADE_MS // step_ms) * step_ms


def _segment(pcm: bytes, rate_hz: int) -> AudioSegment:
    with warnings.catch_warnings():
        # On import pydub warns if there is no system ffmpeg; ours comes in a wheel.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
    return AudioSegment(data=pcm, sample_width=SAMPLE_BYTES, frame_rate=rate_hz, channels=1)


def encoder_gain_db(encoding: Encoding) -> float:
    """Return the gain in dB that LAME applies at a constant bit rate.

    Its presets scale the input by a factor that depends on the bit rate alone (measured on its output).
    """
    factor = next(factor for most_kbps, factor in LAME_SCALE if encoding.bitrate_kbps <= most_kbps)
    return 20 * math.log10(factor)


def encode(pcm: bytes, rate_hz: int, encoding: Encoding, music: bool = True) -> bytes:
    """Encode mono PCM to bare MP3 frames (LAME, constant bit rate), without header or tags.

    Args:
        pcm: Signed 16-bit little-endian mono.
        rate_hz: Its sample rate.
        encoding: Bit rate and sample rate of the MP3.
        music: Whether it contains music. Speech alone leaves bits to spare, so LAME need not shape its noise: that
            halves the time, and the noise is 3 to 5 dB lower in every band up to 8 kHz.

    Raises:
        SoundError: ffmpeg failed.
    """
    quality = () if music else ("-compression_level", SPEECH_COMPRESSION_LEVEL)
    codec = ("-flush_packets", "0", "-c:a", "libmp3lame", "-b:a", f"{encoding.bitrate_kbps}k", *quality)
    bare = ("-write_xing", "0", "-id3v2_version", "0", "-f", "mp3")
    return _ffmpeg(pcm, rate_hz, ("-ar", str(encoding.sample_rate_hz), "-ac", "1", *codec, *bare))


def resample(pcm: bytes, rate_hz: int, wanted_hz: int) -> bytes:
    """Convert mono PCM to another sample rate.

    Raises:
        SoundError: ffmpeg failed.
    """
    if rate_hz == wanted_hz:
        return pcm
    return _ffmpeg(pcm, rate_hz, ("-ar", str(wanted_hz), "-ac", "1", "-f", "s16le"))


def to_wav(content: bytes, form: str, longest_s: float) -> bytes:
    """Decode the content of an audio file to a 16-bit mono WAV at its own sample rate.

    Args:
        content: Not trusted, so it is read as the given format only.
        form: ffmpeg's name of the format: wav, mp3, flac or ogg.
        longest_s: Anything longer is cut off here.

    Raises:
        SoundError: It cannot be decoded.
    """
    output = ("-vn", "-t", str(longest_s), "-ac", "1", "-c:a", "pcm_s16le", "-f", "wav")
    return _run(content, ("-threads", "1", "-f", form), output)


def decode_file(path: Path, form: str, rate_hz: int, longest_s: float) -> bytes:
    """Decode an audio file to signed 16-bit mono PCM.

    Args:
        path: Not trusted, so it is read as the given format, and no other file is opened.
        form: ffmpeg's name of the format.
        rate_hz: Sample rate of the result.
        longest_s: Anything longer is cut off here.

    Raises:
        SoundError: It cannot be decoded.
    """
    output = ("-vn", "-sn", "-dn", "-t", str(longest_s), "-ac", "1", "-ar", str(rate_hz), "-c:a", "pcm_s16le")
    return _run(path, ("-threads", "1", "-f", form), (*output, "-f", "s16le"))


def file_rate_hz(path: Path, form: str) -> int:
    """Return the sample rate of an audio file, read as in :func:`decode_file`.

    Raises:
        SoundError: It cannot be decoded.
    """
    beginning = _run(path, ("-threads", "1", "-f", form), ("-vn", "-sn", "-dn", "-t", "0.1", "-f", "wav"))
    return int.from_bytes(beginning[WAV_RATE_AT : WAV_RATE_AT + 4], "little")


def shift_pitch(pcm: bytes, rate_hz: int, with_formants: float, without: float, speed: float = 1.0) -> bytes:
    """Shift the pitch of mono PCM and change its speed (ffmpeg's rubberband).

    Args:
        pcm: Signed 16-bit little-endian mono.
        rate_hz: Sample rate.
        with_formants: Semitones by which pitch and formants move together.
        without: Further semitones for the pitch alone.
        speed: 1.0 keeps the length; 2.0 halves it.

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


def _run(source: bytes | Path, form: Sequence[str], output: Sequence[str]) -> bytes:
    # A path for formats that need seeking. The whitelist lets a path open files only, and bytes not even those.
    kind, name = ("pipe", "pipe:0") if isinstance(source, bytes) else ("file", f"file:{source.resolve()}")
    command = [_ffmpeg_path(), "-v", "error", "-nostdin", "-protocol_whitelist", kind, *form, "-i", name, *output]
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stdout:
        # Files, not pipes: a minute of audio would go through a pipe in a thousand pieces.
        stdin.write(source if isinstance(source, bytes) else b"")
        stdin.seek(0)
        try:
            # In a session of its own, so that Ctrl-C reaches narrate only, which lets ffmpeg finish.
            done = subprocess.run(
                [*command, "pipe:1"],
                stdin=stdin,
                stdout=stdout,
                stderr=subprocess.PIPE,
                timeout=FFMPEG_TIMEOUT_S,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired as error:
            raise SoundError(f"ffmpeg timed out after {FFMPEG_TIMEOUT_S} s; reinstall imageio-ffmpeg.") from error
        except OSError as error:
            raise SoundError(f"ffmpeg did not start ({error.strerror}); reinstall imageio-ffmpeg.") from error
        if done.returncode != 0:
            reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no reason given"]
            raise SoundError(f"ffmpeg failed ({reason[0]}); reinstall imageio-ffmpeg.")
        stdout.seek(0)
        return stdout.read()


def ffmpeg_version() -> str:
    """Return version and path of the ffmpeg in use.

    Raises:
        SoundError: It does not start.
    """
    path = _ffmpeg_path()
    try:
        output = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise SoundError(f"'{path}' does not start; reinstall imageio-ffmpeg, or set IMAGEIO_FFMPEG_EXE.") from error
    return f"{' '.join(output.split()[:3])} ({path})"


@cache
def _ffmpeg_path() -> str:
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise SoundError("imageio-ffmpeg has no ffmpeg for this system; set IMAGEIO_FFMPEG_EXE to yours.") from error


def mixing_rate_hz(rates_hz: Sequence[int]) -> int:
    """Return the sample rate to mix at: the highest."""
    return max(rates_hz, default=22_050)


def decode(path: Path, longest_s: float, piece_samples: int) -> Iterator[bytes]:
    """Decode an MP3 as a gapless player does, at its own sample rate, piece by piece.

    Args:
        path: Not trusted, so it is read as MP3 only.
        longest_s: Anything longer is cut off here.
        piece_samples: Length of every piece but the last.

    Yields:
        Signed 16-bit little-endian mono.

    Raises:
        SoundError: It cannot be read, or has errors.
    """
    # By its path: ffmpeg cuts delay and padding from seekable files only.
    form = ("-protocol_whitelist", "file", "-err_detect", "explode", "-xerror", "-threads", "1", "-f", "mp3")
    output = ("-vn", "-t", str(longest_s), "-ac", "1", "-c:a", "pcm_s16le", "-f", "s16le", "pipe:1")
    command = [_ffmpeg_path(), "-v", "error", "-nostdin", *form, "-i", f"file:{path.resolve()}", *output]
    try:
        with tempfile.TemporaryFile() as stderr:
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, start_new_session=True) as running:
                try:
                    while running.stdout and (piece := running.stdout.read(piece_samples * SAMPLE_BYTES)):
                        yield piece
                except BaseException:
                    running.kill()
                    raise
            stderr.seek(0)
            reason = stderr.read(2000).decode(errors="replace").strip().splitlines()[:1]
    except OSError as error:
        raise SoundError(f"'{path}' cannot be decoded ({error.strerror}); render it again.") from error
    if running.returncode or reason:
        raise SoundError(f"'{path}' cannot be decoded ({(reason or ['no reason given'])[0]}); render it again.")
