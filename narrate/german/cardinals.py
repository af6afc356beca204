"""All other numbers: cardinals, decimals, counts in compounds, versions, leading zeros."""

from __future__ import annotations

import re

from narrate.german.context import left, right
from narrate.german.grammar import ACCUSATIVE, DATIVE, noun_after, noun_form
from narrate.german.numbers import cardinal, digits
from narrate.german.quantities import NUMBER, SIGN, SIGNS, START, say_number

# What grows together with a number, with or without a hyphen: "18-Jährige" is "achtzehnjährige".
_ENDINGS = (
    "fach|mal|[Jj]ährig|prozentig|köpfig|stellig|stündig|tägig|wöchig|wöchentlich|monatig|minütig|seitig|stöckig|"
    "geschossig|teilig|türig|malig|sitzig|spurig|sekündig|gleisig|beinig|erlei|stündlich|tonner|ender|(?<!-)x|(?<!-)er"
)
_GLUED = re.compile(rf"{START}(?P<number>{NUMBER})-?(?P<rest>(?:{_ENDINGS})\w{{0,3}})(?!\w)")
_HYPHENED = re.compile(rf"{START}(?P<number>{NUMBER})-(?=[^\W\d])")
_PLAIN = re.compile(rf"{START}(?P<sign>{SIGN})(?P<number>{NUMBER})(?![\w]|[.,]\d|\.\d)")
_DOTTED = re.compile(r"(?<![\w.,])(?P<number>\d+(?:\.\d+)+)(?![\w])")
_TIMES = re.compile(r"(?<=\d)\s?[x×]\s?(?=\d)")
_LETTERED = re.compile(rf"{START}(?P<figures>\d{{1,4}})(?P<letter>[a-z])(?!\w)")
_REST = re.compile(r"(?<![^\W_])\d+(?![^\W_])")
_TAKES_OBJECT = frozenset(
    "hat haben hatte hatten bekam bekommt bekommen erhielt erhält erhalten erzielte gewann gewinnt verlor kaufte "
    "verkaufte schoss traf fand sah meldete verzeichnete zählte zählt brauchte braucht suchte sucht fehlte nahm "
    "macht machte verletzte tötete rettete holte brachte um über".split()
)


def cardinals(text: str) -> str:
    """Write out every number that no other class has read, except inside names."""
    text = _TIMES.sub(" mal ", text)
    text = _GLUED.sub(_glued, text)
    text = _LETTERED.sub(lambda match: f"{_long(match['figures'])} {match['letter']}", text)
    text = _HYPHENED.sub(_hyphened, text)
    text = _PLAIN.sub(lambda match: _plain(match, text), text)
    text = _DOTTED.sub(lambda match: " Punkt ".join(map(_version_part, match["number"].split("."))), text)
    return _REST.sub(lambda match: _long(match[0]), text)


def _glued(match: re.Match[str]) -> str:
    number, rest = match["number"], match["rest"]
    if rest == "x":
        return f"{say_number(number, 'ein')} mal"
    return f"{say_number(number, 'ein')}{rest[0].lower()}{rest[1:]}"


def _hyphened(match: re.Match[str]) -> str:
    """Say a number in a compound: "1-Euro-Job" has *ein*, "Formel-1-Team" *eins*."""
    text = match.string
    inside = text[match.start() - 1 : match.start()] == "-" or text[match.end() : match.end() + 2] in {"A-", "a-"}
    return f"{say_number(match['number'], 'eins' if inside else 'ein')}-"


def _version_part(figures: str) -> str:
    return digits(figures) if figures.startswith("0") else _long(figures)


def _long(figures: str) -> str:
    """Say digits; a leading zero is said, a number beyond all scales is read digit by digit."""
    if figures.startswith("0") and len(figures) > 1:
        return digits(figures)
    return cardinal(int(figures)) if len(figures) < 40 else digits(figures)


def _plain(match: re.Match[str], text: str) -> str:
    number, sign = match["number"], SIGNS[match["sign"]]
    if number == "1" and not sign:
        return _one(text, match.start(), match.end())
    if "," not in number and "." not in number and len(number) > 15:
        return sign + _long(number)
    return sign + say_number(number)


def _one(text: str, start: int, end: int) -> str:
    """Return *ein* in the form that its noun and case ask for, or *eins* where it counts nothing."""
    after = right(text, end)
    before = left(text, start)
    if after[:1] in (["bis"], ["oder"], ["und"]) and len(after) > 1 and after[1][:1].isdigit():
        # "1 bis 2 Stunden", but "Platz 1 bis 3".
        return "eins" if len(before) > 1 and before[-1][:1].isupper() else "ein"
    noun = noun_after(after) if text[end : end + 1] == " " else None
    last = before[-1] if before else ""
    if noun is None or (
        last[:1].isupper() and last not in {"Nur", "Etwa", "Rund", "Mit", "Von", "Für", "In", "Nach", "Seit", "Vor"}
    ):
        return "eins"
    form = noun_form(noun)
    lowered = last.lower()
    if form is None or form == "p":
        return "einen" if noun.endswith("en") and lowered not in {"", "ist", "war"} else "ein"
    if lowered in DATIVE:
        return "einer" if form == "f" else "einem"
    if form == "f":
        return "eine"
    takes_object = lowered in ACCUSATIVE or lowered in _TAKES_OBJECT
    return (
        "einen"
        if form == "m" and takes_object and noun not in {"Euro", "Dollar", "Cent", "Meter", "Kilometer"}
        else "ein"
    )
