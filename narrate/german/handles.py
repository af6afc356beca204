"""Handles and hashtags of social networks."""

from __future__ import annotations

import re

from narrate.german.numbers import cardinal, digits, year

_HANDLE = re.compile(r"(?<![\w@.])@(?P<name>\w(?:[\w.-]{0,62}\w)?)(?:@(?P<host>(?:[\w-]{1,63}\.){1,4}[a-z]{2,12}))?")
_HASHTAG = re.compile(r"(?<![\w#&])#(?P<name>\w*[^\W\d]\w*)")
_NUMBERED = re.compile(r"(?<![\w#&])#(?=\d)")
_PIECES = re.compile(r"\d+er(?![a-zäöü])|[A-ZÄÖÜ]+(?![a-zäöüß])|[A-ZÄÖÜ][a-zäöüß]+|[a-zäöüß]+|\d+|[^\W\d_]+")


def handles(text: str) -> str:
    """Write out @names and #tags; camel case, underscores and digits part their words."""
    text = _HANDLE.sub(_handle, text)
    text = _HASHTAG.sub(lambda match: f"Hashtag {split_words(match['name'])}", text)
    return _NUMBERED.sub("Nummer ", text)


def _handle(match: re.Match[str]) -> str:
    host = f" ät {match['host'].replace('.', ' Punkt ')}" if match["host"] else ""
    return f"ät {split_words(match['name'])}{host}"


def split_words(name: str) -> str:
    """Part a compound tag into the words that its writer meant."""
    words = []
    for piece in _PIECES.findall(name.replace(".", " Punkt ")):
        if piece.isdecimal():
            words.append(
                digits(piece) if piece[0] == "0" else year(int(piece)) if len(piece) == 4 else cardinal(int(piece))
            )
        else:
            words.append(piece)
    return " ".join(words)
