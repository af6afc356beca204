"""Dates: day and month, with and without year and weekday, in words and in figures."""

from __future__ import annotations

import re
from functools import cache

from narrate.german.abbreviations import STARTERS
from narrate.german.context import behind, left, right
from narrate.german.grammar import date_ending
from narrate.german.numbers import Ending, cardinal, ordinal, year
from narrate.german.tables import rows

MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
SHORT = {
    "Jan": 1, "Feb": 2, "Febr": 2, "Mär": 3, "Mrz": 3, "Apr": 4, "Jun": 6, "Jul": 7, "Aug": 8, "Sep": 9, "Sept": 9,
    "Okt": 10, "Nov": 11, "Dez": 12,
}  # fmt: skip
_LONG_MONTH = "|".join([*MONTHS, "Jänner", "Feber"])
_SHORT_MONTH = "|".join(sorted(SHORT, key=len, reverse=True))
_MONTH = rf"(?:(?P<month>{_LONG_MONTH})s?(?!\w)|(?P<short>{_SHORT_MONTH})(?:(?P<dot>\.)|(?!\w)))"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?P<year>[12]\d{3}(?![\w]|[.,]\d)(?!\s?[€$%])|['’]\d{2}(?!\d))"
_JOIN = r"(?:\s(?:und|oder|bis|sowie)\s|,\s|/|\s/\s)"
_DAYS = rf"(?P<days>{_DAY}\.(?:{_JOIN}{_DAY}\.){{0,6}})"
_START = r"(?<![\w.,:/§-])"
_NAMED = re.compile(rf"{_START}{_DAYS}\s?{_MONTH}(?:(?:\s|(?<=\.)){_YEAR})?")
_FIGURES = re.compile(
    rf"{_START}(?P<days>{_DAY}\.(?:{_JOIN}{_DAY}\.){{0,6}})\s?(?P<number>0?[1-9]|1[0-2])\."
    r"(?:\s?(?P<year>[12]\d{3})(?![\w])(?!\.\d)|(?P<two>\d{2})(?![\w]|[.,:]\d)|(?![\d]))(?!\s(?:Uhr|km|kg)\b)"
)
_UNDOTTED = re.compile(rf"{behind('am vom zum')}(?P<day>{_DAY})\.(?P<number>0?[1-9]|1[0-2])(?=[ ,;)]|$)")
_ISO = re.compile(rf"{_START}(?P<year>[12]\d{{3}})-(?P<number>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])(?![\w-])")
_SLASHED = re.compile(rf"{_START}(?P<day>{_DAY})/(?P<number>0?[1-9]|1[0-2])/(?P<year>[12]\d{{3}})(?![\w/])")
_MONTH_YEAR = re.compile(rf"(?<![\w.])(?P<short>{_SHORT_MONTH})\.\s?(?=[12]\d{{3}}(?!\d))")
_FIGURE_YEAR = re.compile(r"(?<![\w.,:/])(?P<number>0[1-9]|1[0-2])/(?P<year>(?:19|20)\d{2})(?![\w/])")
_BARE = re.compile(rf"{_START}(?P<day>{_DAY})(?P<gap>\s)(?P<month>{_LONG_MONTH})(?!\w)")
_VERSIONED = re.compile(r"(?:Version|Kapitel|Abschnitt|Release|Update|Punkt|Firmware|v|[a-z]+[A-Z]+\w*)$")
_WEEKDAY = re.compile(r"(?<!\w)(Mo|Di|Mi|Do|Fr|Sa|So)\.?,?\s(?=(?:den\s|dem\s)?\d{1,2}\.)")
_OF = re.compile(r"(?<![\w.])v\.\s?(?=\d{1,2}\.\s?(?:\d|[A-Z]))")
_SPLIT = re.compile(rf"({_DAY})\.")
PIVOT = 40  # a year of two figures below it belongs to this century


def dates(text: str) -> str:
    """Write out days, months and the years that belong to them."""
    text = _OF.sub("vom ", text)
    text = _WEEKDAY.sub(lambda match: _weekday(match, text), text)
    if "-" in text:
        text = _ISO.sub(lambda match: _figures(match, text), text)
    if "/" in text:
        text = _SLASHED.sub(lambda match: _figures(match, text), text)
        text = _FIGURE_YEAR.sub(lambda match: f"{MONTHS[int(match['number']) - 1]} {year(int(match['year']))}", text)
    text = _FIGURES.sub(lambda match: _figures(match, text), text)
    text = _UNDOTTED.sub(lambda match: _figures(match, text), text)
    text = _NAMED.sub(lambda match: _named(match, text), text)
    text = _BARE.sub(lambda match: _bare(match, text), text)
    return _MONTH_YEAR.sub(lambda match: f"{MONTHS[SHORT[match['short']] - 1]} ", text)


@cache
def weekdays() -> dict[str, str]:
    """Return the weekdays by their abbreviations."""
    return {printed.rstrip("."): spoken for printed, spoken, *kind in rows("abbreviations") if kind[:1] == ["day"]}


def _weekday(match: re.Match[str], text: str) -> str:
    comma = "," if "," in match[0] else ""
    return f"{weekdays()[match[1]]}{comma} "


def _named(match: re.Match[str], text: str) -> str:
    """Write out days before a month in words."""
    short = match["short"]
    month = MONTHS[SHORT[short] - 1] if short else match["month"]
    words = f"{_say_days(match['days'], date_ending(left(text, match.start())))} {month}"
    if match["year"]:
        return f"{words} {_say_year(match['year'])}"
    return words + ("." if match["dot"] and sentence_ends(text, match.end()) else "")


def _figures(match: re.Match[str], text: str) -> str:
    """Write out a date in figures; the month is said by its name."""
    found = match.groupdict()
    before = left(text, match.start())
    if before and _VERSIONED.fullmatch(before[-1]):
        return match[0]
    days = found.get("days") or f"{found['day']}."
    words = f"{_say_days(days, date_ending(before))} {MONTHS[int(found['number']) - 1]}"
    printed_year = found.get("year") or found.get("two")
    if printed_year:
        return f"{words} {_say_year(printed_year)}"
    return words + ("." if match[0].endswith(".") and sentence_ends(text, match.end()) else "")


def _bare(match: re.Match[str], text: str) -> str:
    """Write out a day without its stop ("6 April")."""
    before = left(text, match.start())
    if before and (before[-1][:1].isdigit() or before[-1] in {"bis", "mit", "alle"}):
        return match[0]
    return f"{ordinal(int(match['day']), date_ending(before))} {match['month']}"


def _say_days(printed: str, ending: Ending) -> str:
    spoken = _SPLIT.sub(lambda match: ordinal(int(match[1]), ending), printed)
    return spoken.replace(" / ", "/").replace("/", " und ")


def _say_year(printed: str) -> str:
    figures = printed.lstrip("'’")
    if printed[0] in "'’":
        return cardinal(int(figures))
    number = int(figures)
    return year(number if len(figures) == 4 else number + (2000 if number < PIVOT else 1900))


def sentence_ends(text: str, at: int) -> bool:
    """Tell whether a sentence ends before a place, so that a stop there is heard as one."""
    following = right(text, at)
    while following and following[0] in "“”‘’»«\"')]":
        following = following[1:]
    if not following:
        return True
    word = following[1] if following[0] in '„“"»(–' and len(following) > 1 else following[0]
    return word in STARTERS
