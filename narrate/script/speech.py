"""Is a marked string speech, or a title, a name, a scare quote?

Weights are set by hand after the relative strength of surface features in German news.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from narrate.german import sentence_spans
from narrate.script.marks import Span
from narrate.script.words import ARTICLES, AUXILIARIES, CUES, NAMING, SOURCES

THRESHOLD = 3.4
SURE = 4.6  # an article whose marked strings all stay below has titles and irony in marks, no speech
FEWEST_WORDS = 4  # for a voice of one's own, unless a whole sentence

_WORD = re.compile(r"\w+(?:[’'-]\w+)*")
_ENDS = re.compile(r"[.!?…][\"“”’»«‘)]*$")
_VERB_OR_PRONOUN = re.compile(
    r"\b(?:ich|wir|er|sie|es|ihr|du|man|uns|mich|mir|ihm|ihn|ihnen|dich|dir|euch|wer|was|ist|sind|war|waren|hat|haben|hatte|hatten|habe|wird|werden|wurde|"
    r"wurden|kann|können|könnte|könnten|soll|sollen|sollte|muss|müssen|müsse|müssten|will|wollen|darf|dürfen|gibt|sei|"
    r"seien|hätte|wäre|würde|geht|macht|bleibt|braucht|brauchen|nicht|werde|lässt|kommt|steht|worden|geworden)\b",
    re.IGNORECASE,
)
_REFLEXIVE = re.compile(r"\bsich\b[^,]{0,40}$|\bals $")
_PRESENTS = re.compile(r"\s*(?:nenn|präsentier|engagier|bekannt|gesetzt|auf)\w*")
_JOINED = re.compile(r"[-‐–]?\w")
_SAID_AFTER = re.compile(r"[,.!?]?\s*,?\s*(?:so|sagt|heißt|hieß|[a-zäöü]+(?:te|ten|t|ieb|ief|ang))\b")


@dataclass(frozen=True, slots=True)
class Quote:
    """A marked string in its sentence.

    Attributes:
        span: Where it is in its paragraph.
        text: Without its marks.
        before: Its sentence up to it, other marked strings masked.
        after: Its sentence from it on, other marked strings masked.
        sentence_start: Where its sentence begins in the paragraph.
        previous: Index of the marked string before it in the same sentence, or None.
    """

    span: Span
    text: str
    before: str
    after: str
    sentence_start: int
    previous: int | None

    @property
    def words(self) -> int:
        """Number of words inside the marks."""
        return len(_WORD.findall(self.text))

    @property
    def whole(self) -> bool:
        """Whether it is a whole sentence or several."""
        return (
            bool(_ENDS.search(self.text))
            and self.text[:1].isupper()
            and (not self.before.strip(" –—(") or self.before.rstrip().endswith((":", "§")))
        )


MASK = "§"  # stands for a marked string in the text around another one
FARTHEST = 700  # characters of a sentence looked at on either side of a quote


def quotes(paragraph: str, found: list[Span]) -> list[Quote]:
    """Put marked strings into their sentences."""
    solid, hollow = list(paragraph), list(paragraph)
    for span in found:
        length = span.end - span.start
        ending = [letter for letter in paragraph[max(span.start, span.end - 3) : span.end] if letter in '.!?…"“”»«']
        solid[span.start : span.end] = ["Q"] * (length - len(ending)) + ending
        hollow[span.start : span.end] = [MASK] + [" "] * (length - 1)
    text = "".join(hollow)
    places = sentence_spans("".join(solid))
    made: list[Quote] = []
    at = 0
    for index, span in enumerate(found):
        while at + 1 < len(places) and places[at][1] <= span.start:
            at += 1
        start, end = places[at]
        inside = paragraph[span.start + 1 : span.end - 1 if span.closed else span.end].strip()
        previous = index - 1 if index and found[index - 1].start >= start else None
        before = text[max(start, span.start - FARTHEST) : span.start]
        after = text[span.end : min(max(end, span.end), span.end + FARTHEST)]
        made.append(Quote(span, inside, before, after, start, previous))
    return made


def is_speech(quote: Quote) -> bool:
    """Tell whether a marked string is something that somebody said or wrote."""
    if _JOINED.match(quote.after) or quote.before[-1:].isalnum() or not quote.words:
        return False
    return score(quote) >= THRESHOLD


def is_sure(quote: Quote) -> bool:
    """Tell whether a marked string is speech beyond doubt."""
    return is_speech(quote) and score(quote) >= SURE


def score(quote: Quote) -> float:
    """Return how much speaks for speech: the sum of the weights of what is seen."""
    words = _WORD.findall(quote.text)
    before = _WORD.findall(quote.before)
    last = before[-1] if before else ""
    beyond = [word for word in words[1:] if word[0].isupper()]
    weight = math.log(len(words) or 1)
    weight += 2.5 * quote.text[:1].islower()
    weight += 1.8 * _cued(before)
    weight += 1.6 * bool(_ENDS.search(quote.text))
    weight += 1.5 * bool(_VERB_OR_PRONOUN.search(quote.text))
    weight += 1.4 * (_cued(_WORD.findall(quote.after)) or bool(_SAID_AFTER.match(quote.after)))
    weight += 1.0 * bool(_SAID_AFTER.match(quote.after) and _cued(_WORD.findall(quote.after)[:1]))
    weight += 1.6 * quote.before.rstrip().endswith(":")
    weight += 0.75 * (len(words) >= 6)
    weight += 0.6 * (len(words) >= 10)
    weight += 0.9 * (last in {"als", "von"})
    weight -= 0.5 * (last in ARTICLES)
    weight -= 1.5 * (last in NAMING or last.endswith(("film", "buch", "titel", "serie", "projekt", "album", "sendung")))
    weight -= 2.0 * any("genannte" in word for word in before[-3:])
    weight -= 1.5 * quote.before.endswith("(")
    weight -= 1.2 * (
        len(words) < 4 and last in ARTICLES and not _cued(before) and not _cued(_WORD.findall(quote.after))
    )
    weight -= 1.0 * bool(_REFLEXIVE.search(quote.before) and _PRESENTS.match(quote.after))
    weight -= 0.75 * quote.after.lstrip().startswith("(")
    weight -= 0.9 * len(beyond) / max(1, len(words) - 1)
    return weight


def _cued(words: list[str]) -> bool:
    return any(word in CUES or word in SOURCES or word in {"heißt", "wörtlich", "Zitat", "Laut"} for word in words) or (
        len(words) > 1 and words[-1] in {"Worten"} and AUXILIARIES.isdisjoint(words)
    )
