"""Measures: unit signs with singular and plural, *pro*, compounds with hyphens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from narrate.german.dates import sentence_ends
from narrate.german.quantities import NUMBER, SIGN, SIGNS, START, say_number
from narrate.german.tables import rows


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit's names.

    Attributes:
        singular: After *ein* or *eine*.
        plural: After other numbers.
        one: What 1 is before it.
    """

    singular: str
    plural: str
    one: str


@cache
def units() -> dict[str, Unit]:
    """Return all units by their signs, squares, cubes and quotients as listed."""
    return {printed: Unit(*rest) for printed, *rest in rows("units")}


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    signs = "|".join(
        re.escape(sign) + (r"(?![\w²³])" if sign[-1].isalnum() or sign[-1] in "²³" else "")
        for sign in sorted(units(), key=len, reverse=True)
    )
    per = rf"(?:/(?P<per>(?:\d+\s?)?(?:{signs}|[A-ZÄÖÜ][a-zäöüß]+)))?"
    after = re.compile(
        rf"{START}(?P<sign>{SIGN})(?P<number>{NUMBER}|\d+\.\d{{1,2}}(?![\d.]))(?P<gap>\s?|-)(?P<unit>{signs}){per}(?P<tail>-(?=\w))?"
    )
    shared = re.compile(rf"(?<=[^\W\d]) (?P<unit>{signs})(?=[-/]\w|[\s,.;:!?)]|$)")
    money = "|".join(f"(?<={name})" for name in ("Euro", "Cent", "Dollar", "Franken", "Pfund", "brutto", "netto"))
    per_word = re.compile(
        rf"(?:(?<=[a-zäöüß₂2])/(?P<per>(?:\d+\s?)?(?:{signs}))|(?:{money})/(?P<word>[A-ZÄÖÜ][a-zäöüß]+))(?!\w)"
    )
    return after, shared, per_word


_SHARED = frozenset("km/h °C m² km² m³ kWh km² kWp MWh GWh TWh Mbit/s Gbit/s".split())
_PARTS = re.compile(r"(\d+)\s?(.+)")


_SMALL_SIGNS = {"1/2": "½", "1/4": "¼", "3/4": "¾", "1/3": "⅓", "2/3": "⅔"}
_TIMES = re.compile(r"(?<=\d)\s?[x×]\s?(?=\d)")
_SMALL = re.compile(r"(?<![\w/.,-])(?:1/2|1/4|3/4|1/3|2/3)(?=\s?(?:kg|g|l|m|km|h|t|Std|Pfd|TL|EL)(?!\w))")


def measures(text: str) -> str:
    """Write out units after numbers, and the few signs that are units without one."""
    after, shared, per_word = _patterns()
    if "x" in text or "×" in text:
        text = _TIMES.sub(" mal ", text)
    if "/" in text:
        text = _SMALL.sub(lambda match: _SMALL_SIGNS[match[0]], text)
    text = after.sub(lambda match: _measure(match, text), text)
    text = shared.sub(lambda match: f" {units()[match['unit']].plural}" if match["unit"] in _SHARED else match[0], text)
    return per_word.sub(lambda match: f" pro {match['word'] or _per(match['per'])}", text)


def _measure(match: re.Match[str], text: str) -> str:
    printed = match["unit"]
    unit = units()[printed]
    number = re.sub(r"^(\d+)\.(\d{1,2})$", r"\1,\2", match["number"])
    sign = SIGNS[match["sign"]]
    if match["gap"] == "-" or (match["tail"] and printed not in {"%"}):
        gap = match["gap"] or " "
        per = f" pro {_per(match['per'])}" if match["per"] else ""
        return f"{sign}{say_number(number, 'ein')}{gap}{unit.singular}{per}{match['tail'] or ''}"
    if number == "½":
        # "ein halbes Kilogramm": the fractions know the gender.
        return f"½ {unit.singular}"
    spoken = f"{say_number(number, unit.one)} {unit.singular if number == '1' else unit.plural}"
    if match["per"]:
        spoken += f" pro {_per(match['per'])}"
    dotted = printed.endswith(".") or (match["per"] or "").endswith(".")
    return sign + spoken + ("." if dotted and sentence_ends(text, match.end()) else "")


def _per(printed: str) -> str:
    """Return what stands behind *pro*: a unit in the singular, or a number and a unit."""
    found = _PARTS.fullmatch(printed)
    if found:
        unit = units().get(found[2])
        return f"{say_number(found[1])} {unit.plural if unit else found[2]}"
    unit = units().get(printed) or units().get(printed.rstrip("."))
    return unit.singular if unit else printed
