"""Numbers of headings: cardinals, set off by a colon."""

from __future__ import annotations

import re

from narrate.german.abbreviations import MONTHS, ORDINAL_NOUNS
from narrate.german.grammar import noun_form
from narrate.german.numbers import cardinal

_NUMBER = re.compile(r"(?:^|(?<=\n))\s*(?P<figures>0\d)\.?\s(?=[A-ZÄÖÜ„\"»][\w ]?)")
_SECTION = re.compile(r"(?:^|(?<=\n))\s*(?P<figures>\d{1,2}(?:\.\d{1,2})+)\.?\s(?=[A-ZÄÖÜ„\"»])")
_LISTED = re.compile(r"(?:^|(?<=\n))\s*(?P<figures>\d{1,2})(?P<mark>\.|\))\s(?=(?P<word>[A-ZÄÖÜ][\w-]*))")
_LETTER = re.compile(r"(?:^|(?<=\n))\s*(?P<letter>[a-h])\)\s(?=[A-ZÄÖÜ])")


def chapters(text: str) -> str:
    """Write out the number that a heading or a list entry begins with."""
    text = _NUMBER.sub(lambda match: f"{cardinal(int(match['figures']))}: ", text)
    text = _SECTION.sub(
        lambda match: f"{' Punkt '.join(cardinal(int(part)) for part in match['figures'].split('.'))}: ", text
    )
    text = _LETTER.sub(lambda match: f"{match['letter']}: ", text)
    return _LISTED.sub(_listed, text)


def _listed(match: re.Match[str]) -> str:
    """Read "3. Fazit" as a list entry, but leave "3. Liga" and "1. FC" to the ordinals."""
    word = match["word"]
    if match["mark"] == "." and (word in MONTHS or word in ORDINAL_NOUNS or noun_form(word) or word.isupper()):
        return match[0]
    return f"{cardinal(int(match['figures']))}: "
