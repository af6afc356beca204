"""Untrusted text made fit to show: printable, on one line, short."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """Return a text on one line, without characters that transcripts cannot contain."""
    if text.isprintable():
        return " ".join(text.split())
    spaced = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    return " ".join("".join(char for char in spaced if not _unwritable(char)).split())


def _unwritable(char: str) -> bool:
    """Return whether a character is a lone surrogate, a byte order mark or a non-character that XML forbids."""
    return unicodedata.category(char) == "Cs" or char in "\ufeff\ufffe\uffff"


def shown(text: object, longest: int = 60) -> str:
    """Return an untrusted value for use in a message: quoted, on one line, short."""
    line = " ".join(str(text).split())
    return repr(line if len(line) <= longest else line[: longest - 1] + "…")
