"""What a full stop after a number is: the sign of an ordinal, the end of a sentence, or both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from narrate.german.abbreviations import BEFORE_ORDINAL, FINITE, MONTHS, ORDINAL_NOUNS, STARTERS
from narrate.german.grammar import ACCUSATIVE, DATIVE, WEEKDAYS, noun_form, without_company

Role = Literal["ordinal", "end", "both"]

# After these a number counts or names, so its stop ends the sentence.
_NAMING = frozenset(
    "Platz Rang Nummer Nr Kapitel Seite S Artikel Art Jahr Jahre Jahren Jahres Gleis Halle Gruppe Absatz Abs "
    "Zimmer Linie Paragraf § Satz Raum Tor Version Formel Agenda Klasse Stufe Band Teil Tabellenplatz Sektor "
    "Ziffer Spalte Zeile Nummern Seiten Anfang Ende Mitte Sommer Winter Herbst Frühjahr Frühling Euro Prozent "
    "Punkte Uhr Artikeln".split()
)
_BECAME = frozenset("wurde wird wurden werden als".split())
_PREPOSITIONAL = frozenset("am vom zum bis ab seit im beim".split())
LAST_RANK = 20
LAST_DAY = 31
OPENING = frozenset("„\"»«“‚'(")


def stop_role(left: Sequence[str], figures: str, right: Sequence[str]) -> Role:
    """Tell what the stop after a number is.

    Args:
        left: Words and marks before the number, the nearest last.
        figures: The number.
        right: Words and marks after the stop, the nearest first; none at the end of the text.
    """
    number = int(figures)
    before = left[-1] if left else ""
    following = [word for word in right[:4] if word not in OPENING]
    governed = _governed(left, number)
    ranked = before in _BECAME and number <= LAST_RANK
    if before in WEEKDAYS or (before == "," and left[-2:-1] and left[-2] in WEEKDAYS):
        governed = True
    at_end: Role = "both" if governed or ranked else "end"
    if not following:
        return at_end
    word = following[0]
    if word[0].islower():
        return "ordinal"
    if not word[0].isalpha():
        return "both" if governed and word in {"“", "”", "»", "«", '"', "‘", "’"} else "ordinal" if governed else "end"
    if word in MONTHS:
        return "ordinal"
    if word in STARTERS and (len(following) > 1 and following[1][0] not in ".,;!?:)"):
        return at_end
    after = following[1].lower() if len(following) > 1 else ""
    if before in _NAMING or number > 999:
        return "end"
    if word in ORDINAL_NOUNS or governed:
        starts_anew = before.lower() in _PREPOSITIONAL and word not in ORDINAL_NOUNS and finite(after)
        return "both" if starts_anew and noun_form(word) is None else "ordinal"
    return _ungoverned(before, number, word, after)


def _governed(left: Sequence[str], number: int) -> bool:
    words = without_company(left)
    for _ in range(2):
        # "des landesweit ausstrahlenden 1. Kanals": adjectives before the ordinal.
        if words and words[-1][:1].islower() and words[-1].endswith(_ADJECTIVAL) and words[-1] not in _DETERMINERS:
            words = words[:-1]
    return bool(words) and number < 1000 and words[-1].lower() in _DETERMINERS


def _ungoverned(before: str, number: int, word: str, after: str) -> Role:
    """Tell it for a number without an article, before a capital that is not a plain starter."""
    if not before or before in {":", "–", "(", "•"}:
        return "ordinal"
    if before.lower() in DATIVE | ACCUSATIVE and number <= LAST_DAY:
        return "ordinal"
    if number > LAST_DAY or finite(after):
        return "end"
    return "ordinal" if noun_form(word) is not None and before[:1].isupper() else "end"


def finite(word: str) -> bool:
    """Tell whether a word looks like a finite verb."""
    return word in FINITE or (word.endswith(("te", "ten")) and len(word) > 4)


_ADJECTIVAL = ("e", "en", "er", "es", "em")
_DETERMINERS = frozenset(word.lower() for word in BEFORE_ORDINAL) | frozenset(
    "ins ans einen seines ihres jener jenes jenem welche welcher welches dessen deren".split()
)
