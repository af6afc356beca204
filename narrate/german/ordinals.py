"""Ordinals in figures: the ending comes from the article, the preposition and the noun."""

from __future__ import annotations

import re
from typing import cast

from narrate.german.context import left, right
from narrate.german.grammar import WEEKDAYS, date_ending, noun_after, noun_form, ordinal_ending
from narrate.german.numbers import Ending, cardinal, ordinal
from narrate.german.stops import stop_role

_JOIN = r"(?:\s(?:und|oder|bis|sowie)\s|,\s|/|\sund/oder\s)"
_CHAIN = re.compile(
    rf"(?<![\w.,:/§-])(?P<chain>\d{{1,4}}\.(?:{_JOIN}\d{{1,4}}\.){{0,8}})(?!\d|\.\d)(?P<hyphen>-(?=[A-Za-zÄÖÜäöü]))?"
)
_ADDED = re.compile(r"(?<![\w.,])(?P<full>\d{2,3})\.\s?\+\s?(?P<added>\d{1,2})\.?(?=\s(?:Spielm|M)inute)")
_GROUPED = re.compile(r"(?<![\w.,])(?P<figures>\d{1,3}(?:\.\d{3})+)\.(?=\s[A-Za-zÄÖÜäöü])")
_BECAME = frozenset("sie Sie wurde wird als".split())
_ONE = re.compile(r"(\d+)\.")
_GLUED = re.compile(r"(?<![\w.,:/-])(?P<figures>\d{1,4})(?P<ending>s?te[nrsm]?)(?!\w)")


def ordinals(text: str) -> str:
    """Write out ordinals; a stop that ends the sentence too stays."""
    text = _GLUED.sub(lambda match: ordinal(int(match["figures"]), _ending_of(match["ending"])), text)
    text = _ADDED.sub(lambda match: _added(match, text), text)
    text = _GROUPED.sub(lambda match: _grouped(match, text), text)
    return _CHAIN.sub(lambda match: _chain(match, text), text)


def _ending_of(printed: str) -> Ending:
    return cast(Ending, printed[printed.index("te") + 1 :])


def _grouped(match: re.Match[str], text: str) -> str:
    """Write out "ihr 1.000. Tor"; a number at the end of a sentence stays one."""
    before, after = left(text, match.start()), right(text, match.end())
    number = int(match["figures"].replace(".", ""))
    if stop_role(before, "100", after) != "ordinal":
        return match[0]
    return ordinal(number, ordinal_ending(before, noun_after(after), "m"))


def _added(match: re.Match[str], text: str) -> str:
    """Write out a minute of added time: "in der 90.+4 Minute"."""
    ending = ordinal_ending(left(text, match.start()), "Minute")
    return f"{cardinal(int(match['full']))} plus {ordinal(int(match['added']), ending)}"


def _chain(match: re.Match[str], text: str) -> str:
    """Write out ordinals that share one noun."""
    before, after = left(text, match.start()), right(text, match.end())
    figures = _ONE.findall(match["chain"])
    if match["hyphen"]:
        ending = ordinal_ending(before, after[0].partition("-")[0] if after else None, "m")
        return _say(match["chain"], ending) + "-"
    role = stop_role(before, figures[-1], after)
    if role == "end" and len(figures) == 1:
        return match[0]
    noun = noun_after(after) if role == "ordinal" else None
    spoken = _say(match["chain"], _ending(before, noun, len(figures) > 1))
    return spoken + ("." if role in {"both", "end"} else "")


def _ending(before: list[str], noun: str | None, several: bool) -> Ending:
    """Return the ending that fits what goes before and the noun, if there is one."""
    last = before[-1] if before else ""
    if several and last in {"die", "Die"} and (noun is None or noun_form(noun) == "p"):
        return "en"
    if noun is None and any(word in WEEKDAYS for word in before[-2:]):
        return date_ending(before)
    if noun is None and last in _BECAME and {"sie", "Sie"} & set(before[-3:]):
        return "e"
    return ordinal_ending(before, noun, None if noun else "m")


def _say(chain: str, ending: Ending) -> str:
    return _ONE.sub(lambda match: ordinal(int(match[1]), ending), chain).replace("/", " und ")
