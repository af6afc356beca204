"""Printed German to spoken German: one pass a semiotic class, in the order written here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from narrate.german import (
    acronyms,
    cardinals,
    chapters,
    clock,
    dates,
    folding,
    fractions,
    gender_forms,
    handles,
    legal,
    measures,
    money,
    names,
    ordinals,
    percent,
    ranges,
    roman,
    short_forms,
    symbols,
    telephone,
    urls,
    years,
)
from narrate.german import emoji as emoji_signs
from narrate.german.emoji import EmojiReading

Pass = tuple[re.Pattern[str], Callable[[str], str]]

# Each class with the pattern without which it has nothing to do. Addresses come first, since they hold every other
# sign; what has a unit comes before bare numbers; cardinals take what is left.
ORDER: tuple[Pass, ...] = (
    (urls.NEEDED, urls.urls),
    (handles.NEEDED, handles.handles),
    (gender_forms.NEEDED, gender_forms.gender_forms),
    (telephone.NEEDED, telephone.telephone),
    (ranges.NEEDED, ranges.ranges),
    (legal.NEEDED, legal.legal),
    (names.NEEDED, names.names),
    (chapters.NEEDED, chapters.chapters),
    (roman.NEEDED, roman.roman),
    (clock.NEEDED, clock.clock),
    (dates.NEEDED, dates.dates),
    (money.NEEDED, money.money),
    (percent.NEEDED, percent.percent),
    (measures.NEEDED, measures.measures),
    (fractions.NEEDED, fractions.fractions),
    (years.NEEDED, years.years),
    (ordinals.NEEDED, ordinals.ordinals),
    (cardinals.NEEDED, cardinals.cardinals),
    (short_forms.NEEDED, short_forms.short_forms),
    (acronyms.NEEDED, acronyms.acronyms),
    (symbols.NEEDED, symbols.symbols),
)

MOST_ROUNDS = 5

# A place where a piece of text may be cut without a look at its neighbours: a line, or a long word and its stop.
_SEAM = re.compile(r"\n+|(?<=[a-zäöüß]{6}[.!?]) (?=[A-ZÄÖÜ„»])")


def verbalize(text: str, emoji: EmojiReading = "silent") -> str:
    """Write out everything in a text that is not said as it is printed.

    Numbers, dates, units, abbreviations, acronyms, signs and addresses become words;
    words stay as they are. Number words are written apart ("vier und neunzig"), as
    espeak-ng wants them; ``joined`` joins them. Twice is the same as once. Time is
    linear in the length.

    Args:
        text: German as printed, any Unicode.
        emoji: Whether emoji are silent or called by name.
    """
    text = folding.fold(text) if folding.NEEDED.search(text) else text
    if emoji_signs.NEEDED.search(text):
        text = partial(emoji_signs.emoji, reading=emoji)(text)
    return "".join(_verbalized(piece) for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    """Yield the text in pieces of about a sentence, with what lies between them."""
    at = 0
    for seam in _SEAM.finditer(text):
        yield text[at : seam.start()]
        yield seam[0]
        at = seam.end()
    yield text[at:]


def _verbalized(piece: str) -> str:
    """Read a piece until nothing changes: what one class leaves may belong to another, in odd text."""
    for _ in range(MOST_ROUNDS):
        spoken = _once(piece)
        if spoken == piece:
            break
        piece = spoken
    return piece


def _once(piece: str) -> str:
    for needed, reading in ORDER:
        if needed.search(piece):
            piece = reading(piece)
    return piece
