"""Per cent, per mille and percentage points."""

from __future__ import annotations

import re

from narrate.german.quantities import NUMBER, SIGN, SIGNS, START, say_number

_SIGNED = re.compile(
    rf"{START}(?P<sign>{SIGN})(?P<number>{NUMBER}|\d+\.\d{{1,2}}(?!\d))(?P<gap>\s?|-)(?P<unit>%|‰|Prozent(?:punkt(?:en?)?)?(?!\w)|Promille(?!\w))"
    r"(?:\s?(?P<points>-?\s?(?:Punkte?n?|Pkt\.?|PP)(?!\w))|(?P<tail>-?ige?[nrsm]?(?!\w)|-(?=\w)))?"
)
_ENDED = re.compile(rf"{START}(?P<number>{NUMBER})(?P<gap>-?)(?P<tail>prozentige?[nrsm]?)(?!\w)")
_POINTS = re.compile(r"%-(?=Punkt)")
_LOOSE = re.compile(r"(?P<before>[^\W\d]\s?)?(?P<sign>[%‰])")
_NAMES = {"%": "Prozent", "‰": "Promille"}


def percent(text: str) -> str:
    """Write out rates in per cent and per mille."""
    text = _SIGNED.sub(_signed, text)
    text = _ENDED.sub(lambda match: f"{say_number(match['number'], 'ein')}{match['tail']}", text)
    text = _POINTS.sub("Prozent", text).replace("ProzentPunkt", "Prozentpunkt")
    return _LOOSE.sub(_loose, text)


def _signed(match: re.Match[str]) -> str:
    unit = _NAMES.get(match["unit"], match["unit"])
    number = match["number"] if "," in match["number"] else re.sub(r"^(\d+)\.(\d{1,2})$", r"\1,\2", match["number"])
    spoken = SIGNS[match["sign"]] + say_number(number, "ein")
    gap = "-" if match["gap"] == "-" else " "
    if match["points"]:
        return f"{spoken}{gap}Prozentpunkt" + ("" if match["number"] == "1" else "e")
    tail = (match["tail"] or "").removeprefix("-")
    if tail:
        return f"{spoken}prozent{tail}"
    return f"{spoken}{gap}{unit}{match['tail'] or ''}"


def _loose(match: re.Match[str]) -> str:
    before = match["before"]
    return f"{before.rstrip()} {_NAMES[match['sign']]}" if before else _NAMES[match["sign"]]
