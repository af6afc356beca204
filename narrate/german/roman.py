"""Roman numerals: of rulers, of wars and congresses, of chapters."""

from __future__ import annotations

import re
from functools import cache

from narrate.german.abbreviations import ORDINAL_NOUNS, STARTERS
from narrate.german.context import left, right
from narrate.german.grammar import ACCUSATIVE, DATIVE, noun_after, noun_form, ordinal_ending
from narrate.german.numbers import Ending, cardinal, ordinal, year
from narrate.german.stops import finite
from narrate.german.tables import pairs

_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_CANONICAL = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_REGNAL = re.compile(
    r"(?<![\w-])(?P<name>[A-ZÄÖÜ][a-zäöüßéèëáôø]+[’']?)(?P<gap>\s)(?P<roman>[IVX]{1,6})(?P<dot>\.?)(?![\w-])"
)
_BEFORE_NOUN = re.compile(
    r"(?<![\w.-])(?P<roman>[IVXLC]{1,7})\.(?:(?P<join> (?:und|bis|oder) )(?P<other>[IVXLC]{1,7})\.)?"
    r"(?P<gap>\s?|-)(?=[A-Za-zÄÖÜäöü])"
)
_AFTER_NOUN = re.compile(
    r"(?<![\w-])(?P<noun>[A-ZÄÖÜa-zäöü][\wäöüß-]{0,60}|(?:Bd|Kap|Abb|Vol|Abt|Art)\.)(?P<gap>\s|-)"
    r"(?P<roman>[IVX]{1,6})(?: bis (?P<last>[IVX]{1,6}))?(?![\w.]*\w)(?! [A-ZÄÖÜ](?!\w))"
)
_YEAR = re.compile(r"(?<![\w.-])(?P<roman>M[CDLXVIM]{3,})(?![\w-])")
_HYPHEN = re.compile(r"(?<![\w-])(?P<roman>[IVX]{2,6})-(?=[A-ZÄÖÜ][a-zäöü])")

_FEMALE_TITLES = frozenset("Königin Kaiserin Zarin Fürstin".split())
_TITLES = frozenset(
    "König Kaiser Papst Königin Kaiserin Zar Zarin Kurfürst Herzog Fürst Sultan Pharao Bischof Patriarch Graf "
    "Kronprinz".split()
)
_COUNTED = frozenset(
    "Kapitel Teil Band Akt Artikel Art Buch Klasse Typ Stufe Phase Hartz Rocky Apollo Gruppe Liga Division "
    "Abschnitt Zone Block Schule Halle Turm Werk Staffel Tafel Szene Aufzug Satz Lektion Grad Kategorie Level "
    "Sektion Abteilung Saturn Sol Welt Säule Titel Studie Nummer Reihe Episode Episoden Faust Olympiastützpunkt "
    "Mathematik Physik Sputnik Titan Basel".split()
)
_WARS = frozenset(
    "Weltkrieg Weltkrieges Weltkriegs Parteitag Internationale Republik Reich Reiches Reichs Quartal".split()
)
_GENITIVE = ("s", "’", "'")
_OWN_S = ("us", "as", "es", "is", "os")
LARGEST = 39


@cache
def _rulers() -> dict[str, str]:
    return pairs("rulers")


def value(numeral: str) -> int | None:
    """Return the value of a Roman numeral written the usual way, else None."""
    if not numeral or not _CANONICAL.fullmatch(numeral):
        return None
    total = 0
    for sign, following in zip(numeral, [*numeral[1:], "I"], strict=True):
        own = _VALUES[sign]
        total += -own if own < _VALUES[following] else own
    return total


def roman(text: str) -> str:
    """Write out Roman numerals; no stop stays behind one unless it ends the sentence."""
    text = _REGNAL.sub(lambda match: _regnal(match, text), text)
    text = _BEFORE_NOUN.sub(lambda match: _before_noun(match, text), text)
    text = _AFTER_NOUN.sub(_after_noun, text)
    text = _HYPHEN.sub(
        lambda match: f"{cardinal(value(match['roman']) or 0)}-" if value(match["roman"]) else match[0], text
    )
    return _YEAR.sub(_year, text)


