"""Acronyms: spelled, or said as words where they are known as such."""

from __future__ import annotations

import re
from functools import cache

from narrate.german.tables import rows

# A token with two capitals, or one of the few listed that have none.
_TOKEN = re.compile(
    r"(?<![\w@.])(?P<word>[A-ZÄÖÜ]{2,}|[A-Za-zÄÖÜäöü]{0,6}[A-ZÄÖÜ][A-Za-zÄÖÜäöüß]{0,8}|\d{0,3}[A-Za-z]{1,6}[0-9₂]{0,2}[A-Z]?)(?P<s>s?)(?![\w₂])"
)
_CAPITALS = re.compile(r"[A-ZÄÖÜ]{2,}")
_PLURAL = re.compile(r"(?P<head>[A-ZÄÖÜ]{2,5})s")
_DIGITED = re.compile(r"[a-z]?[A-Z]{2,4}\d{0,2}[A-Z]?")
_SHOUT = re.compile(r"(?<![A-ZÄÖÜ])(?:[A-ZÄÖÜ]{2,}[\s,.:;!?–-]+){3,}[A-ZÄÖÜ]{2,}")
_VOWEL = re.compile(r"[AEIOUÄÖÜY]")
_HYPHENED = re.compile(r"(?<![\w.-])(?:SARS-CoV-2)(?!\w)")
LONGEST = 5  # letters; a longer one with vowels is a word in capitals


@cache
def _listed() -> dict[str, str]:
    return {printed: spoken for printed, spoken, *_ in rows("acronyms")}


@cache
def _words() -> frozenset[str]:
    return frozenset(printed for printed, _, *kind in rows("acronyms") if kind)


def acronyms(text: str) -> str:
    """Spell acronyms; words shouted in capitals, and names, stay as they are."""
    text = _HYPHENED.sub(lambda match: _listed()[match[0]], text)
    shouted = [match.span() for match in _SHOUT.finditer(text) if _is_shout(match[0])]
    return _TOKEN.sub(lambda match: _acronym(match, shouted), text)


def _is_shout(run: str) -> bool:
    """Tell whether a run of capitals holds a word that is no acronym: then all of it is loud speech."""
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
