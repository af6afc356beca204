"""Acronyms: spelled, or said as words where they are known as such."""

from __future__ import annotations

import re
from functools import cache

from narrate.german.tables import rows

_LETTER = "[A-Za-zÄÖÜäöüß]"
# Two capitals in a row, a small letter before a capital, or figures beside letters; listed words without these too.
_SHAPES = (
    r"(?P<word>[A-ZÄÖÜ]{2,}(?:[a-zäöü]{1,2})??"
    rf"|{_LETTER}{{0,6}}[a-zäöüß][A-ZÄÖÜ]{_LETTER}{{0,8}}"
    r"|[A-Za-z]{1,4}[0-9₂]{1,2}[A-Z]?|\d{1,3}[A-Z][a-z]{0,3}"
)
_CAPITALS = re.compile(r"[A-ZÄÖÜ]{2,}")
_SHOUT = re.compile(r"(?<![A-ZÄÖÜ])(?:[A-ZÄÖÜ]{2,}[\s,.:;!?–-]+){3,}[A-ZÄÖÜ]{2,}")
_VOWEL = re.compile(r"[AEIOUÄÖÜY]")
_HYPHENED = re.compile(r"(?<![\w.-])(?:SARS-CoV-2)(?!\w)")
LONGEST = 5  # letters; a longer one with vowels is a word in capitals


@cache
def _listed() -> dict[str, str]:
    return {printed: spoken for printed, spoken, *_ in rows("acronyms")}


@cache
def _token() -> re.Pattern[str]:
    shaped = re.compile(rf"{_SHAPES})")
    others = "|".join(word for word in _listed() if not shaped.fullmatch(word) and "-" not in word)
    return re.compile(rf"(?<![\w@.]){_SHAPES}|{others})(?P<s>s?)(?![\w₂])")


@cache
def _words() -> frozenset[str]:
    return frozenset(printed for printed, _, *kind in rows("acronyms") if kind)


def acronyms(text: str) -> str:
    """Spell acronyms; words shouted in capitals, and names, stay as they are."""
    text = _HYPHENED.sub(lambda match: _listed()[match[0]], text)
    shouted = [match.span() for match in _SHOUT.finditer(text) if _is_shout(match[0])]
    return _token().sub(lambda match: _acronym(match, shouted), text)


def _is_shout(run: str) -> bool:
    """Tell whether a run of capitals holds a word that is not an acronym: then all of it is loud speech."""
    return any((len(word) > LONGEST and _VOWEL.search(word)) or word in _words() for word in _CAPITALS.findall(run))


def _acronym(match: re.Match[str], shouted: list[tuple[int, int]]) -> str:
    printed = match[0]
    listed = _listed()
    if any(start <= match.start() < end for start, end in shouted):
        return printed
    if printed in listed:
        return listed[printed]
    word, plural = match["word"], match["s"]
    if word in listed and plural:
        return f"{listed[word]}s"
    if not _CAPITALS.fullmatch(word):
        return printed
    if len(word) > LONGEST and _VOWEL.search(word):
        return printed
    return " ".join(word) + plural
