"""Ordinals in figures: the ending comes from the article, the preposition and the noun."""

from __future__ import annotations

import re

from narrate.german.context import left, right
from narrate.german.grammar import WEEKDAYS, date_ending, noun_after, noun_form, ordinal_ending
from narrate.german.numbers import ordinal
from narrate.german.stops import stop_role

_JOIN = r"(?:\s(?:und|oder|bis|sowie)\s|,\s|/|\sund/oder\s)"
_CHAIN = re.compile(
    rf"(?<![\w.,:/§-])(?P<chain>\d{{1,4}}\.(?:{_JOIN}\d{{1,4}}\.){{0,8}})(?!\d|\.\d)(?P<hyphen>-(?=[A-Za-zÄÖÜäöü]))?"
)
_ONE = re.compile(r"(\d+)\.")
_GLUED = re.compile(r"(?<![\w.,:/-])(?P<figures>\d{1,4})(?P<ending>s?te[nrsm]?)(?!\w)")


def ordinals(text: str) -> str:
    """Write out ordinals; a stop that ends the sentence too stays."""
    text = _GLUED.sub(lambda match: ordinal(int(match["figures"]), _ending_of(match["ending"])), text)
    return _CHAIN.sub(lambda match: _chain(match, text), text)


def _ending_of(printed: str):  # type: ignore[no-untyped-def]
    return printed[printed.index("te") + 1 :]


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
    plural = len(figures) > 1 and before[-1:] in (["die"], ["Die"]) and (noun is None or noun_form(noun) == "p")
    of_day = noun is None and any(word in WEEKDAYS for word in before[-2:])
    ending = "en" if plural else date_ending(before) if of_day else ordinal_ending(before, noun, None if noun else "m")
    spoken = _say(match["chain"], ending)
    return spoken + ("." if role in {"both", "end"} else "")


def _say(chain: str, ending) -> str:  # type: ignore[no-untyped-def]
    return _ONE.sub(lambda match: ordinal(int(match[1]), ending), chain).replace("/", " ")
