"""Folding of characters that are not heard: soft hyphens, direction marks, special spaces."""

from __future__ import annotations

import re

_SILENT = re.compile("[\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_GROUPED = re.compile(r"(?<![\w.,])\d{1,3}(?:[\u2009\u202f\u00a0 ]\d{3})+(?![\d])(?!\.\d)")
_LINE = re.compile(r"[\u2028\u2029\x0b\x0c\x85]")
_BREAKABLE = re.compile(r"[ \u00a0\u2009\u202f]")
_NEEDED = re.compile("[\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u205f-\u2069\u3000\ufeff\x0b\x0c\x85]|\\d \\d{3}")


def fold(text: str) -> str:
    """Drop characters without sound and make every space a plain one; groups of three digits close up."""
    if not _NEEDED.search(text):
        return text
    text = _GROUPED.sub(_close, text)
    return _LINE.sub("\n", _SPACES.sub(" ", _SILENT.sub("", text)))


def _close(match: re.Match[str]) -> str:
    """Close the gaps of a number in groups; four digits are as likely two numbers as one."""
    figures = _BREAKABLE.sub("", match[0])
    return match[0] if figures[0] == "0" else figures
