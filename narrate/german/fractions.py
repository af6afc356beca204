"""Fractions, and what a slash between two numbers is."""

from __future__ import annotations

import re

from narrate.german.context import word_before
from narrate.german.grammar import noun_form
from narrate.german.numbers import cardinal, denominator, year
from narrate.german.quantities import START, say_number

_FRACTION = re.compile(
    rf"{START}(?:(?P<whole>\d{{1,3}}) )?(?P<upper>\d{{1,3}})[/⁄](?P<lower>\d{{1,4}})(?!\d|[,.]\d|/)(?P<tail>-(?=\w))?"
)
_SEASON = re.compile(rf"{START}(?P<first>(?:1[5-9]|20)\d\d)/(?P<second>\d\d(?:\d\d)?)(?![\w/]|[,.]\d)")
_HALF = re.compile(r"(?<![\w.,:/])(?P<number>\d*\s?)(?P<half>[½¼¾⅓⅔])(?:(?P<gap>\s|-)(?P<noun>[A-ZÄÖÜ]\w+))?")
_HALF_OF = re.compile(r"(?<=\beine )1/2 |(?<=\beiner )1/2 |(?<=\beinen )1/2 |(?<=\beinem )1/2 ")
_HALVED = {"eine": "halbe", "einer": "halben", "einen": "halben", "einem": "halben"}
_TABLE = {"24/7": "vier und zwanzig sieben", "9/11": "neun elf", "50/50": "fünfzig fünfzig"}


def fractions(text: str) -> str:
    """Write out fractions and seasons."""
    text = _HALF_OF.sub("½ ", text)
    text = _SEASON.sub(_season, text)
    text = _FRACTION.sub(lambda match: _fraction(match, text), text)
    return _HALF.sub(lambda match: _half(match, text), text)


def _season(match: re.Match[str]) -> str:
    first, second = int(match["first"]), match["second"]
    if len(second) == 2:
        following = "null " + cardinal(int(second)) if second[0] == "0" else cardinal(int(second))
        return f"{year(first)} {following}"
    return f"{year(first)} {year(int(second))}"


def _fraction(match: re.Match[str], text: str) -> str:
    upper, lower = int(match["upper"]), int(match["lower"])
    printed = f"{match['upper']}/{match['lower']}"
    named = word_before(text, match.start())
    whole = f"{cardinal(int(match['whole']))} " if match["whole"] else ""
    if printed in _TABLE:
        return whole + _TABLE[printed] + (match["tail"] or "")
    proper = 0 < upper < lower and (lower <= 20 or lower in {25, 30, 32, 40, 50, 60, 64, 100, 128, 1000})
    if (
        proper
        and match["lower"][0] != "0"
        and match["upper"][0] != "0"
        and named not in {"Az", "Nr", "Drucksache", "Aktenzeichen"}
    ):
        if lower == 2:
            return f"{cardinal(int(match['whole']), 'ein')}einhalb" if whole else "ein halb" + (match["tail"] or "")
        tail = match["tail"] or ""
        return f"{whole}{cardinal(upper, 'ein')} {denominator(lower)}{tail}"
    return f"{whole}{say_number(match['upper'])} Schrägstrich {say_number(match['lower'])}{match['tail'] or ''}"


def _half(match: re.Match[str], text: str) -> str:
    noun, half = match["noun"], match["half"]
    number = match["number"].strip()
    rest = f"{match['gap']}{noun}" if noun else ""
    if number:
        return say_number(number + half) + rest
    if noun and half == "½" and match["gap"] == " ":
        form = noun_form(noun)
        before = word_before(text, match.start())
        if half == "½" and before in _HALVED:
            return _HALVED[before] + rest
        masculine = "einen halben" if before[:1].islower() and before not in {"ist", "war", "sind"} else "ein halber"
        return {"f": "eine halbe", "n": "ein halbes"}.get(form or "", masculine) + rest
    return say_number(half) + rest
