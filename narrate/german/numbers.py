"""Number words: cardinals, ordinals in every ending, years, digits, decimals.

Words are written apart at *hundert*, *tausend* and *und*, because espeak-ng misreads
the joined form; ``joined`` joins them for engines that want it.
"""

from __future__ import annotations

import re
from typing import Literal

Ending = Literal["e", "en", "er", "es", "em"]

_ONES = (
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf "
    "dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn"
).split()
_TENS = "- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_SCALES = (
    "Million Milliarde Billion Billiarde Trillion Trilliarde Quadrillion Quadrilliarde Quintillion Quintilliarde"
).split()
_ROUND = {100: "hundert", 1000: "tausend"}
_STEMS = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
LONGEST = 6 + 3 * len(_SCALES)  # digits; a longer number is read digit by digit

_DENOMINATORS = {2: "halb", 3: "Drittel", 7: "Siebtel", 8: "Achtel"}
_UNIT = "(?:ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)"
_TEN = "(?:zwanzig|dreißig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig)"
_TEEN = "(?:zehn|elf|zwölf|dreizehn|vierzehn|fünfzehn|sechzehn|siebzehn|achtzehn|neunzehn)"
_LOW = f"(?:{_UNIT} und {_TEN}|{_TEEN}|{_TEN}|{_UNIT}|eins|(?:erst|zweit|dritt|siebt|acht)(?=e))"
_HUNDREDS = f"(?:(?:{_UNIT}|{_TEEN}) hundert(?: {_LOW})?)"
_APART = re.compile(
    rf"(?<!\w)(?:(?:(?:{_HUNDREDS}|{_LOW}) )?tausend(?: (?:{_HUNDREDS}|{_LOW}))?|{_HUNDREDS}|{_UNIT} und {_TEN})"
    r"(?:s?t?e[nrsm]?)?(?!\w)"
)


def cardinal(number: int, one: str = "eins") -> str:
    """Return a whole number in words.

    Args:
        number: From 0; a number of more than 36 digits is read digit by digit.
        one: What a final 1 becomes: ``eins``, ``ein``, ``eine``, ``einen`` …
    """
    if number < 0:
        return f"minus {cardinal(-number, one)}"
    if number >= 10**LONGEST:
        return digits(str(number))
    if number in _ROUND:
        return _ROUND[number]
    words: list[str] = []
    millions, rest = divmod(number, 1_000_000)
    for power in range(len(_SCALES) - 1, -1, -1):
        count = millions // 1000**power % 1000
        if count:
            name = _SCALES[power]
            plural = name + ("n" if name.endswith("e") else "en")
            words.append(f"eine {name}" if count == 1 else f"{_below_thousand(count, 'eine')} {plural}")
    thousands, rest = divmod(rest, 1000)
    if thousands:
        words.append(f"{_below_thousand(thousands, 'ein')} tausend")
    if rest or not words:
        words.append(_below_thousand(rest, one))
    return " ".join(words)


def _below_thousand(number: int, one: str) -> str:
    hundreds, rest = divmod(number, 100)
    words = [f"{_ONES[hundreds].removesuffix('s') if hundreds == 1 else _ONES[hundreds]} hundert"] if hundreds else []
    if rest or not hundreds:
        words.append(_below_hundred(rest, one))
    return " ".join(words)


def _below_hundred(number: int, one: str) -> str:
    if number == 1:
        return one
    if number < 20:
        return _ONES[number]
    tens, ones = divmod(number, 10)
    if not ones:
        return _TENS[tens]
    return f"{'ein' if ones == 1 else _ONES[ones]} und {_TENS[tens]}"


def ordinal(number: int, ending: Ending) -> str:
    """Return an ordinal in words."""
    rest = number % 100
    if 0 < rest < 20:
        head = cardinal(number - rest) + " " if number > rest else ""
        return f"{head}{_STEMS.get(rest, _ONES[rest] + 't')}{ending}"
    words = cardinal(number)
    if number and number % 1_000_000 == 0:
        words = re.sub(r"(?:en|(?<=d)e)$", "", words.removeprefix("eine ")).lower()
    return f"{words}st{ending}"


def year(number: int) -> str:
    """Return a year in words: 1100 to 1999 in hundreds, others as cardinals."""
    hundreds, rest = divmod(number, 100)
    if 11 <= hundreds <= 19:
        return f"{_ONES[hundreds]} hundert" + (f" {_below_hundred(rest, 'eins')}" if rest else "")
    return cardinal(number)


def decade(number: int) -> str:
    """Return a decade in words (1970 is ``neunzehn hundert siebziger``, 20 is ``zwanziger``)."""
    return f"{year(number) if number > 100 else cardinal(number)}er"


def digits(figures: str) -> str:
    """Return digits one by one; other characters are dropped."""
    return " ".join(_ONES[int(figure)] for figure in figures if figure.isdecimal())


def decimal(whole: str, fraction: str) -> str:
    """Return a decimal number in words, the places after the comma one by one."""
    return f"{cardinal(int(whole or '0'))} Komma {digits(fraction)}"


def denominator(number: int) -> str:
    """Return the noun of a fraction's lower part: 3 is ``Drittel``, 20 is ``Zwanzigstel``."""
    if number in _DENOMINATORS:
        return _DENOMINATORS[number]
    if 0 < number % 100 < 20:
        stem = ordinal(number, "e").removesuffix("e")
        return f"{stem}el"[0].upper() + f"{stem}el"[1:]
    words = cardinal(number)
    words = words.replace(" ", "") + "stel"
    return words[0].upper() + words[1:]


def whole(printed: str) -> int:
    """Return the value of printed digits, whatever groups them."""
    return int("".join(figure for figure in printed if figure.isdecimal()) or "0")


def joined(text: str) -> str:
    """Join number words as German prints them, for engines that read them better so."""
    return _APART.sub(lambda match: match[0].replace(" ", ""), text)
