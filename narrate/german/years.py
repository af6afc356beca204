"""Years, decades, eras: when four digits are read in hundreds."""

from __future__ import annotations

import re

from narrate.german.context import left, right
from narrate.german.dates import MONTHS, sentence_ends
from narrate.german.grammar import noun_form
from narrate.german.numbers import cardinal, decade, year

_DECADE = re.compile(
    r"(?<![\w.,:/])['’]?(?P<figures>\d{2}|1[1-9]\d\d|20\d0)-?er(?P<n>n?)(?P<rest>(?:-?[Jj]ahre[ns]?)?)(?!\w)"
)
_ERA = re.compile(r"(?<![\w.,:/])(?P<first>\d{1,4})(?P<rest>(?:\s(?:bis|und)\s\d{1,4})?\s(?:v|n)\.\s?Chr)(?P<dot>\.?)")
_PAIR = re.compile(
    r"(?<![\w.,:/])(?P<first>1[1-9]\d\d)(?P<join>\s(?:bis|und|oder)\s|,\s)(?P<second>1[1-9]\d\d)(?![\w]|[.,]\d|-)"
)
_YEAR = re.compile(r"(?<![\w.,:/])(?<!\d )(?P<year>1[1-9]\d\d)(?![\w]|[.,:]\d|/)")
_SHORT = re.compile(r"(?<![\w])['’](?P<figures>\d{2})(?P<er>er)?(?![\w])")
_CUES = frozenset(
    "jahr jahre jahren jahres seit von bis ab nach vor um anfang ende mitte sommer winter frühjahr frühling "
    "herbst in bereits schon erst zuletzt anno saison wm em olympia dezember januar februar märz april mai juni "
    "juli august september oktober november jänner weihnachten ostern pfingsten silvester geboren gestorben "
    "jahrgang baujahr zwischen und oder noch revolution krise seither wende märzrevolution spätestens gegen "
    "wahljahr kriegsjahr * † ( copyright © stand agenda".split()
)
_ROLES = frozenset(
    "Weltmeister Europameister Meister Olympiasieger Präsident Kanzler Bundeskanzler Minister Bürgermeister "
    "Sieger Professor Leiter Direktor Mitglied Vorsitzender Trainer Chef König Kaiser Papst Ministerpräsident "
    "Nationaltrainer Landrat Abgeordneter Intendant Lehrer Vater Mutter Witwe Witwer".split()
)
_COUNTED = re.compile(
    r"(?:Euro|Dollar|Mark|Franken|Meter|Kilometer|Menschen|Leute|Personen|Prozent|Stunden|Minuten|Tage|Jahre|Stück|Grad|Seiten|"
    r"Liter|Gramm|Kilo\w*|Tonnen|Hektar|Quadrat\w+|Kubik\w+|Kilowatt\w*|Megawatt\w*|Watt|PS|Mann|Punkte|Zähler|Plätze)"
)


def years(text: str) -> str:
    """Write out decades, years before and after Christ, and years from 1100 to 1999."""
    text = _DECADE.sub(_decade, text)
    text = _ERA.sub(lambda match: _era(match, text), text)
    text = _PAIR.sub(lambda match: _pair(match, text), text)
    text = _SHORT.sub(lambda match: cardinal(int(match["figures"])) + (match["er"] or ""), text)
    return _YEAR.sub(lambda match: _year(match, text), text)


def _decade(match: re.Match[str]) -> str:
    number = int(match["figures"])
    if number % 10 or (not match["rest"] and number == 0):
        return f"{year(number)}er{match['n']}{match['rest']}"
    spoken = "null" if number == 0 else decade(number).removesuffix("er")
    rest = match["rest"].removeprefix("-")
    return f"{spoken}er{match['n']}" + (f" {rest[0].upper()}{rest[1:]}" if rest else "")


def _era(match: re.Match[str], text: str) -> str:
    rest = re.sub(r"\d+", lambda found: year(int(found[0])), match["rest"])
    spoken = re.sub(r"v\.\s?Chr", "vor Christus", re.sub(r"n\.\s?Chr", "nach Christus", rest))
    stop = "." if match["dot"] and sentence_ends(text, match.end()) else ""
    return f"{year(int(match['first']))}{spoken}{stop}"


def _pair(match: re.Match[str], text: str) -> str:
    if _is_year(text, match.start(), match.end(), int(match["second"])):
        return f"{year(int(match['first']))}{match['join']}{year(int(match['second']))}"
    return match[0]


def _year(match: re.Match[str], text: str) -> str:
    number = int(match["year"])
    return year(number) if _is_year(text, match.start(), match.end(), number) else cardinal(number)


def _is_year(text: str, start: int, end: int, number: int) -> bool:
    """Tell whether four digits are a year: what goes before them, and whether they count something."""
    following = right(text, end)
    before = left(text, start)
    last = before[-1].lower() if before else ""
    if following and _COUNTED.fullmatch(following[0]) and text[end : end + 1] == " ":
        return False
    if last in _CUES or (before and before[-1] in MONTHS):
        return True
    if text[end : end + 1] == "-":
        return False
    if not following or text[end : end + 1] != " ":
        return True
    return not _counts(following)


def _counts(following: list[str]) -> bool:
    """Tell whether a number counts the noun after it: a plural, perhaps behind adjectives."""
    for word in following[:3]:
        if word[:1].isupper():
            if word in _ROLES or word in MONTHS:
                return False
            form = noun_form(word)
            return form == "p" or (word.endswith(("en", "er", "e", "s", "n")) and form != "f")
        if not word.endswith("e"):
            return False
    return False
