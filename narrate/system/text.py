"""Text of others, fit to be shown: printable, on one line, short."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """Return a text on one line, without characters that no transcript can hold."""
    if text.isprintable():
        return " ".join(text.split())
    kept = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text)
    return " ".join("".join(sign for sign in kept if not _unwritable(sign)).split())


def _unwritable(sign: str) -> bool:
    """Tell whether a character is half of one, or one that XML and readers of byte order marks refuse."""
    return unicodedata.category(sign) == "Cs" or sign in "\ufeff\ufffe\uffff"


def shown(text: object, longest: int = 60) -> str:
    """Return something foreign as it may stand in a message: quoted, on one line, short."""
    plain = " ".join(str(text).split())
    return repr(plain if len(plain) <= longest else plain[: longest - 1] + "…")
