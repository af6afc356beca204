"""Audio files that the user names: size-limited, recognised by content, decoded."""

from __future__ import annotations

import hashlib
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from narrate.model.errors import InputMissing, InputUnreadable, PermissionRefused, SoundError

LARGEST_FILE_BYTES = 100_000_000
CHUNK_BYTES = 1 << 20
HEAD_BYTES = 1 << 16  # enough for two MP3 frames
# Offset and magic number of each format, and ffmpeg's name of it. Playlists and other text, which could refer to other
# files, are left out; some of these containers can link to files, but ffmpeg does not follow such links by default.
_BEGINNINGS: tuple[tuple[int, bytes, str], ...] = (
    (4, b"ftyp", "mov"),
    (0, b"FORM", "aiff"),
    (0, b"caff", "caf"),
    (0, b"\x1aE\xdf\xa3", "matroska"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (0, b"riff\x2e\x91\xcf\x11", "w64"),
    (0, b"RF64", "wav"),
    (0, b"wvpk", "wv"),
    (0, b"MAC ", "ape"),
    (0, b".snd", "au"),
    (0, b"TTA1", "tta"),
    (0, b"\x0bw", "ac3"),
)


def form_of_file(head: bytes) -> str | None:
    """Return ffmpeg's name of an audio file's format, or None for anything else.

    Args:
        head: The first 64 KiB of the file.
    """
    from narrate.voices.engines.sounds import form_of

    for at, beginning, form in _BEGINNINGS:
        if head[at : at + len(beginning)] == beginning:
            return form
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xF6 == 0xF0:
        return "aac"
    return form_of(head)


def digests(files: Mapping[str, Path]) -> dict[str, str]:
    """Return the SHA-256 of each file, by the setting that names it.

    Raises:
        InputMissing, InputUnreadable, PermissionRefused: A file is missing, not a regular file, too large or not
            readable.
    """
    found = {}
    for key, path in files.items():
        digest = hashlib.sha256()
        for chunk in _chunks(key, path):
            digest.update(chunk)
        found[key] = digest.hexdigest()
    return found


def decoded(key: str, path: Path, rate_hz: int, longest_s: float) -> tuple[bytes, str]:
    """Decode a file of any common format.

    Args:
        key: The setting that names it, for messages.
        path: The file.
        rate_hz: Sample rate of the result.
        longest_s: Anything longer is cut off here.

    Returns:
        Signed 16-bit mono PCM, and the SHA-256 of the file.

    Raises:
        InputMissing, InputUnreadable, PermissionRefused: It cannot be read, or is not audio.
        SoundError: ffmpeg does not work.
    """
    from narrate.audio import ffmpeg

    with _copied(key, path) as (copy, form, digest):
        try:
            return ffmpeg.decode_file(copy, form, rate_hz, longest_s), digest
        except SoundError as error:
            raise _undecodable(key, path) from error


def rates_hz(files: Mapping[str, Path]) -> dict[str, int]:
    """Return the sample rate of each file, by the setting that names it.

    Raises:
        InputMissing, InputUnreadable, PermissionRefused: A file cannot be read, or is not audio.
        SoundError: ffmpeg does not work.
    """
    from narrate.audio import ffmpeg

    found = {}
    for key, path in files.items():
        with _copied(key, path) as (copy, form, _):
            try:
                found[key] = ffmpeg.file_rate_hz(copy, form)
            except SoundError as error:
                raise _undecodable(key, path) from error
    return found


@contextmanager
def _copied(key: str, path: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield a copy of an audio file, ffmpeg's name of its format, and its SHA-256."""
    with tempfile.TemporaryDirectory(prefix="narrate-") as folder:
        # A copy, so that format, digest and audio agree even if somebody writes to the file meanwhile.
        copy = Path(folder) / "sound"
        digest = hashlib.sha256()
        with copy.open("wb") as file:
            for chunk in _chunks(key, path):
                digest.update(chunk)
                file.write(chunk)
        with copy.open("rb") as file:
            form = form_of_file(file.read(HEAD_BYTES))
        if form is None:
            raise InputUnreadable(f"{key}: '{path}' is not an audio file; name a WAV, FLAC, MP3, M4A, Ogg or AIFF.")
        yield copy, form, digest.hexdigest()


def _undecodable(key: str, path: Path) -> InputUnreadable:
    from narrate.audio import ffmpeg

    ffmpeg.ffmpeg_version()  # raises if ffmpeg itself is broken
    return InputUnreadable(f"{key}: '{path}' cannot be decoded; convert it to WAV or FLAC.")


def _chunks(key: str, path: Path) -> Iterator[bytes]:
    """Yield the content of a file, up to the size limit."""
    size = 0
    with _explained(key, path):
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputUnreadable(f"{key}: '{path}' is not a file; name an audio file.")
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                size += len(chunk)
                if size > LARGEST_FILE_BYTES:
                    largest = LARGEST_FILE_BYTES // 1_000_000
                    raise InputUnreadable(f"{key}: '{path}' is larger than {largest} MB; shorten or compress it.")
                yield chunk


@contextmanager
def _explained(key: str, path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise InputMissing(f"{key}: file not found: '{path}'. Fix the name or remove the setting.") from error
    except PermissionError as error:
        raise PermissionRefused(f"{key}: permission denied: '{path}'. Make it readable (chmod +r).") from error
    except (OSError, ValueError) as error:
        raise InputUnreadable(f"{key}: {str(path)!r} cannot be read ({error}); name another file.") from error
