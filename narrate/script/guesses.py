"""Who is likely to say a quote: right more often than not, but not sure enough for a voice of one's own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from narrate.german.abbreviations import STARTERS
from narrate.model import Speaker
from narrate.script.clauses import cue, last_clause, mention, until_stop
from narrate.script.names import TOKEN
from narrate.script.people import People
from narrate.script.phrases import phrases
from narrate.script.speakers import Attribution
from narrate.script.speech import Quote
from narrate.script.words import CUES, MEDIA, TIMES

_REPORTED = re.compile(r"\b(?:sei|seien|habe|müsse|müssten|könne|könnten|werde|wolle|solle|dürfe|hätten|gebe|gehe)\b")
Earlier = Sequence[tuple[Quote, Speaker | None]]


class Guesses:
    """Names a speaker wherever anybody is near: media, texts, names that stand nowhere in full."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._sure = Attribution(people, LikelyNames())
        self._anything = Attribution(people, LikelyNames(), anything=True)

    def likely(self, quote: Quote, paragraph: int, earlier: Earlier) -> tuple[Speaker | None, str]:
        """Return who says a quote, or is at least likely to, and what the article calls them there."""
        self._sure.mention = self._anything.mention = ""
        found = self._sure.speaker(quote, paragraph, earlier) or self._nearest(quote, paragraph, earlier)
        return found, self._anything.mention or self._sure.mention

    def _nearest(self, quote: Quote, paragraph: int, earlier: Earlier) -> Speaker | None:
        """Return the subject of the sentence, else who spoke or was named last."""
        place = (paragraph, quote.span.start)
        sides = [[match[0] for match in TOKEN.finditer(text)] for text in (quote.before, quote.after)]
        found = self._sure.named(_medium(*sides)) or self._reported(quote, paragraph, earlier)
        found = found or next(filter(None, (self._sure.subject(words, place) for words in sides)), None)
        named = self._people.mentions(paragraph, quote.sentence_start, quote.span.start)
        if found is None and named:
            return named[0].speaker()
        if found is None and earlier and not any(word[0].isupper() for word in sides[0][1:]):
            found = earlier[-1][1]
        found = found or next(filter(None, (self._anything.subject(words, place) for words in sides)), None)
        if found is None and earlier:
            found = earlier[-1][1]
        named = self._people.mentions(paragraph, 0, quote.span.start) or self._people.mentions(paragraph - 1, 0, 10**9)
        return found or (named[-1].speaker() if named else None)

    def _reported(self, quote: Quote, paragraph: int, earlier: Earlier) -> Speaker | None:
        """A sentence in reported speech without a verb of saying continues what somebody said before."""
        if not _REPORTED.search(f"{quote.before} {quote.after}"):
            return None
        if earlier and earlier[-1][1]:
            return earlier[-1][1]
        named = self._people.mentions(paragraph, 0, quote.sentence_start)
        return named[-1].speaker() if named else None


class LikelyNames:
    """Names likely speakers; see :class:`narrate.script.speakers.Namer`."""

    def bare_name(self, words: Sequence[str]) -> str | None:
        """Return a name right behind the verb that stands nowhere in full."""
        run = list(words[: next((at for at, word in enumerate(words) if not word[0].isupper()), len(words))])
        if not run or run[0] in TIMES or run[0] in STARTERS or MEDIA.fullmatch(run[-1]):
            return None
        return " ".join(run)

    def called(self, words: Sequence[str]) -> str | None:
        """Return what the first noun phrase calls somebody or something."""
        found = phrases(words[:9])
        return mention(found[0], words, found[1:]) if found and not found[0].pronoun else None

    def document(self, before: Sequence[str], after: Sequence[str]) -> str | None:
        """In dem Antrag heißt es; heißt es in einer Mitteilung: what speaks is a text."""
        for words in (until_stop(after), before):
            at = next((at for at, word in enumerate(words) if word.lower() in {"in", "im", "auf", "aus"}), None)
            if at is not None:
                return self.called(words[at + 1 :])
        return None


def _medium(before: list[str], after: list[str]) -> str | None:
    """Die Nachrichtenagentur meldet: „…“. „…“, schreibt das Blatt."""
    verb = cue(before)
    clauses = [last_clause(before[:verb])] if verb is not None else []
    words = [word for word in after if word not in ",–—!?."]
    clauses += [words[1:5]] if words and words[0] in CUES else []
    for clause in clauses:
        named = phrases(clause)
        if named and MEDIA.fullmatch(named[0].words[-1]) and clause[named[0].start - 1 : named[0].start] != ["im"]:
            return LikelyNames().called(clause)
    return None