def _regnal(match: re.Match[str], text: str) -> str:
    """Say a ruler's number with its article: *Friedrich der Zweite*."""
    number = value(match["roman"])
    name = match["name"]
    stem = (
        name.rstrip("’'")
        if name[-1] in "’'"
        else name
        if name in _rulers() or name.endswith(_OWN_S)
        else name.removesuffix("s")
    )
    known = stem in _rulers()
    before = left(text, match.start())
    titled = any(word in _TITLES or word.rstrip("s") in _TITLES for word in before[-2:])
    if number is None or number > LARGEST or not (known or (titled and match["dot"])):
        return match[0]
    if not known and name in _TITLES:
        return match[0]
    case = _case(before, name, stem)
    female = _rulers().get(stem) == "f" or any(word in _FEMALE_TITLES for word in before[-2:])
    article = {"nominative": "die" if female else "der", "dative": "der" if female else "dem",
               "genitive": "der" if female else "des", "accusative": "die" if female else "den"}[case]  # fmt: skip
    ending: Ending = "e" if case == "nominative" or (female and case == "accusative") else "en"
    word = ordinal(number, ending)
    spoken = f"{name} {article} {word[0].upper()}{word[1:]}"
    following = right(text, match.end())
    ends = bool(match["dot"]) and (not following or _begins(following, case, text[match.end() : match.end() + 1]))
    return spoken + ("." if ends else "")


def _begins(following: list[str], case: str, gap: str) -> bool:
    """Tell whether a new sentence begins behind a ruler's number."""
    if not gap.isspace():
        return False
    verb = following[1].lower() if len(following) > 1 else ""
    return following[0] in STARTERS or (case != "genitive" and following[0][:1].isupper() and finite(verb))


def _case(before: list[str], name: str, stem: str) -> str:
    """Return the case of a ruler's name, from its own ending and the words before it."""
    if name != stem:
        return "genitive"
    words = list(before)
    while words and (
        words[-1] in _TITLES
        or words[-1] == "und"
        or words[-1] in _rulers()
        or value(words[-1])
        or (words[-1] == "." and value("".join(words[-2:-1])))
    ):
        words.pop()
    if before and before[-1].rstrip("s") in _TITLES and before[-1].endswith("s") and before[-1] not in _TITLES:
        return "genitive"
    last = words[-1].lower() if words else ""
    if last in {"des"} or (last == "der" and before and before[-1] in _FEMALE_TITLES):
        return "genitive"
    if last in {"dem", "zum", "vom", "beim", "am", "im"} or last in DATIVE - {"über", "an", "auf", "in", "hinter"}:
        return "dative"
    if last in {"den", "über", "an", "auf"} or last in ACCUSATIVE:
        return "accusative"
    return "nominative"


def _before_noun(match: re.Match[str], text: str) -> str:
    """Say a numeral with a stop before a noun as an ordinal."""
    number = value(match["roman"])
    after = right(text, match.end())
    noun = noun_after(after)
    if number is None or number > 100 or noun is None:
        return match[0]
    single = len(match["roman"]) == 1
    if (
        single
        and noun.rpartition("-")[2] not in _WARS
        and not (match["roman"] in "IVX" and noun_form(noun) and noun in ORDINAL_NOUNS)
    ):
        return match[0]
    if after[0] in STARTERS:
        return match[0]
    if match.start() == 0 and noun_form(noun) == "p" and not match["join"]:
        return f"{cardinal(number)}:{match['gap'] or ' '}"
    ending = ordinal_ending(left(text, match.start()), noun, "m")
    gap = match["gap"] or " "
    other = value(match["other"]) if match["other"] else None
    joined = f"{match['join']}{ordinal(other, ending)}" if other is not None else ""
    return f"{ordinal(number, ending)}{joined}{gap}"


def _after_noun(match: re.Match[str]) -> str:
    number = value(match["roman"])
    noun = match["noun"]
    if number is None or number > LARGEST or noun in STARTERS or (noun.isupper() and len(match["roman"]) == 1):
        return match[0]
    listed = (
        noun.endswith(".")
        or noun.rpartition("-")[2] in _COUNTED
        or any(noun.endswith(ending.lower()) for ending in ("teil", "band", "kapitel", "stufe", "phase", "klasse"))
    )
    if not listed and (len(match["roman"]) == 1 or noun[0].islower() or match["roman"] == "XX"):
        return match[0]
    last = value(match["last"]) if match["last"] else None
    return f"{noun}{match['gap']}{cardinal(number)}" + (f" bis {cardinal(last)}" if last is not None else "")


def _year(match: re.Match[str]) -> str:
    number = value(match["roman"])
    return year(number) if number is not None else match[0]
