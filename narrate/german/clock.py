"""Clock times, durations, scores and ratios: what a colon between two numbers means."""

from __future__ import annotations

import re

from narrate.german.context import behind, left, right, word_before
from narrate.german.numbers import cardinal, digits, whole

_H = r"(?:2[0-4]|[01]?\d)"
_M = r"[0-5]\d"
_T = rf"{_H}(?:[:.]{_M})?"
_START = r"(?<![\w.,:/§-])"
_JOIN = r"(?:\sbis\s|\sund\s|\soder\s|\sbis\sum\s|\sund\sum\s|,\s|/|\s/\s)"
_UHR = re.compile(
    rf"{_START}(?P<times>(?:{_T}{_JOIN}){{0,6}}{_T})(?::(?P<s>{_M}))?\s?(?:Uhr(?!\w)|(?<=[:.]\d\d)\s?h(?!\w))(?:\s(?P<after>[0-5]?\d)(?![\w.,:]))?"
)
_COMPOUND = re.compile(rf"{_START}(?P<time>{_T})-(?=Uhr)")
_FRENCH = re.compile(rf"{_START}(?P<h>{_H})h(?P<m>{_M})(?!\w)")
_HOURS = re.compile(rf"{behind('um ab gegen')}(?P<h>{_H})\s?h(?!\w|/)")
_HOUR = re.compile(r"\d ?h")
_TIME = re.compile(rf"{_T}")
_TO_CLOCK = frozenset(
    "um ab gegen bis seit kurz vor nach von zwischen Um Ab Gegen Bis Seit Von Nach Vor Zwischen".split()
)
_DOTTED = re.compile(
    rf"{behind('um ab')}(?P<h>{_H})\.(?P<m>{_M})(?!\w|[.,:]\d|\.\s[a-zäöü]|(?<=0[1-9]\.0[1-9])\."
    r"|\.?\s?(?:%|€|Euro|Prozent|Grad|Meter|Punkt|Mio|Mrd|Mill|km|kg|°))"
)
_DOTTED_RANGE = re.compile(
    rf"{behind('von')}(?P<h>{_H})\.(?P<m>{_M}) bis "
    rf"(?P<h2>{_H})\.(?P<m2>{_M})(?!\w|[.,:]\d|\s?(?:%|€|Euro|Prozent|Grad))"
)
_COLON = re.compile(
    r"(?<![\w.,:/])(?P<a>\d{1,3}(?:\.\d{3})*):(?P<b>\d{1,3}(?:\.\d{3})*)(?::(?P<c>[0-5]\d))?(?![\w:]|[.,]\d)"
)
_SPACED_SCORE = re.compile(r"(?<![\d.,])(\d{1,3}) : (\d{1,3})(?!\d)")
_LONG_COLON = re.compile(r"(?<![\w.,:/])(?P<a>\d+)(?::(?P<b>\d+))(?![\w:])")
_LENGTH = re.compile(
    r"(?<![\w.,:/])(?P<a>\d{1,3}):(?P<b>\d{2})(?::(?P<c>\d{2}))?(?:[,.](?P<part>\d{1,3}))?(?P<gap>\s?-?)"
    r"(?P<unit>Stunden?|Std\.?|h(?!\w)|Minuten?|Min\.?|min(?!\w)|Sekunden?|Sek\.?)(?P<tail>(?:n?[-]?\w*)?)"
)
_RACE = re.compile(r"(?<![\w.,:/])(?P<a>\d{1,2}):(?P<b>[0-5]\d)(?::(?P<c>[0-5]\d))?,(?P<part>\d{1,3})(?![\w:])")
_GAME = re.compile(
    r"(?i:sieg|siegt|gewann|gewinn|niederlage|unterlag|unterlieg|verlor|verlier|remis|unentschieden|halbzeit|"
    r"pausenstand|endstand|zwischenstand|führte|führung|ausgleich|erfolg|schlug|besiegt|bezwang|bezwing|handball|"
    r"basketball|volleyball|eishockey|spielstand|stand\b|satz\b|sätze|satzgewinn|tennis|tore\b|torverhältnis|"
    r"verhältnis|maßstab|quote|abstimmung|stimmen|punktspiel|hinspiel|rückspiel|duell|drittel\b|viertel\b|"
    r"auswärts|heim\b|partie|derby|match|pleite|klatsche|triumph|blamage|kantersieg|format|seitenverhältnis|drehte)"
)
_TIMELY = re.compile(
    r"(?i:uhr|beginn|anpfiff|anstoß|einlass|start|live|heute|morgen|abend|nacht|mittag|früh|sendung|abfahrt|ankunft|"
    r"geöffnet|öffnungszeit|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|zug\b|ice\b|termin|treff)"
)
_SCORE_BEFORE = re.compile(r"\d:\d{1,2} \($|zu \w+ \($")
_ANY = re.compile(r"(?<![\d:.,])(\d{1,3}):(\d{1,3})(?![\d:])(?! Uhr)")


def clock(text: str) -> str:
    """Write out times of day, lengths of time, scores and ratios."""
    if ":" in text:
        text = _LENGTH.sub(lambda match: _length(match, text), text)
    if "Uhr" in text or _HOUR.search(text):
        text = _hours(text)
    text = _DOTTED_RANGE.sub(
        lambda match: _say_time(f"{match['h']}:{match['m']}") + " bis " + _say_time(f"{match['h2']}:{match['m2']}"),
        text,
    )
    text = _DOTTED.sub(lambda match: _say_time(f"{match['h']}:{match['m']}"), text)
    return _colons(text) if ":" in text else text


