"""Parts of a sentence around a quote, as words."""

from __future__ import annotations

from collections.abc import Sequence

from narrate.script.phrases import Phrase
from narrate.script.words import AUXILIARIES, CUES, PARTICLES, WEAK_CUES

_GOING_ON = frozenset("der des von vom in im aus beim bei für und".split())
_ENDING = frozenset(",:;.(!?")
LONGEST_APPOSITION = 14  # words
_CONJUNCTIONS = frozenset({"dass", "daß", "ob", "weil", "wenn", "wie", "warum", "er", "sie", "es", "man", "da", "denn"})


def attribute(phrase: Phrase, words: Sequence[str], following: Sequence[Phrase]) -> list[str]:
    """Return what stands after a role noun and belongs to it: „der Polizei“, „von Kiel“."""
    of = following[0] if following else None
    if of is None or of.pronoun:
        return []
    between = list(words[phrase.end : of.start])
    if (not between and of.article in {"der", "des", "einer", "eines"}) or between in (["von"], ["vom"], ["für"]):
        return list(words[phrase.end : of.end])
    return []


def cue(words: Sequence[str]) -> int | None:
    """Return where the last verb of saying stands; one that needs a particle counts only with it, or before a colon."""
    found = None
    for at in range(len(words) - 1, -1, -1):
        if words[at] in CUES - WEAK_CUES:
            return at
        if found is None and words[at] in WEAK_CUES and (words[-1] == ":" or not PARTICLES.isdisjoint(words[at:])):
            found = at
    return found


def last_clause(words: list[str]) -> list[str]:
    """Leave out what stands before a semicolon or a colon."""
    stop = max((at for at, word in enumerate(words) if word in ";:"), default=-1)
    return words[stop + 1 :]


def main_clause(words: list[str]) -> list[str]:
    """Leave out a subordinate clause and what follows it."""
    for at in range(len(words) - 1):
        if words[at] == "," and words[at + 1] in _CONJUNCTIONS:
            return words[:at]
    return words


def until_stop(words: Sequence[str]) -> list[str]:
    """Return the words of a clause up to its end."""
    kept: list[str] = []
    for word in words:
        if word in ".;:!?":
            break
        kept.append(word)
    return kept


def mention(phrase: Phrase, words: Sequence[str], following: Sequence[Phrase]) -> str:
    """Return what the article calls somebody, with what belongs to the noun and an apposition behind a comma."""
    end = phrase.end + len(attribute(phrase, words, following))
    if end > phrase.end or (words[end : end + 1] and words[end] in _GOING_ON):
        reach = range(end, min(end + LONGEST_APPOSITION, len(words)))
        end = next((at for at in reach if words[at] in _ENDING or words[at] in CUES or words[at] in AUXILIARIES), end)
    called = list(words[phrase.start : end])
    behind = list(words[end : end + LONGEST_APPOSITION])
    if behind[:1] == [","] and len(behind) > 1 and not (behind[1] in CUES or behind[1] in {"so", "dass", "wenn"}):
        stop = next((at for at, word in enumerate(behind[1:], 1) if word in ",:;.(" or word in CUES), 0)
        called += [",", *behind[1:stop]] if stop > 1 else []
    return " ".join(called).replace(" ,", ",")
