"""Bytes to clean text: size, encoding, control characters, line ends."""

from __future__ import annotations

import codecs
import re
import unicodedata

from narrate.model.errors import InputUnreadable

BINARY_SHARE = 0.3  # of control characters; UTF-16 taken for UTF-8 has half

_FALLBACK = "narrate-windows-1252"
_MARKS = {
    b"\xef\xbb\xbf": "utf-8", b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32", b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}  # fmt: skip
_KINDS = {
    b"%PDF": "a PDF", b"\x89PNG": "a PNG image (binary)", b"\xff\xd8\xff": "a JPEG image", b"GIF8": "a GIF image",
    b"RIFF": "a media file", b"PK\x03\x04": "a Word, OpenDocument or ZIP file", b"\xd0\xcf\x11\xe0": "an old Word file",
    b"{\\rtf": "an RTF file", b"ID3": "an MP3", b"\x1f\x8b": "compressed (gzip)", b"II*\0": "a TIFF image",
}  # fmt: skip
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028]")
_UNHEARD = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_MARKUP = re.compile(r"<[^<>]*>|&[#\w]{1,12};")
_SPEAKABLE = re.compile(r"[^\W_]")


def check_size(size_bytes: int, name: str, most_bytes: int) -> None:
    """Refuse what is too large.

    Raises:
        InputUnreadable: It is larger.
    """
    if size_bytes > most_bytes:
        raise InputUnreadable(
            f"{name} is larger than {most_bytes / 1e6:g} MB; split the article or allow more with --max-size."
        )


def decode(content: bytes, name: str, charset: str | None = None) -> str:
    """Decode and clean the bytes of an article.

    A byte order mark counts first, then bytes that are UTF-8, then the charset that a
    server or the page names, then Windows-1252. ISO-8859-1 is read as Windows-1252, as
    browsers do; in a file of both, what is not UTF-8 is Windows-1252.

    Args:
        content: The bytes of the file.
        name: What messages call it.
        charset: From a server's header.

    Returns:
        Text in NFC with a line feed as its only line break and without characters that
        nobody sees or hears: controls, zero-width and bidirectional marks, soft hyphens.

    Raises:
        InputUnreadable: Empty, binary, not text, or without a single word.
    """
    if not content.strip():
        raise InputUnreadable(f"{name} is empty; write the article into it first.")
    for magic, kind in _KINDS.items():
        if content.startswith(magic):
            raise InputUnreadable(f"{name} is {kind}, not text; export the article as text, Markdown or HTML.")
    text = _decoded(content, charset, name)
    first = _CONTROL.search(text)
    if first is not None and len(_CONTROL.findall(text)) > BINARY_SHARE * len(text):
        offset = len(text[: first.start()].encode())
        raise InputUnreadable(
            f"{name} is binary, not text (control byte at offset {offset}); export the article as UTF-8 text."
        )
    clean = clean_text(text)
    if not _SPEAKABLE.search(_MARKUP.sub(" ", clean)):
        raise InputUnreadable(f"{name} contains no words that can be read aloud; write the article as plain text.")
    return clean


def _decoded(content: bytes, charset: str | None, name: str) -> str:
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    wide = _without_mark(content)
    if wide:
        return content.decode(wide, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if b"\0" in content[:1000]:
            raise InputUnreadable(
                f"{name} is binary, not text (invalid byte at offset {error.start}); export the article as text."
            ) from error
    declared = _DECLARED.search(content[:4000])
    for named in (charset, declared[1].decode("ascii") if declared else None):
        text = _by_name(content, named)
        if text is not None:
            return text
    try:
        return content.decode("utf-8", _FALLBACK)
    except UnicodeDecodeError as error:
        raise InputUnreadable(
            f"{name} is neither UTF-8 nor Windows-1252: byte 0x{content[error.start]:02x} at offset {error.start}; "
            "save it as UTF-8 text."
        ) from error


def _without_mark(content: bytes) -> str | None:
    """Tell UTF-16 without a mark by the zero bytes at every other place."""
    start = content[:2000]
    pairs = len(start) // 2
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if pairs >= 4 and start[first::2].count(0) >= 0.9 * pairs and start[1 - first :: 2].count(0) == 0:
            return encoding
    return None


def _by_name(content: bytes, charset: str | None) -> str | None:
    """Decode by a charset's name, or return None where it is unknown, wrong, or UTF-8 (which it is not)."""
    if not charset:
        return None
    try:
        encoding = codecs.lookup(charset.strip()).name
        if encoding in ("iso8859-1", "ascii", "cp1252", "utf-8") or not codecs.lookup(encoding)._is_text_encoding:
            return None
        return content.decode(encoding)
    except (LookupError, ValueError):
        return None


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Decode the bytes that are not UTF-8 as Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    try:
        return wrong.decode("cp1252"), error.end
    except UnicodeDecodeError as undefined:
        raise error from undefined


codecs.register_error(_FALLBACK, _as_windows)


def clean_text(text: str) -> str:
    """Return text in NFC with plain line breaks, without characters that nobody sees."""
    text = _BREAK.sub("\n", text).replace("\u2029", "\n\n")
    return unicodedata.normalize("NFC", _UNHEARD.sub("", text))
