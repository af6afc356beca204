"""Lines of a file to paragraphs: wrapped lines joined, others left alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

NARROWEST = 40  # characters; wrapped text is at least so wide
WIDEST = 130
RAGGED = 0.75  # of the width; a line that much shorter was broken on purpose
WRAPPED_SHARE = 0.5  # of inner lines that stop in the middle of a sentence

_LIST = re.compile(r"(?:[-*•–—·]|\d{1,3}[.)]|[a-z]\)|[IVXLC]+\.|\(\d+\))\s")
_KEEPS_HYPHEN = frozenset({"und", "oder", "bis", "bzw.", "sowie", "noch", "als", "wie", "statt"})


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph or heading to be.

    Attributes:
        text: White space normalised.
        blank_before: Blank lines before it.
    """

    text: str
    blank_before: int


def layout(text: str) -> list[Line]:
    """Return the lines of a text, wrapped lines joined to paragraphs.

    Lines are joined only where blank lines separate paragraphs and the lines between
    them are full and stop in the middle of sentences.
    """
    blocks: list[list[str]] = []
    blanks: list[int] = []
    blank = 0
    for raw in text.split("\n"):
        line = " ".join(raw.split())
        if not line:
            blank += 1
            continue
        if blank or not blocks:
            blocks.append([])
            blanks.append(blank)
        blocks[-1].append(line)
        blank = 0
    width = _wrapped_at(blocks)
    found: list[Line] = []
    for block, before in zip(blocks, blanks, strict=True):
        for number, paragraph in enumerate(_joined(block, width) if width else block):
            found.append(Line(paragraph, 0 if number else before))
    return found


def _wrapped_at(blocks: list[list[str]]) -> int:
    """Return the width that the text is wrapped at, or 0 where it is not."""
    inner = [line for block in blocks for line in block[:-1]]
    if len(blocks) < 2 or not inner:
        return 0
    full = sorted(map(len, inner))
    width = full[len(full) * 9 // 10]
    if not NARROWEST <= width <= WIDEST or full[-1] > 2 * width:
        return 0
    if any(len(line) > 1.6 * width for block in blocks for line in block):
        return 0
    open_ends = sum(1 for line in inner if line[-1] not in '.!?:…“”"»«)')
    return width if open_ends >= WRAPPED_SHARE * len(inner) else 0


def _joined(block: list[str], width: int) -> list[str]:
    """Join the wrapped lines of a block."""
    paragraphs: list[list[str]] = [[block[0]]]
    for before, line in pairwise(block):
        room = len(before) + 1 + len(line.partition(" ")[0])
        if room <= RAGGED * width or _LIST.match(line):
            paragraphs.append([line])
        elif before.endswith("-") and before[-2:-1].isalpha() and line.partition(" ")[0] not in _KEEPS_HYPHEN:
            paragraphs[-1][-1] = before if line[0].isupper() or line[0].isdigit() else before[:-1]
            paragraphs[-1].append("\0" + line)
        else:
            paragraphs[-1].append(line)
    return [" ".join(lines).replace(" \0", "") for lines in paragraphs]
