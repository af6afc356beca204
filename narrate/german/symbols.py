"""Signs that stand for words, and signs without a sound."""

from __future__ import annotations

import re

from narrate.german.context import word_before
from narrate.german.grammar import DATIVE

_AND = re.compile(r"(?:(?<!\s)\s+)?&\s*")
_BETWEEN = re.compile(r"(?<=[a-zäöüß0-9])\s?(?P<sign>[=≈≠<>≤≥÷·×^])\s?(?=\w|minus|\()")
_PLUS = re.compile(r"(?P<before>\w|^)(?P<gap>\s?)\+(?P<after>\s?)(?=[\w(]|\+|$|[\s,.;:!?)\"“-])")
_CPP = re.compile(r"(?<=\w)\+\+(?!\w)")
_BORN = re.compile(r"(?<=[(,;] )\*\s?(?=\w)|(?<=\()\*\s?(?=\w)")
_DIED = re.compile(r"[†✝]\s?")
_SLASH = re.compile(r"(?<=\w)\s?/\s?(?=\w)")
_MINUS = re.compile(r"(?<=\w\s)[−](?=\s\w)")
_MARKDOWN = re.compile(
    r"(?<!\w)[*_]{1,3}(?=\w)|(?<=\w)[*_]{1,3}(?!\w)|^#{1,6}\s|`|(?<=\s)[|](?=\s)|[•▪►▶‣·■□◆→⇒←↑↓|~]+(?=\s|$)"
    r"|(?<!\w)[•▪►‣■→⇒]|(?<=\s)\*(?=\s)"
)
_UNDERSCORE = re.compile(r"(?<=\w)_+(?=\w)")
_ABOUT = re.compile(r"~\s?(?=\w)")
_BRACKETS = re.compile(r"\[\[|\]\]")
_WORDS = {
    "=": " gleich ", "≈": " ungefähr gleich ", "≠": " ungleich ", "<": " kleiner als ", ">": " größer als ",
    "≤": " kleiner oder gleich ",
    "≥": " größer oder gleich ", "÷": " geteilt durch ", "·": " mal ", "×": " mal ", "^": " hoch ",
}  # fmt: skip
_LEADING = {
    "<": "kleiner als ",
    ">": "größer als ",
    "≤": "höchstens ",
    "≥": "mindestens ",
    "≈": "ungefähr ",
    "±": "plus minus ",
    "Ø": "durchschnittlich ",
    "ø": "durchschnittlich ",
}
_ABOVE = {"<": "unter ", ">": "über "}
_BEFORE = re.compile(r"(?<!\w)(?P<sign>[<>≤≥≈±Øø])\s?(?=\w)")
_SINGLE = {
    "©": "Copyright",
    "®": "",
    "™": "",
    "№": "Nummer ",
    "°": " Grad",
    "∞": "unendlich",
    "√": "Wurzel ",
    "µ": "mikro",
}
_ONE = re.compile("[©®™№°∞√]")


def symbols(text: str) -> str:
    """Write out signs between words and numbers; drop those of layout."""
    text = _BORN.sub("geboren ", text)
    text = _DIED.sub("gestorben ", text)
    text = _AND.sub(" und ", text)
    text = _BEFORE.sub(lambda match: _leading(match, text), text)
    text = _BETWEEN.sub(lambda match: _WORDS[match["sign"]], text)
    text = _CPP.sub(" plus plus", text)
    text = _PLUS.sub(
        lambda match: (
            f"{match['before']} plus{match['after'] or (' ' if text[match.end() : match.end() + 1].isalnum() else '')}"
        ),
        text,
    )
    text = _MINUS.sub("minus", text)
    text = _ABOUT.sub("circa ", text)
    text = _ONE.sub(lambda match: _SINGLE[match[0]], text)
    text = _MARKDOWN.sub("", text)
    text = _UNDERSCORE.sub(" ", text)
    text = _BRACKETS.sub(lambda match: match[0][0], text)
    return _SLASH.sub(" ", text)


def _leading(match: re.Match[str], text: str) -> str:
    """Read a sign before a number: "bei > 99 %" is *bei über 99 %*."""
    if match["sign"] in _ABOVE and word_before(text, match.start()).lower() in DATIVE:
        return _ABOVE[match["sign"]]
    return _LEADING[match["sign"]]
