"""Numbers as they stand before units: signs, groups of three, decimals, ½."""

from __future__ import annotations

import re

from narrate.german.numbers import cardinal, decimal, digits, whole

# A number with its groups and decimals; no group inside can match the same digits twice.
NUMBER = (
    r"(?:\d{1,3}(?:\.\d{3})+(?!\d)(?:,\d+)?"
    r"|\d{1,3}(?:['’]\d{3})+(?!\d)(?:[.,]\d+)?"
    r"|\d+(?:,\d+)?(?:\s?[½¼¾⅓⅔])?"
    r"|[½¼¾⅓⅔])"
)
SIGN = r"(?:(?<![\w.)\]])[+−±–-])?"
START = r"(?<![\w.,:/])(?<!\d[-–])"
HALVES = {
    "½": ("ein", "halb"), "¼": ("ein", "Viertel"), "¾": ("drei", "Viertel"), "⅓": ("ein", "Drittel"),
    "⅔": ("zwei", "Drittel"),
}  # fmt: skip
SIGNS = {"+": "plus ", "-": "minus ", "−": "minus ", "–": "minus ", "±": "plus minus ", "": ""}

_PARTS = re.compile(r"(?P<whole>[\d.'’]*?)(?:,(?P<fraction>\d+))?\s?(?P<half>[½¼¾⅓⅔])?")
_SWISS = re.compile(r"(\d{1,3}(?:['’]\d{3})+)\.(\d+)")


def say_number(printed: str, one: str = "eins") -> str:
    """Return a number in words."""
    swiss = _SWISS.fullmatch(printed)
    if swiss:
        return decimal(str(whole(swiss[1])), swiss[2])
    match = _PARTS.fullmatch(printed)
    if match is None:
        return cardinal(whole(printed), one)
    figures, fraction, half = match["whole"], match["fraction"], match["half"]
    if half:
        return _mixed(figures, half)
    if fraction is not None:
        return decimal(str(whole(figures)), fraction)
    if figures.startswith("0") and len(figures) > 1:
        return digits(figures)
    return cardinal(whole(figures), one)


def _mixed(figures: str, half: str) -> str:
    upper, lower = HALVES[half]
    if not figures:
        return "ein halb" if lower == "halb" else f"{upper} {lower}"
    if lower == "halb":
        return f"{cardinal(whole(figures), 'ein')}ein{lower}"
    return f"{cardinal(whole(figures))} {upper} {lower}"
