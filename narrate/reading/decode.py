"""Bytes to clean text: size, encoding, control characters, line ends."""

from __future__ import annotations

import re
import stat
import unicodedata
from pathlib import Path

from narrate.errors import InputMissing, InputUnreadable, PermissionRefused, StorageError
from narrate.model import Article
from narrate.reading.text import read_text

BINARY_SHARE = 0.3  # of control characters; UTF-16 taken for UTF-8 has half

_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028]")
_UNHEARD = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_MARKUP = re.compile(r"<[^<>]*>|&[#\w]{1,12};")
_SPEAKABLE = re.compile(r"[^\W_]")


def read_article(path: Path, max_bytes: int = 2_000_000) -> Article:
    """Read an article from a plain UTF-8 text file, with or without a byte order mark.

    Args:
        path: A file, or a device or pipe such as ``/dev/stdin``.
        max_bytes: Largest article; no more than one byte above it is ever read.

    Returns:
        The article, words as printed.

    Raises:
        InputMissing: There is no such file.
        InputUnreadable: A folder, no UTF-8 text, no words, or too large.
        PermissionRefused: The operating system does not let us read it.
        StorageError: Reading failed.
    """
    return read_text(decode(_read(path, max_bytes), str(path)))


def _read(path: Path, max_bytes: int) -> bytes:
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise InputUnreadable(f"{path} is a folder; name the text file of one article.")
        if stat.S_ISREG(facts.st_mode) and facts.st_size > max_bytes:
            raise _too_large(path, max_bytes)
        with path.open("rb") as stream:
            content = stream.read(max_bytes + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise InputMissing(f"There is no file {str(path)!r}; check the name of the article.") from error
    except PermissionError as error:
        raise PermissionRefused(f"{path} may not be read; allow reading it (chmod +r) and try again.") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageError(f"{path} could not be read ({reason}); copy it elsewhere and try again.") from error
    if len(content) > max_bytes:
        raise _too_large(path, max_bytes)
    return content


def _too_large(path: Path, max_bytes: int) -> InputUnreadable:
    return InputUnreadable(
        f"{path} is larger than {max_bytes / 1e6:g} MB; split the article or allow more with --max-size."
    )


def decode(content: bytes, name: str) -> str:
    """Decode and clean the bytes of an article.

    Args:
        content: The bytes of the file.
        name: What messages call it.

    Returns:
        Text in NFC with a line feed as its only line break and without characters that
        nobody sees or hears: controls, zero-width and bidirectional marks, soft hyphens.

    Raises:
        InputUnreadable: Empty, binary, not UTF-8, or without a single word.
    """
    if not content.strip():
        raise InputUnreadable(f"{name} is empty; write the article into it first.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputUnreadable(f"{name} is UTF-16 (mark at byte 0); save it as UTF-8.")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        offset = error.start
        if b"\0" in content[:1000]:
            raise InputUnreadable(
                f"{name} is binary, not text (first invalid byte at offset {offset}); export the article as UTF-8 text."
            ) from error
        raise InputUnreadable(
            f"{name} is not UTF-8: byte 0x{content[offset]:02x} at offset {offset}; save it as UTF-8 text."
        ) from error
    first = _CONTROL.search(text)
    if first is not None and len(_CONTROL.findall(text)) > BINARY_SHARE * len(text):
        offset = len(text[: first.start()].encode())
        raise InputUnreadable(
            f"{name} is binary, not text (control byte at offset {offset}); export the article as UTF-8 text."
        )
    clean = clean_text(text)
    if not _SPEAKABLE.search(_MARKUP.sub(" ", clean)):
        raise InputUnreadable(f"{name} holds no words that can be read aloud; write the article as plain text.")
    return clean


def clean_text(text: str) -> str:
    """Return text in NFC with plain line breaks, without characters that nobody sees.

    Args:
        text: Any text.
    """
    text = _BREAK.sub("\n", text).replace("\u2029", "\n\n")
    return unicodedata.normalize("NFC", _UNHEARD.sub("", text))
