"""Who says a quote: cue patterns, aliases, pronouns; unknown where none is sure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from narrate.model import Gender, Speaker
from narrate.script.clauses import attribute, cue, last_clause, main_clause, mention, until_stop
from narrate.script.names import TOKEN
from narrate.script.people import People, Person
from narrate.script.phrases import Phrase, named_words, phrases
from narrate.script.speech import MASK, Quote
from narrate.script.words import AUXILIARIES, BODIES, CUES, GROUPS, MEDIA, TIMES, role_gender

_AFTER_SOURCE = frozenset({"laut", "so", "gemäß", "Laut", "Gemäß"})
_SUBORDINATE = frozenset("Als Nachdem Bevor Weil Wenn Während Obwohl Da Um Seit Sobald Indem Auch Wie".split())
_OPINIONS = frozenset("Angaben Worten Ansicht Meinung Aussage Aussagen Einschätzung Auskunft".split())
_RELATIVE = frozenset({"der", "die", "das", "welcher", "welche"})
_AGED_SUBJECT = re.compile(r"(?:\w+ )?(?P<article>[Dd]er|[Dd]ie|[Ee]ine?) \d{1,3}-Jährige[rn]?\b")
_ARTICLE_GENDER: dict[str, Gender] = {"die": "f", "eine": "f", "der": "m", "ein": "m"}


class Namer(Protocol):
    """Names a likely speaker from words where somebody stands, but not surely enough for a voice of their own."""

    def bare_name(self, words: Sequence[str]) -> str | None:
        """Return a name right behind the verb that stands nowhere in full."""

    def called(self, words: Sequence[str]) -> str | None:
        """Return what somebody or something is called that stands where a source stands."""

    def document(self, before: Sequence[str], after: Sequence[str]) -> str | None:
        """Return what a text that speaks is called."""


class Attribution:
    """Finds the speaker of one quote after another, in reading order.

    Args:
        people: Everybody named in the article.
        namer: Names likely speakers too; None for sure ones only.
        anything: Whether anything may speak, not only people and bodies.

    Attributes:
        mention: What the article calls the speaker who was found last, there.
    """

    def __init__(self, people: People, namer: Namer | None = None, anything: bool = False) -> None:
        self._people, self._namer, self._anything = people, namer, anything
        self.mention = ""

    def speaker(self, quote: Quote, paragraph: int, earlier: Sequence[tuple[Quote, Speaker | None]]) -> Speaker | None:
        """Return who says a quote, or None."""
        before = [match[0] for match in TOKEN.finditer(quote.before)]
        after = [match[0] for match in TOKEN.finditer(quote.after)]
        place = (paragraph, quote.span.start)
        found = (
            self._clause_after(after, place)
            or self._clause_before(before, after, quote.sentence_start, place)
            or self._source(before, after, place)
        )
        if found is not None:
            return found
        return self._going_on(quote, before, paragraph, earlier)

    def _clause_after(self, after: list[str], place: tuple[int, int]) -> Speaker | None:
        """„…“, sagte X. „…“, so X. „…“, hat X gesagt."""
        words = after[:]
        while words and words[0] in ",.!?–—":
            words.pop(0)
        if not words:
            return None
        if words[0] == "so":
            return self.subject(words[1:], place) or self._bare_name(words[1:])
        if words[0].startswith("zitier"):
            return self._last_named(until_stop(words[1:]), place)
        saying = words[0] in CUES and words[0] not in {"heißt", "hieß"}
        perfect = words[0] in AUXILIARIES and any(word in CUES for word in words[1:14])
        if (saying or perfect) and (after[0] in ",–—!?." or saying):
            return self.subject(words[1:], place, plural=words[0].endswith("en")) or self._bare_name(words[1:])
        return None

    def _clause_before(self, before: list[str], after: list[str], start: int, place: tuple[int, int]) -> Speaker | None:
        """X sagte: „…“. Dazu sagte X: „…“. X habe „…“ gesagt."""
        verb = cue(before)
        if verb is None:
            late = any(word in CUES for word in until_stop(after))
            if not (before[-1:] == [":"] or late):
                return None
            named = {person.name for person in self._people.mentions(place[0], start, place[1])}
            return self.subject(before, place) if len(named) <= 1 else None
        if before[verb].startswith("zitier"):
            return self._last_named(before[verb + 1 :], place) or self._last_named(before[:verb], place)
        plural = before[verb].endswith("en") and not before[verb].startswith("ge")
        left, right = last_clause(before[:verb]), before[verb + 1 :]
        if len(left) > 1 and left[-1] in _RELATIVE and left[-2] == ",":
            return self._last_named(left[:-2], place)
        behind = self.subject(main_clause(right), place, plural)
        if behind is not None and (not left or (left[-1] == "," and left[0] in _SUBORDINATE)):
            return behind
        return self.subject(left, place, plural) or behind or self._bare_name(right) or self._bare_name(left)

    def _source(self, before: list[str], after: list[str], place: tuple[int, int]) -> Speaker | None:
        """Laut X „…“; so X; X zufolge; nach Angaben von X; nach den Worten des X."""
        for words in (before, after):
            for at, word in enumerate(words):
                if word in {"hieß", "heißt"} and words[at + 1 : at + 2] == ["es"]:
                    found = self._issued(words[at + 2 :], place) or self._document(words[:at], words[at + 2 :])
                elif word in _AFTER_SOURCE and at + 1 < len(words) and (word != "so" or words[at - 1 : at] == [","]):
                    found = self._nominal(words[at + 1 : at + 9], place) or self._called(words[at + 1 :])
                elif word == "zufolge":
                    found = self._last_named(words[max(0, at - 6) : at], place)
                elif word in _OPINIONS:
                    found = self._nominal(words[at + 1 : at + 9], place) or self._called(words[at + 1 :])
                else:
                    continue
                if found is not None:
                    return found
        return None

    def _issued(self, words: Sequence[str], place: tuple[int, int]) -> Speaker | None:
        """Hieß es aus dem Ministerium, von der Behörde, bei der Bahn."""
        for at, word in enumerate(words[:6]):
            if word in {"aus", "von", "vom", "bei", "beim", "seitens"}:
                return self._nominal(words[at + 1 : at + 9], place)
        return None

    def _bare_name(self, words: Sequence[str]) -> Speaker | None:
        return self.named(self._namer.bare_name(words)) if self._namer else None

    def _called(self, words: Sequence[str]) -> Speaker | None:
        return self.named(self._namer.called(words)) if self._namer else None

    def _document(self, before: Sequence[str], after: Sequence[str]) -> Speaker | None:
        return self.named(self._namer.document(before, after)) if self._namer else None

    def named(self, name: str | None) -> Speaker | None:
        """Return a speaker who is known by a name only."""
        if name is None:
            return None
        self.mention = name
        return Speaker(name)

    def _going_on(
        self, quote: Quote, before: list[str], paragraph: int, earlier: Sequence[tuple[Quote, Speaker | None]]
    ) -> Speaker | None:
        """Return the speaker of the quote before, or of the sentence before, where the quote goes on."""
        if quote.previous is not None and earlier and earlier[-1][0].sentence_start == quote.sentence_start:
            return earlier[-1][1]
        alone = not [word for word in before if word[0].isalpha()]
        if not (alone and quote.whole):
            return None
        if earlier and earlier[-1][1] is not None:
            told = self._people.mentions(paragraph, earlier[-1][0].span.end, quote.span.start)
            names = {person.name for person in told}
            return earlier[-1][1] if names <= {earlier[-1][1].name} else None
        told = self._people.mentions(paragraph, 0, quote.sentence_start)
        return told[-1].speaker() if told and len({person.name for person in told}) == 1 else None

    def subject(self, words: Sequence[str], place: tuple[int, int], plural: bool = False) -> Speaker | None:
        """Return the first noun phrase that can be a subject and can speak."""
        aged = _AGED_SUBJECT.match(" ".join(words[:4]))
        if aged:
            person = self._people.before(*place, "f" if aged["article"] in {"die", "Die", "eine", "Eine"} else "m")
            return person.speaker() if person else None
        found = phrases(words)
        for index, phrase in enumerate(found):
            if phrase.oblique or phrase.words[-1] in TIMES:
                continue
            if phrase.pronoun:
                return self._pronoun(phrase, place, plural)
            speaker = self._who(phrase, words, found[index + 1 :], place)
            if speaker is not None:
                return speaker
            if phrase.article and GROUPS.fullmatch(phrase.words[-1]) and plural:
                return None
        return None

    def _nominal(self, words: Sequence[str], place: tuple[int, int]) -> Speaker | None:
        """Return the first noun phrase in any case that can speak."""
        found = phrases(words)
        for index, phrase in enumerate(found[:3]):
            if phrase.pronoun:
                return self._pronoun(phrase, place, plural=False)
            speaker = self._who(phrase, words, found[index + 1 :], place)
            if speaker is not None:
                return speaker
        return None

    def _who(
        self, phrase: Phrase, words: Sequence[str], following: Sequence[Phrase], place: tuple[int, int]
    ) -> Speaker | None:
        """Return the speaker that a noun phrase means, or None."""
        found = self._meant(phrase, words, following, place)
        if found is not None:
            self.mention = mention(phrase, words, following)
        return found

    def _meant(
        self, phrase: Phrase, words: Sequence[str], following: Sequence[Phrase], place: tuple[int, int]
    ) -> Speaker | None:
        names = named_words(phrase)
        if not names or MASK in names:
            return None
        person = self._people.called(names)
        person = person or self._people.of_surname([*phrase.words[:-1], names[-1]], *place)
        if person is not None:
            return person.speaker()
        found, gender = role_gender(names[-1])
        if found:
            gender = gender or _ARTICLE_GENDER.get(phrase.article)
            return self._by_role(phrase, names, gender, words, following, place)
        if len(names) > 1 and role_gender(names[0])[0]:
            person = self._people.add(" ".join(names[1:]))
            person.roles.add(names[0].lower())
            if role_gender(names[0])[1]:
                person.votes[role_gender(names[0])[1] or "m"] += 2
            return person.speaker()
        if phrase.article and BODIES.fullmatch(names[-1]) and not MEDIA.fullmatch(names[-1]):
            return Speaker(names[-1])
        if self._anything:
            return Speaker(" ".join([*names, *attribute(phrase, words, following)]))
        return None

    def _by_role(
        self,
        phrase: Phrase,
        names: tuple[str, ...],
        gender: Gender | None,
        words: Sequence[str],
        following: Sequence[Phrase],
        place: tuple[int, int],
    ) -> Speaker | None:
        """Return whom a role noun means: an apposition, somebody called so before, or its bearer."""
        for other in following[:6]:
            if other.start and words[other.start - 1] == "," and not other.article and not other.oblique:
                person = self._people.called(named_words(other))
                if person is None and 2 <= len(named_words(other)) <= 4:
                    person = self._people.add(" ".join(named_words(other)))
                    person.votes.update([gender] if gender else [])
                if person is not None:
                    return person.speaker()
            if any(word in CUES for word in words[phrase.end : other.start]):
                break
        known = (
            self._people.with_role(names[-1], gender)
            if phrase.article in {"der", "die", "sein", "ihr", "ihre"}
            else None
        )
        if known is not None:
            return known.speaker()
        bearer = attribute(phrase, words, following)
        if not phrase.article or (GROUPS.fullmatch(names[-1]) and gender is None):
            return None
        if phrase.article in {"der", "die"} and not bearer:
            near = {person for person in self._people.near(*place) if gender is None or person.gender in (gender, None)}
            if len(near) == 1:
                return near.pop().speaker()
            return Speaker(" ".join(names), gender) if self._namer else None
        return Speaker(" ".join([*names, *bearer]), gender)

    def _pronoun(self, phrase: Phrase, place: tuple[int, int], plural: bool) -> Speaker | None:
        if phrase.pronoun == "sie" and plural:
            return None
        person = self._people.before(*place, "m" if phrase.pronoun == "er" else "f")
        return person.speaker() if person else None

    def _last_named(self, words: Sequence[str], place: tuple[int, int]) -> Speaker | None:
        """Return the speaker that the last noun phrase of a clause means."""
        for phrase in reversed(phrases(words)):
            person: Person | None = self._people.called(named_words(phrase))
            if person is not None:
                return person.speaker()
            speaker = self._who(phrase, words, (), place)
            if speaker is not None:
                return speaker
        return None
