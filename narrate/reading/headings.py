"""Which lines of a plain text are headings.

A numbered heading counts only as one of a series, or with a number that nothing but
a heading has (01, Kapitel 3). An unnumbered one counts where its layout is convincing.
When in doubt a line is text: it is spoken either way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from narrate.reading.layout import Line

MOST_WORDS = 12
MOST_CHARACTERS = 100
BODY = 80  # characters; an unnumbered heading stands over at least so much

_NUMBERED = re.compile(
    r"(?P<word>(?:Kapitel|Teil|Abschnitt|Akt|Folge) (?:\d{1,3}|[IVXLC]{1,6}))(?:\s?[:.–—-]\s?|\s)(?P<w>.+)"
    r"|(?P<zero>0\d)(?:[.):]|\s?[–—|/-])?\s(?P<z>.+)"
    r"|(?P<multi>\d{1,2}(?:\.\d{1,2}){1,3}\.?)\s(?P<m>.+)"
    r"|(?P<dot>\d{1,2})\.\s(?P<d>.+)"
    r"|\(?(?P<paren>\d{1,2})\)\s(?P<p>.+)"
    r"|(?P<hash>[#§]\s?\d{1,2})[.:)]?\s(?P<h>.+)"
    r"|(?P<colon>\d{1,2})(?::|\s?[–—|/-])\s(?P<c>.+)"
    r"|(?P<roman>[IVXLC]{1,6})[.):]\s(?P<r>.+)"
    r"|(?P<bare>\d{1,2})\s(?P<b>.+)"
)
_TICKER = re.compile(r"\+\+\+\s*(.{3,120}?)\s*\+\+\+")
_KINDS = {
    "word": "w", "zero": "z", "multi": "m", "dot": "d", "paren": "p", "hash": "h", "colon": "c", "roman": "r",
    "bare": "b",
}  # fmt: skip
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_LABEL = re.compile(
    r"(?:Quellen?|Fotos?|Bild(?:er|quelle)?|Text|Übersetzung|Redaktion|Lesen Sie|Hinweis|Anmerkung|Autor(?:in)?|Von|"
    r"Mehr zum Thema|Dieser|Copyright|©|Stand|Frage|Antwort|Dein|Deine|Euer|Eure|Ihr|Ihre|Herzlich\w*|"
    r"Mit \w+ Gr[uü]ß\w*|Viele Grüße|Liebe Grüße|Liebe[rs]?|Hallo|Sehr geehrte\w*|Guten|Danke|PS|P\.S\.)\b",
)
_FIRST_PERSON = re.compile(r"\b(?:[Ii]ch|[Mm]ein\w*|[Mm]ir|[Mm]ich|[Ww]ir|[Uu]ns\w*|[Ee]uch|[Dd]u)\b")
_UNLIKE = re.compile(
    r"[#@]\w|https?:|www\.|^[-*•–—·]|^\W*$|\d{1,2}\.\s?(?:\d{1,2}\.|\w+)\s?\d{2,4}|[\U0001F300-\U0001FAFF\u2600-\u27BF]"
)
_ENDS_SENTENCE = re.compile(r"[.!?…:][\"“”’»«)]*$")


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A line that may be a numbered heading: where, in which style, which number, the words."""

    at: int
    kind: str
    number: tuple[int, ...]
    words: str


def headings(lines: Sequence[Line]) -> dict[int, str]:
    """Find the headings among the lines of an article.

    Returns:
        Index of each heading and its words, without its number.
    """
    ticker = {at: match[1] for at, line in enumerate(lines) if (match := _TICKER.fullmatch(line.text))}
    return (_numbered(lines) or _unnumbered(lines)) | ticker


def _short(text: str) -> bool:
    """Tell whether a line has the shape of a heading: short, without a final stop."""
    return len(text) <= MOST_CHARACTERS and len(text.split()) <= MOST_WORDS and text[-1] not in ".:;,…–-"


def _numbered(lines: Sequence[Line]) -> dict[int, str]:
    candidates: dict[int, _Numbered] = {}
    for at, line in enumerate(lines):
        found = _parse(at, line.text)
        if found is not None and at + 1 < len(lines):
            candidates[at] = found
    # Neighbours of one style and depth are a list, not headings without text.
    listed = {
        place
        for at, found in candidates.items()
        if at + 1 in candidates and _alike(found, candidates[at + 1])
        for place in (at, at + 1)
    }
    series = {(found.kind, found.number) for at, found in candidates.items() if at not in listed}
    return {
        at: found.words
        for at, found in candidates.items()
        if at not in listed and (found.kind in {"zero", "word"} or _in_series(found, series))
    }


def _parse(at: int, text: str) -> _Numbered | None:
    """Read a line as a numbered heading, or return None."""
    if not _short(text):
        return None
    match = _NUMBERED.fullmatch(text)
    if match is None or match.lastgroup is None:
        return None
    kind = next(name for name in _KINDS if match[name] is not None)
    words = match[_KINDS[kind]].strip()
    if not words or words[0].islower() or not re.search(r"[^\W\d_]", words):
        return None
    number = match[kind].rpartition(" ")[2].strip("#§. ")
    return _Numbered(at, kind, tuple(_value(part) for part in number.split(".") if part), words)


def _value(number: str) -> int:
    if number.isdigit():
        return int(number)
    digits = [_ROMAN[letter] for letter in number]
    return sum(-one if one < two else one for one, two in zip(digits, [*digits[1:], 0], strict=True))


def _alike(one: _Numbered, two: _Numbered) -> bool:
    return one.kind == two.kind and len(one.number) == len(two.number)


def _in_series(found: _Numbered, series: set[tuple[str, tuple[int, ...]]]) -> bool:
    """Tell whether the numbers of a style count up from 0 or 1 through this one."""
    *above, last = found.number
    kinds = ("multi", "dot", "bare") if found.kind == "multi" else (found.kind,)

    def there(*number: int) -> bool:
        return any((kind, number) in series for kind in kinds)

    if last > 1:
        return there(*above, last - 1)
    return there(*above, last + 1) or (bool(above) and there(*above))


def _unnumbered(lines: Sequence[Line]) -> dict[int, str]:
    blanks = sum(1 for line in lines if line.blank_before)
    spaced = blanks >= len(lines) / 2
    return {at: line.text for at, line in enumerate(lines) if _stands_out(lines, at, spaced)}


def _stands_out(lines: Sequence[Line], at: int, spaced: bool) -> bool:
    """Tell whether a line without a number is a heading by its layout."""
    text = lines[at].text
    if at + 1 >= len(lines) or not _short(text) or text[0].islower() or _ENDS_SENTENCE.search(text.rstrip("?!")):
        return False
    if _LABEL.match(text) or _FIRST_PERSON.search(text) or _UNLIKE.search(text) or _NUMBERED.fullmatch(text):
        return False
    after = lines[at + 1].text
    if text[-1] in "!?" and not (spaced and lines[at].blank_before):
        return False
    if at and (not _ENDS_SENTENCE.search(lines[at - 1].text) or lines[at - 1].text.endswith((":", ","))):
        return False
    if len(after) < max(BODY, 1.5 * len(text)) or not _ENDS_SENTENCE.search(after):
        return False
    return bool(lines[at].blank_before) if spaced else True
