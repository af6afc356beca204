"""Ranges: a dash between two numbers, days, months or letters is *bis*."""

from __future__ import annotations

import re

from narrate.german.context import word_before

_DAYS = r"(?:Mo|Di|Mi|Do|Fr|Sa|So)\b\.?|(?:Mon|Diens|Donners|Frei|Sams|Sonn)tags?\b|Mittwochs?\b|Sonnabends?\b"
_MONTHS = (
    r"(?:Jan|Feb|März|Mär|Apr|Mai|Jun|Jul|Aug|Sept|Sep|Okt|Nov|Dez)\b\.?"
    r"|(?:Januar|Jänner|Februar|April|Juni|Juli|August|September|Oktober|November|Dezember)\b"
)
_NAMED = re.compile(rf"(?<![\w-])({_DAYS}|{_MONTHS})\s?[-–—]\s?(?=(?:{_DAYS}|{_MONTHS})(?![-\w]))")
_LETTERS = re.compile(r"(?<![\w-])([A-Z])–(?=[A-Z](?![\w-]))")
_ROMAN = re.compile(r"(?<![\w-])([IVX]+)–(?=[IVX]+(?![\w-]))")
# A dash without spaces, or with them where one unit or hour follows both numbers.
_TIGHT = re.compile(r"(?<=\d)(\.?(?:\s?(?:%|€|°C?|Uhr|km|kg|m))?)–(?=[-−]?\d)")
_WIDE = re.compile(
    r"(?<![\d.,:])(\d{1,4}(?:[.,:]\d{1,3})?\.?)\s[–-]\s"
    r"(?=\d{1,4}(?:[.,:]\d{1,3})?\.?\s?(?:Uhr|%|Prozent|€|Euro|Grad|°C?|km|kg|Jahre|Tage|Stunden|Minuten|Personen"
    r"|Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)(?!\w))"
)
_HYPHEN = re.compile(r"(?<![\w.,:/-])(\d{1,4}(?:[.,:]\d{1,3})?)(\.?)-(\d{1,4}(?:[.,:]\d{1,3})?)(?![\w-]|[.,:]\d)")
_DATED = re.compile(r"(?<=\d\.)\s?[-–]\s?(?=\d{1,2}\.(?:\s?\d{1,2}\.|\s?[JFMASOND]|\s?\d{4}))")
_YEARS = re.compile(r"(?<![\w.,])([12]\d{3})\s?[-–]\s?(?=[12]\d{3}(?![\w]|[.,]\d))")
_OPEN_YEARS = re.compile(r"(?<=[(\s][12]\d{3})–(?=\))")
# Names with a number and its variant: no range.
_MODELS = frozenset("Boeing Airbus Douglas Embraer ISO DIN EN IEC RFC Typ Modell Baureihe Serie Code System".split())


def ranges(text: str) -> str:
    """Say *bis* for the dash of a range; dashes of names, scores and clauses stay."""
    text = _NAMED.sub(r"\1 bis ", text)
    text = _ROMAN.sub(r"\1 bis ", _LETTERS.sub(r"\1 bis ", text))
    text = _DATED.sub(" bis ", _YEARS.sub(r"\1 bis ", text))
    text = _WIDE.sub(r"\1 bis ", text)
    text = _TIGHT.sub(r"\1 bis ", text)
    return _HYPHEN.sub(lambda match: _hyphen(match, text), text)


def _hyphen(match: re.Match[str], text: str) -> str:
    """Say *bis* for a hyphen where the second number is the greater; else the hyphen is silent."""
    before = word_before(text, match.start())
    first, second = (float(part.replace(":", ".").replace(",", ".")) for part in match.group(1, 3))
    if before in _MODELS or (first >= second and not match[2]):
        return match[0] if before in _MODELS else f"{match[1]}{match[2]} {match[3]}"
    return f"{match[1]}{match[2]} bis {match[3]}"
