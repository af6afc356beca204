"""Noun phrases that may be the subject of a verb of saying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from narrate.german.abbreviations import STARTERS
from narrate.script.first_names import is_first_name
from narrate.script.names import PARTICLES, TITLES
from narrate.script.words import MEDIA, role_gender, word_set

NOMINATIVE = word_set("der die das ein eine dieser diese dieses sein seine ihr ihre unser unsere")
OBLIQUE = word_set(
    "dem den des einem einen eines einer diesem diesen dieser seinem seinen seiner ihrem ihren ihrer deren dessen"
) - {"dieser"}
PREPOSITIONS = word_set(
    """
    in im ins an am ans auf aufs aus bei beim mit nach von vom vor zu zum zur über unter für durch gegen ohne um seit
    bis während wegen trotz statt neben hinter zwischen gegenüber gemäß außer ab binnen dank anlässlich angesichts per
    pro innerhalb außerhalb seitens mittels bezüglich hinsichtlich nahe namens laut
    """
)
_FEMININE = (
    "ung",
    "heit",
    "keit",
    "schaft",
    "tion",
    "tät",
    "presse",
    "agentur",
    "woche",
    "welt",
    "post",
    "ei",
    "schau",
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase or personal pronoun.

    Attributes:
        start: Index of its first word.
        end: After its last word.
        article: In lower case, or "".
        words: Its capitalised words, or the pronoun in lower case.
        oblique: Whether it cannot be the subject.
    """

    start: int
    end: int
    article: str
    words: tuple[str, ...]
    oblique: bool

    @property
    def pronoun(self) -> str | None:
        """The pronoun, if it is one."""
        return self.words[0] if len(self.words) == 1 and self.words[0] in {"er", "sie"} else None


def phrases(words: Sequence[str]) -> list[Phrase]:
    """Find noun phrases and the pronouns er and sie."""
    found: list[Phrase] = []
    at = 0
    governed = False
    while at < len(words):
        low = words[at].lower()
        if low in PREPOSITIONS and (words[at].islower() or words[at] in STARTERS):
            governed = True
            at += 1
            continue
        if low in {"er", "sie"}:
            found.append(Phrase(at, at + 1, "", (low,), governed))
            governed = False
            at += 1
            continue
        phrase = _phrase(words, at, governed, found[-1] if found else None)
        if phrase is None:
            governed = governed and (words[at].islower() or words[at][0].isdigit())
            at += 1
            continue
        found.append(phrase)
        governed = False
        at = phrase.end
    return found


def _phrase(words: Sequence[str], start: int, governed: bool, before: Phrase | None) -> Phrase | None:
    """Read the noun phrase that begins at a word, if one does."""
    at = start
    low = words[at].lower()
    article = ""
    if low in NOMINATIVE or low in OBLIQUE:
        article = low
        at += 1
        while (
            at < len(words)
            and at - start < 6
            and (words[at].islower() or words[at][0].isdigit())
            and (words[at].endswith(("e", "er", "en", "em", "es", "ige", "t", "so")) and words[at] not in PREPOSITIONS)
        ):
            at += 1
    elif words[at] in STARTERS or not words[at][0].isupper():
        return None
    first = at
    while at < len(words) and (words[at][0].isupper() and (at == first or words[at] not in STARTERS)):
        at += 1
        if at < len(words) and words[at] in PARTICLES and is_first_name(words[at - 1]):
            after = at
            while after < len(words) and words[after] in PARTICLES:
                after += 1
            if after < len(words) and words[after][0].isupper():
                at = after
    if at == first:
        return None
    attribute = (
        before is not None
        and not before.oblique
        and before.end == start
        and article in {"der", "des", "einer", "eines"}
    )
    dative = article == "der" and (words[at - 1].lower().endswith(_FEMININE) or role_gender(words[at - 1])[1] == "f")
    oblique = governed or article in OBLIQUE or attribute or dative or bool(MEDIA.fullmatch(words[at - 1]))
    return Phrase(start, at, article, tuple(words[first:at]), oblique)


def named_words(phrase: Phrase) -> tuple[str, ...]:
    """Return the words of a phrase without titles."""
    return tuple(word for word in phrase.words if word not in TITLES)
