"""Money: signs and codes before and after the amount, cents, scale words, compounds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from narrate.german.dates import sentence_ends
from narrate.german.numbers import cardinal, whole
from narrate.german.quantities import NUMBER, SIGN, SIGNS, START, say_number
from narrate.german.tables import rows

_SCALES = {
    "Mio": ("Million", "Millionen"), "Mrd": ("Milliarde", "Milliarden"), "Mill": ("Million", "Millionen"),
    "Bio": ("Billion", "Billionen"), "Bill": ("Billion", "Billionen"), "Tsd": ("Tausend", "Tausend"),
    "Tausend": ("Tausend", "Tausend"), "tausend": ("Tausend", "Tausend"),
    "Million": ("Million", "Millionen"), "Milliarde": ("Milliarde", "Milliarden"), "Billion": ("Billion", "Billionen"),
    "Millionen": ("Million", "Millionen"), "Milliarden": ("Milliarde", "Milliarden"),
    "Billionen": ("Billion", "Billionen"),
}  # fmt: skip
_SCALE = r"(?:(?:Mio|Mrd|Mill|Bio|Bill|Tsd|Millionen|Milliarden|Billionen|Million|Milliarde|Billion|Tausend)(?!\w))"
_SCALED = re.compile(
    rf"{START}(?P<sign>{SIGN})(?P<number>{NUMBER})(?P<gap>\s?-?)(?P<scale>{_SCALE})(?P<dot>\.?)(?P<tail>-?)"
)


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency's names.

    Attributes:
        singular: Its name after *ein* or *eine*.
        plural: Its name after other numbers.
        one: What 1 is before it.
        cent: Name of its hundredth part, singular; empty where it has none.
        cents: Plural of that.
    """

    singular: str
    plural: str
    one: str
    cent: str
    cents: str


@cache
def _currencies() -> dict[str, Currency]:
    return {printed: Currency(*rest) for printed, *rest in rows("currencies")}


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    printed = sorted(_currencies(), key=len, reverse=True)
    names = "|".join(re.escape(name) + (r"(?!\w)" if name[-1].isalpha() else "") for name in printed)
    unit = f"(?P<unit>{names})"
    after = re.compile(
        rf"{START}(?P<sign>{SIGN})(?P<number>{NUMBER}|\d+\.\d\d(?!\d))(?P<even>,\s?[–—-]{{1,2}}|\.[–—-]{{1,2}})?(?P<gap>\s?|-){unit}(?P<tail>-(?=\w))?"
    )
    signs = "|".join(re.escape(name) + (r"(?!\w)" if name[-1].isalpha() else "") for name in printed if _is_sign(name))
    before = re.compile(
        rf"(?<!\w)(?P<sign>{SIGN})(?P<unit>{signs})\s?(?P<number>\d+\.\d\d(?![\d.])|{NUMBER})(?P<even>,[–—-]{{1,2}}|\.[–—-]{{1,2}})?"
        rf"(?P<to>\s(?:bis|und)\s(?:{NUMBER})(?!\s?(?:{names})))?"
        rf"(?:(?P<gap>\s?)(?P<scale>{_SCALE})(?P<dot>\.?))?(?!\w)"
    )
    alone = re.compile(r"(?<=[^\W\d]\s)(?P<unit>[€$£¥]|US-?\$|EUR(?!\w)|USD(?!\w)|CHF(?!\w))|(?<=-)[€](?=-)")
    return after, before, alone


def money(text: str) -> str:
    """Write out amounts of money and numbers before scale words."""
    after, before, alone = _patterns()
    text = before.sub(lambda match: _before(match, text), text)
    text = after.sub(lambda match: _after(match, text), text)
    text = _SCALED.sub(lambda match: _scaled(match, text), text)
    return alone.sub(lambda match: _currencies()[match[0]].plural, text)


def _before(match: re.Match[str], text: str) -> str:
    currency = _currencies()[match["unit"]]
    sign = SIGNS[match["sign"]]
    if match["scale"]:
        spoken = f"{_say_scaled(match['number'], match['scale'])} {currency.plural}"
        return sign + spoken + ("." if match["dot"] and sentence_ends(text, match.end()) else "")
    if match["to"]:
        join, last = match["to"].strip().split(" ", 1)
        return f"{sign}{say_number(match['number'])} {join} {_amount(last, currency)}"
    return sign + _amount(match["number"], currency)


def _is_sign(name: str) -> bool:
    """Tell a sign or code, which may stand before the amount, from a word: "Euro 2024" is not money."""
    return not any(map(str.islower, name[1:])) or name == "Fr."


def _after(match: re.Match[str], text: str) -> str:
    currency = _currencies()[match["unit"]]
    sign = SIGNS[match["sign"]]
    if match["gap"] == "-" or match["tail"]:
        spoken = f"{say_number(match['number'], 'ein')}{match['gap'] or ' '}{currency.singular}{match['tail'] or ''}"
        return sign + spoken.replace("  ", " ")
    stop = "." if match["unit"].endswith(".") and sentence_ends(text, match.end()) else ""
    return sign + _amount(match["number"], currency) + stop


def _amount(printed: str, currency: Currency) -> str:
    """Say an amount: two places after the comma are hundredths of the currency."""
    main, comma, rest = printed.partition(",")
    if not comma and re.fullmatch(r"[\d'’]+\.\d\d", printed):
        main, comma, rest = printed.partition(".")
    if len(rest) == 2 and currency.cent:
        units, cents = whole(main), int(rest)
        if not units and cents:
            return f"{cardinal(cents, 'ein')} {currency.cent if cents == 1 else currency.cents}"
        spoken = f"{cardinal(units, currency.one)} {currency.singular if units == 1 else currency.plural}"
        return f"{spoken} {cardinal(cents)}" if cents else spoken
    one = printed == "1"
    return f"{say_number(printed, currency.one)} {currency.singular if one else currency.plural}"


def _scaled(match: re.Match[str], text: str) -> str:
    spoken = SIGNS[match["sign"]]
    if match["gap"].endswith("-") or match["tail"]:
        name = _SCALES[match["scale"]][0 if match["scale"] in {"Million", "Milliarde", "Billion"} else 1]
        return f"{spoken}{say_number(match['number'], 'ein')}{match['gap'] or ' '}{name}{match['tail']}"
    spoken += _say_scaled(match["number"], match["scale"])
    return spoken + (
        "." if match["dot"] and (match["scale"][-1] not in "odl" or sentence_ends(text, match.end())) else ""
    )


def _say_scaled(number: str, scale: str) -> str:
    singular, plural = _SCALES[scale]
    one = "ein" if singular == "Tausend" else "eine"
    return f"{say_number(number, one)} {singular if number == '1' else plural}"
