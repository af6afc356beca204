"""Who is likely to say a quote: right more often than not, but not sure enough for a voice of one's own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from narrate.german.abbreviations import STARTERS
from narrate.model import Speaker
from narrate.script.clauses import cue, last_clause, mention, until_stop
from narrate.script.names import TOKEN
from narrate.script.phrases import phrases
from narrate.script.speakers import Attribution
from narrate.script.speech import Quote
from narrate.script.words import CUES, MEDIA, TIMES

_REPORTED = re.compile(r"\b(?:sei|seien|habe|müsse|müssten|könne|könnten|werde|wolle|solle|dürfe|hätten|gebe|gehe)\b")
Earlier = Sequence[tuple[Quote, Speaker | None]]


class Guesses(Attribution):
    """Names a speaker wherever anybody is near: media, texts, names that stand nowhere in full."""

    _unsure = True

    def likely(self, quote: Quote, paragraph: int, earlier: Earlier) -> tuple[Speaker | None, str]:
        """Return who says a quote, or is at least likely to, and what the article calls them there."""
        self._mention = ""
        return self.speaker(quote, paragraph, earlier) or self._nearest(quote, paragraph, earlier), self._mention

    def _nearest(self, quote: Quote, paragraph: int, earlier: Earlier) -> Speaker | None:
        """Return the subject of the sentence, else who spoke or was named last."""
        place = (paragraph, quote.span.start)
        sides = [[match[0] for match in TOKEN.finditer(text)] for text in (quote.before, quote.after)]
        found = self._medium(*sides) or self._reported(quote, paragraph, earlier)
        found = found or next(filter(None, (self._subject(words, place) for words in sides)), None)
        told = self._people.mentions(paragraph, quote.sentence_start, quote.span.start)
        if found is None and told:
            return told[0].speaker()
        if found is None and earlier and not any(word[0].isupper() for word in sides[0][1:]):
            found = earlier[-1][1]
        self._anything = True
        try:
            found = found or next(filter(None, (self._subject(words, place) for words in sides)), None)
        finally:
            self._anything = False
        if found is None and earlier:
            found = earlier[-1][1]
        told = self._people.mentions(paragraph, 0, quote.span.start) or self._people.mentions(paragraph - 1, 0, 10**9)
        return found or (told[-1].speaker() if told else None)

    def _reported(self, quote: Quote, paragraph: int, earlier: Earlier) -> Speaker | None:
        """A sentence in reported speech without a verb of saying goes on with what somebody said before."""
        if not _REPORTED.search(f"{quote.before} {quote.after}"):
            return None
        if earlier and earlier[-1][1]:
            return earlier[-1][1]
        told = self._people.mentions(paragraph, 0, quote.sentence_start)
        return told[-1].speaker() if told else None

    def _bare_name(self, words: Sequence[str]) -> Speaker | None:
        """Return a name right behind the verb that stands nowhere in full."""
        run = list(words[: next((at for at, word in enumerate(words) if not word[0].isupper()), len(words))])
        if not run or run[0] in TIMES or run[0] in STARTERS or MEDIA.fullmatch(run[-1]):
            return None
        self._mention = " ".join(run)
        return Speaker(self._mention)

    def _document(self, before: Sequence[str], after: Sequence[str]) -> Speaker | None:
        """In dem Antrag heißt es; heißt es in einer Mitteilung: what speaks is a text."""
        for words in (until_stop(after), before):
            at = next((at for at, word in enumerate(words) if word.lower() in {"in", "im", "auf", "aus"}), None)
            if at is not None:
                return self._called(words[at + 1 :])
        return None

    def _medium(self, before: list[str], after: list[str]) -> Speaker | None:
        """Die Nachrichtenagentur meldet: „…“. „…“, schreibt das Blatt."""
        verb = cue(before)
        told = [last_clause(before[:verb])] if verb is not None else []
        words = [word for word in after if word not in ",–—!?."]
        told += [words[1:5]] if words and words[0] in CUES else []
        for clause in told:
            named = phrases(clause)
            if named and MEDIA.fullmatch(named[0].words[-1]) and clause[named[0].start - 1 : named[0].start] != ["im"]:
                return self._called(clause)
        return None

    def _called(self, words: Sequence[str]) -> Speaker | None:
        """Return what the first noun phrase calls somebody or something."""
        found = phrases(words[:9])
        if not found or found[0].pronoun:
            return None
        self._mention = mention(found[0], words, found[1:])
        return Speaker(self._mention)