def _hours(text: str) -> str:
    """Write out times before *Uhr* or *h*."""
    text = _COMPOUND.sub(lambda match: _say_time(match["time"]).removesuffix(" Uhr") + "-", text)
    text = _UHR.sub(_with_uhr, text)
    text = _HOURS.sub(lambda match: f"{cardinal(int(match['h']), 'ein')} Uhr", text)
    return _FRENCH.sub(lambda match: _say_time(f"{match['h']}:{match['m']}"), text)


def _colons(text: str) -> str:
    """Write out times without *Uhr*, scores and ratios."""
    text = _RACE.sub(_race, text)
    text = _SPACED_SCORE.sub(r"\1:\2", text)
    text = _COLON.sub(lambda match: _colon(match, text), text)
    return _LONG_COLON.sub(lambda match: f"{cardinal(whole(match['a']))} zu {cardinal(whole(match['b']))}", text)


def _say_time(printed: str, uhr: bool = True) -> str:
    """Return a time of day in words; minutes 00 are silent."""
    hours, _, minutes = printed.replace(".", ":").partition(":")
    spoken = cardinal(int(hours), "ein")
    if minutes and int(minutes):
        return f"{spoken} Uhr {cardinal(int(minutes))}"
    return f"{spoken} Uhr" if uhr else spoken


def _with_uhr(match: re.Match[str]) -> str:
    """Write out one or several times before *Uhr*."""
    times = list(_TIME.finditer(match["times"]))
    parts: list[str] = []
    at = 0
    for index, time in enumerate(times):
        parts.append(match["times"][at : time.start()].replace("/", " ").replace("  ", " "))
        parts.append(_say_time(time[0], uhr=index == len(times) - 1))
        at = time.end()
    spoken = "".join(parts)
    if match["s"]:
        spoken += f" und {_count(int(match['s']), 'Sekunde')}" if " Uhr " in spoken else ""
    if match["after"]:
        spoken += f" {cardinal(int(match['after']))}"
    return spoken


def _count(number: int, unit: str) -> str:
    return f"eine {unit}" if number == 1 else f"{cardinal(number)} {unit}n"


def _length(match: re.Match[str], text: str) -> str:
    """Write out a length of time: the unit after it says what its first part is."""
    a, b, c, part = int(match["a"]), int(match["b"]), match["c"], match["part"]
    unit = match["unit"]
    if match["tail"] not in {"", "n"} and not match["tail"].startswith("-"):
        return match[0]
    if unit.startswith(("Sek", "sek")) and c is None:
        return match[0]
    names = ["Stunde", "Minute", "Sekunde"]
    if c is None and not unit.startswith(("Stunde", "Std", "h")):
        names = names[1:]
    values = [a, b] + ([int(c)] if c is not None else [])
    words = [_count(value, name) for value, name in zip(values, names, strict=False) if value]
    if (
        words
        and words[0].startswith("eine ")
        and word_before(text, match.start()).lower() in {"in", "nach", "von", "mit"}
    ):
        words[0] = f"einer {words[0][5:]}"
    if part:
        last = f"{cardinal(values[-1])} Komma {digits(part)} {names[len(values) - 1]}n"
        words = [*words[: len(values) - 1], last]
    tail = match["tail"].removeprefix("n") if match["tail"].startswith("-") else ""
    return (" ".join(words) or f"null {names[0]}n") + tail


def _race(match: re.Match[str]) -> str:
    """Write out a time taken in a race: minutes, seconds and their parts."""
    values = [int(match["a"]), int(match["b"])] + ([int(match["c"])] if match["c"] else [])
    names = ["Stunde", "Minute", "Sekunde"][-len(values) :]
    words = [_count(value, name) for value, name in zip(values[:-1], names, strict=False) if value]
    return " ".join([*words, f"{cardinal(values[-1])} Komma {digits(match['part'])} Sekunden"])


def _colon(match: re.Match[str], text: str) -> str:
    a, b, c = match["a"], match["b"], match["c"]
    if c is not None:
        values = [whole(a), whole(b), int(c)]
        if text[max(0, match.start() - 4) : match.start()].strip().lower() in {"um", "ab"}:
            return f"{_say_time(f'{a}:{b}')} und {_count(values[2], 'Sekunde')}"
        names = ("Stunde", "Minute", "Sekunde")
        return " ".join(_count(value, name) for value, name in zip(values, names, strict=True) if value) or "null"
    if _is_time(a, b, text, match.start(), match.end()):
        return _say_time(f"{a}:{b}")
    return f"{cardinal(whole(a))} zu {cardinal(whole(b))}"


def _is_time(a: str, b: str, text: str, start: int, end: int) -> bool:
    """Tell a time of day from a score: by its shape, the word before it, and the words around it."""
    if len(b) != 2 or len(a) > 2 or int(a) > 24 or int(b) > 59:
        return False
    if text[end : end + 1] == "-" and text[end + 1 : end + 2].isupper():
        return bool(re.match(r"-(?:Uhr|Zug|Ausgabe|Sendung|Termin|Nachrichten|Flug|Vorstellung)", text[end:]))
    before, after = left(text, start), right(text, end)
    if before and before[-1] in {"mit", "Mit", "beim", "zum", "das", "dem", "ein", "einem"}:
        return False
    around = text[max(0, start - 90) : end + 60]
    if _SCORE_BEFORE.search(text, max(0, start - 12), start):
        return False
    if before and before[-1] in _TO_CLOCK:
        return not (before[-1] in {"nach", "Nach", "vor", "von", "bis"} and _GAME.search(around))
    if _GAME.search(around):
        return False
    if after and after[0] == "(":
        return False
    return not any(_surely_a_score(pair) for pair in _ANY.finditer(text, max(0, start - 120), end + 120))


def _surely_a_score(pair: re.Match[str]) -> bool:
    return len(pair[2]) == 1 or int(pair[1]) > 24 or int(pair[2]) > 59
