"""Which ending an ordinal or an adjective has: from the words to its left and the noun to its right.

Source: Duden, Die Grammatik, strong and weak declension of the adjective.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal, cast

from narrate.german.abbreviations import MONTHS
from narrate.german.numbers import Ending
from narrate.german.tables import rows

# Gender, a plural of its own, or an adjective used as a noun, whose gender its article tells.
NounForm = Literal["m", "f", "n", "p", "a"]

WEEKDAYS = frozenset("Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonnabend Sonntag".split())
DATIVE = frozenset(
    "ab aus bei mit nach seit von zu gegenüber außer samt nebst entgegen dank laut in an auf vor hinter neben "
    "unter über zwischen binnen".split()
)
ACCUSATIVE = frozenset("bis durch für gegen ohne um per pro je".split())
_ALWAYS_EN = frozenset(
    "am im zum zur vom beim unterm überm hinterm dem den des einem einer eines keinem keiner keines meinem meiner "
    "meines deinem deiner seinem seiner seines ihrem ihrer ihres unserem unserer unseres eurem eurer diesem "
    "diesen jenem jenen jedem jeden jedes manchem welchem einen keinen meinen deinen seinen ihren unseren euren "
    "beiden dieser jener jeder welcher mancher allen".split()
)
_DER_LIKE = frozenset("der dieser jener jeder welcher mancher".split())
_EIN_LIKE = frozenset("ein kein mein dein sein ihr unser euer".split())
_EINE_LIKE = frozenset("eine keine meine deine seine ihre unsere eure".split())
_SKIPPED = frozenset(
    "bereits schon erst insgesamt mittlerweile nun jeweils wohl inzwischen etwa fast nur noch nunmehr immerhin "
    "sogar bislang offiziell exakt genau rund einschließlich inklusive spätestens frühestens".split()
)
_SUFFIXES: tuple[tuple[str, NounForm], ...] = (
    ("ungen", "p"), ("heiten", "p"), ("keiten", "p"), ("schaften", "p"), ("tionen", "p"), ("innen", "p"),
    ("ung", "f"), ("heit", "f"), ("keit", "f"), ("schaft", "f"), ("tion", "f"), ("sion", "f"), ("tät", "f"),
    ("ur", "f"), ("ik", "f"), ("ie", "f"), ("ei", "f"), ("enz", "f"), ("anz", "f"), ("in", "f"), ("ette", "f"),
    ("chen", "n"), ("lein", "n"), ("ment", "n"), ("um", "n"), ("ma", "n"), ("nis", "n"), ("tum", "n"),
    ("ling", "m"), ("ismus", "m"), ("or", "m"), ("ant", "m"), ("ent", "m"), ("ist", "m"), ("er", "m"),
)  # fmt: skip


@cache
def _nouns() -> dict[str, NounForm]:
    """Return every listed form, in lower case, with its gender, or ``p`` for a plural of its own."""
    found: dict[str, NounForm] = {}
    for noun, gender, plural in rows("nouns"):
        found[noun.lower()] = cast(NounForm, gender)
        if plural and plural != noun:
            found.setdefault(plural.lower(), "p")
    return found


@cache
def noun_form(word: str) -> NounForm | None:
    """Return a noun's gender, ``p`` for a plural, or None where nothing tells.

    Args:
        word: As printed; a compound has the gender of its last part.
    """
    nouns = _nouns()
    last = word.rpartition("-")[2].lower()
    if last in nouns:
        return nouns[last]
    for start in range(1, len(last) - 2):
        if last[start:] in nouns:
            return nouns[last[start:]]
    if last.endswith("s") and last[:-1] in nouns:
        return nouns[last[:-1]]
    for suffix, form in _SUFFIXES:
        if last.endswith(suffix) and len(last) > len(suffix) + 2:
            return form
    if last.endswith("e"):
        return "f"
    return "p" if last.endswith("en") else None


def noun_after(words: Sequence[str]) -> str | None:
    """Return the noun that a run of words leads to: the first capital after at most three adjectives."""
    for word in words[:4]:
        if word[:1].isupper():
            return word
        if not word[:1].islower() or not word.endswith(("e", "en", "er", "es", "em")):
            return None
    return None


def ordinal_ending(left: Sequence[str], noun: str | None, default: NounForm | None = None) -> Ending:
    """Return the ending of an ordinal.

    Args:
        left: Words before it, the nearest last.
        noun: What it belongs to, or None.
        default: The form to assume of a noun that is absent or unknown.
    """
    form = (noun_form(noun) if noun else None) or default
    if form == "a":
        form = "m" if noun is not None and noun.endswith("r") else None
    words = without_company(left)
    last = words[-1].lower() if words else ""
    before = words[-2].lower() if len(words) > 1 else ""
    if last in _DER_LIKE and not (before in DATIVE or form in {"f", "p"}):
        # A noun in -en after "der" is the genitive plural, or a weak feminine.
        return "en" if noun is not None and form is None and noun.endswith("en") else "e"
    if last in _ALWAYS_EN or last in _DER_LIKE:
        return "e" if last == "jedes" and form == "n" else "en"
    if last in {"die", "diese", "jene", "alle"}:
        return "en" if (noun is not None and form in {"p", "m", "n"}) or last == "alle" else "e"
    if last in {"das", "ins", "dieses", "jenes", "ans", "aufs", "fürs", "durchs", "jede"}:
        return "e"
    if last in _EIN_LIKE:
        return "es" if form == "n" else "er"
    if last in _EINE_LIKE:
        return "en" if form == "p" else "e"
    return _strong(last, form)


def _strong(last: str, form: NounForm | None) -> Ending:
    """Return the ending where no article shows the case."""
    if last in DATIVE:
        strong: dict[NounForm | None, Ending] = {"f": "er", "p": "en"}
        return strong.get(form, "em")
    if last in ACCUSATIVE:
        strong = {"f": "e", "n": "es", "p": "e"}
        return strong.get(form, "en")
    strong = {"f": "e", "n": "es", "p": "e"}
    return strong.get(form, "er")


def date_ending(left: Sequence[str]) -> Ending:
    """Return the ending of a day of the month."""
    words = without_company(left)
    last = words[-1] if words else ""
    before = words[-2] if len(words) > 1 else ""
    if last in WEEKDAYS or last.rstrip(".") in {"Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"}:
        # "am Dienstag, 6. April": an apposition keeps the case.
        return "en" if before.lower() in {"am", "vom", "zum", "bis", "ab", "seit", "den", "dem", "von", "der"} else "er"
    if last.lower() in DATIVE or last.lower() in ACCUSATIVE:
        return "en"
    return ordinal_ending(words, None, "m")


def without_company(left: Sequence[str]) -> list[str]:
    """Drop what stands between an ordinal and its article: adverbs, and other ordinals joined to it."""
    words = list(left)
    while words:
        if words[-1] in _SKIPPED or words[-1] in {"(", "„", '"', "»"}:
            words.pop()
        elif words[-1] in {"und", "oder", "sowie", ",", "bis", "–", "-", "/"} and (kept := _before_joined(words[:-1])):
            words = kept
        else:
            break
    return words


def _before_joined(words: list[str]) -> list[str] | None:
    """Return what stands before an ordinal or date at the end of a run of words; None if there is none."""
    rest = list(words)
    if rest and rest[-1] in WEEKDAYS:
        return rest[:-1] if rest[:-1] and rest[-2].lower() in _ALWAYS_EN | DATIVE | ACCUSATIVE else None
    if rest and rest[-1].isdecimal() and len(rest[-1]) == 4:
        rest.pop()
    if (rest and rest[-1] in MONTHS) or (rest and len(rest) > 2 and rest[-1][:1].isupper() and rest[-2] == "."):
        rest.pop()
    numbered = len(rest)
    while len(rest) > 1 and rest[-1] == "." and rest[-2].isdecimal():
        rest = rest[:-2]
    if len(rest) < numbered:
        return rest
    if rest and (rest[-1].endswith(("ste", "sten", "ster", "te", "ten", "ter")) and rest[-1][:1].islower()):
        return _number_word(rest)
    return None


def _number_word(words: list[str]) -> list[str] | None:
    """Drop an ordinal already in words, so that a second reading sees what the first saw."""
    rest = words[:-1]
    while rest and rest[-1] in {"und", "hundert", "tausend"} | _UNITS:
        rest.pop()
    return rest if words[-1].rstrip("rnms").rstrip("e").endswith(("t", "st")) else None


_UNITS = frozenset("ein zwei drei vier fünf sechs sieben acht neun".split())
