"""Abbreviations in full; a stop that also ends the sentence stays.

The same letters are often a word ("Art", "Max", "So"): an abbreviation is read only
with its stop and in its place.
"""

from __future__ import annotations

import re
from functools import cache

from narrate.german.abbreviations import STARTERS
from narrate.german.context import left, right
from narrate.german.dates import sentence_ends
from narrate.german.grammar import noun_after, ordinal_ending
from narrate.german.tables import rows

_WORD = r"[A-Za-zÄÖÜäöüß]"
_DOTTED = re.compile(rf"(?<![\w.@/])(?:{_WORD}{{1,12}}\.-)?{_WORD}{{1,12}}\.(?:\s?{_WORD}{{1,9}}\.){{0,4}}(?!\w*@)")
_PIECE = re.compile(rf"(?:{_WORD}{{1,12}}\.-)?{_WORD}{{1,12}}\.")
_STREET = re.compile(r"(?<=[a-zäöüß])str\.(?=\s|,|$|\))")
_NUMBERED = re.compile(r"(?<=[a-zäöüß])nr\.(?=\s?\S)")
_DAY = re.compile(r"(?<![\w.-])(?P<day>Mo|Di|Mi|Do|Fr|Sa|So)(?P<dot>\.?)(?!\w)")
_DAYS_JOINED = re.compile(
    r"(?:(?<=tag)|(?<=och))\s?[+&]\s?(?=Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag)"
)
_DAYS = frozenset("Mo Di Mi Do Fr Sa So Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split())
_BEFORE_DAYS = frozenset("am Am jeden Jeden vom Vom zum Zum".split())
_LOOSE = re.compile(r"(?<![\w.-])(?:bzw|usw|Mio|Mrd|MwSt|Mwst|ca|inkl|zzgl|evtl|Tsd|Hbf|Bhf|ggf|uvm|vgl|Jh)(?![\w.])")
_INITIALS = re.compile(r"(?<![\w.])(?:[A-ZÄÖÜ]\.[ -]?){1,4}(?=[A-ZÄÖÜ][a-zäöüß]{2,})")
_CREDITED = re.compile(r"(?<![\w])(?:dpa|afp|rtr|epd|kna|sid)(?=[/-]|\))")
_SPOKEN_MONTH = re.compile(r"(?:in|im|seit|bis|ab|Anfang|Ende|Mitte|von|vom) $")
_MONTHS = frozenset("Apr. Okt. Nov. Dez. Febr. Sept. Jan. Feb. Aug.".split())
_SENTENCE_TITLES = frozenset("Dr. Prof. Hr. Fr. Mr. Mrs. St. Nr. Dipl.-Ing. Ing. Mag. Hl. Fa. Fam. Abg.".split())


@cache
def _table() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for printed, spoken, *kind in rows("abbreviations"):
        found.setdefault(printed, {})[kind[0] if kind else ""] = spoken
    return found


def short_forms(text: str) -> str:
    """Write out abbreviations."""
    text = _STREET.sub(lambda match: "straße" + ("." if sentence_ends(text, match.end()) else ""), text)
    text = _NUMBERED.sub("nummer", text)
    text = _DAY.sub(lambda match: _day(match, text), text)
    text = _DAYS_JOINED.sub(" und ", text)
    text = _DOTTED.sub(lambda match: _dotted(match, text), text)
    text = _LOOSE.sub(lambda match: _table()[match[0]]["loose"], text)
    return _INITIALS.sub(lambda match: _initials(match, text), text)


def _initials(match: re.Match[str], text: str) -> str:
    """Drop the stops of initials before a name; after a spelled acronym the stop ends its sentence."""
    before = left(text, match.start())
    if (before and len(before[-1]) == 1 and before[-1].isupper()) or right(text, match.end())[0] in STARTERS:
        return match[0]
    return match[0].replace(".", " ").replace("  ", " ").replace(" -", "-")


def _day(match: re.Match[str], text: str) -> str:
    """Read "Mo" as Montag among days and hours only."""
    before, after = left(text, match.start()), right(text, match.end())
    placed = match["dot"] and (
        "Uhr" in after[:5]
        or any(word[:1].isdigit() for word in after[:5])
        or bool({"Uhr", "außer"} & set(before[-3:]))
        or (bool(before) and before[-1] in _BEFORE_DAYS)
    )
    if not placed and not _DAYS & {*before[-3:], *after[:3]}:
        return match[0]
    stop = "." if match["dot"] and sentence_ends(text, match.end()) else ""
    return _table()[f"{match['day']}."]["day"] + stop


def _dotted(match: re.Match[str], text: str) -> str:
    """Write out a run of dotted pieces: at each place the longest abbreviation."""
    if match[0] not in _table() and match[0].count(".") == 1:
        return match[0]
    pieces = [(piece.start() + match.start(), piece.end() + match.start()) for piece in _PIECE.finditer(match[0])]
    spoken: list[str] = []
    at, index = match.start(), 0
    while index < len(pieces):
        spoken.append(text[at : pieces[index][0]])
        for last in range(len(pieces) - 1, index - 1, -1):
            start, end = pieces[index][0], pieces[last][1]
            words = _expand(text, start, end, match.end())
            if words is not None:
                spoken.append(words)
                if text[end : end + 1].isalnum():
                    spoken.append(" ")
                at, index = end, last + 1
                break
        else:
            at = pieces[index][1]
            spoken.append(text[pieces[index][0] : at])
            index += 1
    spoken.append(text[at : match.end()])
    return "".join(spoken)


def _expand(text: str, start: int, end: int, limit: int) -> str | None:
    """Return what an abbreviation stands for, with the stop that ends the sentence; None if it is none."""
    printed = text[start:end]
    kinds = _table().get(re.sub(r"\s", "", printed))
    if kinds is None:
        return None
    before, after = left(text, start), right(text, end)
    spoken = _reading(kinds, before, after, printed)
    if spoken is None:
        return None
    if sentence_ends(text, end) and _may_end(printed, text, end):
        return f"{spoken}."
    return spoken


def _may_end(printed: str, text: str, end: int) -> bool:
    """Tell whether a sentence may end with an abbreviation: with a title only at the very end."""
    if not text[end:].strip(" “”\"»«)'‘’"):
        return True
    return printed not in _SENTENCE_TITLES


def _reading(kinds: dict[str, str], before: list[str], after: list[str], printed: str) -> str | None:
    following = after[0] if after else ""
    counted = bool(before) and (before[-1][:1].isdigit() or before[-1] in _NUMBER_WORDS)
    if "number" in kinds and counted:
        return kinds["number"]
    if printed in _ONE_OF and before and before[-1].endswith(("te", "ten", "ter")):
        return _ONE_OF[printed]
    if printed == "S." and before[-1:] in (["die"], ["den"], ["der"]) and following in _NUMBER_WORDS:
        return "Seiten"
    if "before" in kinds and (following[:1].isdigit() or following in _NUMBER_WORDS or _begins_number(following)):
        return kinds["before"]
    if "name" in kinds and following[:1].isupper() and following not in STARTERS:
        return kinds["name"]
    if "adj" in kinds:
        if not following or (before and before[-1] in {"lfd"}):
            return kinds["adj"] if not following else None
        if not (following[:1].isalpha()):
            return kinds["adj"]
        return _inflected(kinds["adj"], before, after)
    if "" in kinds:
        return _plain(kinds[""], printed, before, after)
    return None


def _plain(spoken: str, printed: str, before: list[str], after: list[str]) -> str | None:
    if (
        printed in _MONTHS
        and not (after and after[0][:1].isdigit())
        and not (before and before[-1].lower() in _IN_TIME)
    ):
        return None
    if spoken in {"Millionen", "Milliarden"} and before and before[-1] in {"eine", "1"}:
        return spoken[:-2] if spoken == "Millionen" else spoken[:-1]
    if spoken == "Stunden" and before and before[-1] in {"pro", "eine", "1", "je"}:
        return "Stunde"
    if spoken == "Jahrhundert" and _genitive(before):
        return "Jahrhunderts"
    return spoken


_ONE_OF = {"Min.": "Minute", "Std.": "Stunde", "Sek.": "Sekunde"}  # behind an ordinal
_IN_TIME = frozenset("in im seit bis ab anfang ende mitte von vom nach vor".split())
_NUMBER_WORDS = frozenset(
    "null ein eins eine zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig "
    "sechzig siebzig achtzig neunzig hundert tausend dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn "
    "neunzehn".split()
)


def _begins_number(word: str) -> bool:
    return word in _NUMBER_WORDS


def _genitive(before: list[str]) -> bool:
    """Tell whether a century stands in the genitive: "des 19. Jh."."""
    return any(word in {"des", "dieses"} for word in before[-6:-1])


def _inflected(stem: str, before: list[str], after: list[str]) -> str:
    """Give an adjective the ending that its article and noun ask for."""
    following = after[0]
    if following[:1].islower() and not following.endswith(("e", "en", "er", "es", "em")):
        return stem
    noun = noun_after(after)
    return stem + ordinal_ending(before, noun, None if noun else "m") if noun else stem
