"""Where quotation marks open and close."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_MARK = re.compile('[„“”"»«]')
_GUILLEMET = re.compile(r"(?:^|[\s(\[:–—])([»«])(?=\S)", re.MULTILINE)
_ENGLISH = re.compile(r"(?:^|[\s(\[:–—])“(?=\w)", re.MULTILINE)
_CLAUSE = re.compile(r",\s(?=(?:so|sagt|sagte|erklärt|erklärte|meint|meinte|betont|betonte|fragt|fragte|heißt|hieß)\s)")
_BEFORE_OPENING = "([{–—-/:,;\u00a0"
_AFTER_CLOSING = ".,;:!?)]}–—-/…'’‘”“\"«»"


@dataclass(frozen=True, slots=True)
class Style:
    """How an article prints its quotation marks.

    Attributes:
        left: The guillemet that opens.
        english: Whether “ opens.
    """

    left: str = "»"
    english: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A marked string, marks included, as offsets into its paragraph, half-open.

    Attributes:
        start: Of the opening mark.
        end: After the closing mark, or where an unclosed quote ends.
        closed: Whether its closing mark was found.
    """

    start: int
    end: int
    closed: bool = True


def style_of(text: str) -> Style:
    """Decide once for an article which marks open."""
    found = [match[1] for match in _GUILLEMET.finditer(text)]
    left = "«" if found.count("«") > found.count("»") else "»"
    return Style(left, "„" not in text and bool(_ENGLISH.search(text)))


def spans(paragraph: str, style: Style) -> list[Span]:
    """Find the outermost marked strings of a paragraph.

    A quote that never closes ends at its paragraph, at the next opening mark, or
    before the clause that tells who speaks.
    """
    opened: list[tuple[int, str]] = []
    found: list[Span] = []
    for match in _MARK.finditer(paragraph):
        at, mark = match.start(), match[0]
        if _opens(paragraph, at, mark, style, opened):
            opened.append((at, mark))
        elif opened and _closes(mark, opened[-1][1], style):
            start, _ = opened.pop()
            found.append(Span(start, at + 1))
    starts = sorted({span.start for span in found} | {start for start, _ in opened})
    for start, _ in opened:
        after = bisect_right(starts, start)
        found.append(_unclosed(paragraph, start, starts[after] if after < len(starts) else len(paragraph)))
    return _outermost(found)


def _opens(text: str, at: int, mark: str, style: Style, opened: list[tuple[int, str]]) -> bool:
    if mark == "„":
        return True
    if mark in "»«":
        return mark == style.left
    if mark == "“":
        return style.english
    if mark == "”":
        return False
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    if opened and opened[-1][1] in '"„':
        return (before.isspace() or before in "([") and not after.isspace() and after not in _AFTER_CLOSING
    if after.isspace() or before.isalnum():
        return False
    return before.isspace() or before in _BEFORE_OPENING or before in "„»«“"


def _closes(mark: str, opening: str, style: Style) -> bool:
    if opening == "„":
        return mark in '“”"'
    if opening == "“":
        return mark in '”"'
    if opening == '"':
        return mark in '"”“'
    return mark in "»«" and mark != style.left


def _unclosed(text: str, start: int, end: int) -> Span:
    """End a quote without a closing mark, no later than at an offset."""
    clause = _CLAUSE.search(text, start, end)
    if clause:
        end = clause.start()
    while end > start + 1 and text[end - 1].isspace():
        end -= 1
    return Span(start, end, closed=False)


def _outermost(found: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
