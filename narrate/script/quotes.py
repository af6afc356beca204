"""Direct speech in a plain text, for others to measure and to use."""

from __future__ import annotations

import re
from collections.abc import Iterable

from narrate.model import Speaker
from narrate.script.guesses import Guesses
from narrate.script.marks import Span, Style, spans, style_of
from narrate.script.people import People
from narrate.script.speakers import Attribution
from narrate.script.speech import FEWEST_WORDS, Quote, is_speech, is_sure, quotes

_PARAGRAPH = re.compile(r"[^\n]+")


def anybody_speaks(paragraphs: Iterable[str], style: Style) -> bool:
    """Tell whether an article quotes anybody: at least one marked string is speech beyond doubt."""
    return any(is_sure(quote) for text in paragraphs for quote in quotes(text, spans(text, style)))


def speech(text: str, index: int, marked: list[Span], attribution: Attribution) -> list[tuple[Quote, Speaker | None]]:
    """Return the direct speech of a paragraph with its speakers, in order."""
    found: list[tuple[Quote, Speaker | None]] = []
    for quote in quotes(text, marked):
        if is_speech(quote):
            found.append((quote, attribution.speaker(quote, index, found)))
    return found


def find_spoken(text: str) -> list[tuple[int, int, str | None]]:
    """Find direct speech and who says it.

    Args:
        text: An article; paragraphs on lines of their own.

    Returns:
        Start and end (half-open, without the marks) and the speaker, by full name where the
        article gives it, with what the article calls them there: ``Jana Thoms (die
        Kapitänin)``; None where nobody is near. A likely speaker is told too, who would not
        be given a voice.
    """
    lines = [(match.start(), match[0]) for match in _PARAGRAPH.finditer(text)]
    paragraphs = [line for _, line in lines]
    style = style_of(text)
    attribution = Guesses(People(paragraphs))
    found: list[tuple[int, int, str | None]] = []
    if not anybody_speaks(paragraphs, style):
        return found
    for index, (start, line) in enumerate(lines):
        earlier: list[tuple[Quote, Speaker | None]] = []
        for quote in quotes(line, spans(line, style)):
            if not is_speech(quote):
                continue
            speaker, mention = attribution.likely(quote, index, earlier)
            earlier.append((quote, speaker))
            end = quote.span.end - (1 if quote.span.closed else 0)
            found.append((start + quote.span.start + 1, start + end, _described(speaker, mention)))
    return found


def _described(speaker: Speaker | None, mention: str) -> str | None:
    """Return a name and, where it says more, what the article calls its bearer there."""
    if speaker is None or not mention or set(re.findall(r"\w+", mention)) <= set(re.findall(r"\w+", speaker.name)):
        return speaker.name if speaker else None
    return mention if speaker.name in mention else f"{speaker.name} ({mention})"


def find_quotes(text: str) -> list[tuple[int, int]]:
    """Find direct speech.

    Args:
        text: An article; paragraphs on lines of their own.

    Returns:
        Start and end of every quote, half-open, without the marks, in order.
    """
    return [(start, end) for start, end, _ in find_spoken(text)]


def deserves_a_voice(quote: Quote) -> bool:
    """Tell whether a quote is long enough for a voice of its own: four words, or a whole sentence."""
    return quote.words >= FEWEST_WORDS or quote.whole
