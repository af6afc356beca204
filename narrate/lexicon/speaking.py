"""Printed text to the text an engine is given: lexicons first, then spoken German."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from narrate import german
from narrate.lexicon.entries import Entry, Lexicon, Match, find
from narrate.lexicon.read import builtin
from narrate.model.settings import EmojiReading

Pronounce = Callable[[str], "str | None"]

# Letters that no German text holds and no rule of German knows: each stands for a word until its turn comes.
STAND_INS = "".join(map(chr, range(0xA000, 0xA48D)))  # the Yi syllables

_SIBILANTS = (*"szßʃʒɕʑʂʐ", "sch")


def spoken(
    text: str,
    lexicons: Sequence[Lexicon],
    pronounce: Pronounce,
    unspoken: Callable[[Entry], None] | None = None,
    emoji: EmojiReading = "silent",
) -> str:
    """Return what an engine is given to say a printed text.

    What a lexicon has an entry for is said as the engine's own notation of its IPA,
    else as its alias. Everything else is put into spoken German, and can never be
    taken for notation: ``[[`` is broken up.

    Args:
        text: As printed.
        lexicons: The user's, the most important first; narrate's own comes after them.
        pronounce: ``Engine.pronounce``: notation of IPA, or None where there is none.
        unspoken: Told, once for each entry, of IPA that the engine has no notation for.
        emoji: Whether emoji are silent or called by name.
    """
    text = unicodedata.normalize("NFC", text)
    wordings = _wordings(find(text, (*lexicons, builtin())), pronounce, unspoken)
    if not wordings:
        return _verbalized(text, {}, emoji)
    used = set(text)
    letters = "".join(sign for sign in STAND_INS if sign not in used)
    done: list[str] = []
    block: list[str] = []
    letter_of: dict[str, str] = {}
    at = 0
    for match, wording in wordings if letters else ():
        block.append(text[at : match.start])
        if wording not in letter_of:
            if len(letter_of) == len(letters):
                done.append(_verbalized("".join(block), letter_of, emoji))
                block, letter_of = [], {}
            letter_of[wording] = letters[len(letter_of)]
        block.append(letter_of[wording])
        at = match.end
    done.append(_verbalized("".join([*block, text[at:]]), letter_of, emoji))
    return "".join(done)


def _verbalized(text: str, letter_of: dict[str, str], emoji: EmojiReading) -> str:
    """Put everything but the stand-ins into spoken German, then what they stand for in their places."""
    plain = german.verbalize(text, emoji)
    while "[[" in plain:
        plain = plain.replace("[[", "[ [")
    return plain.translate({ord(letter): wording for wording, letter in letter_of.items()})


def _wordings(
    matches: Sequence[Match], pronounce: Pronounce, unspoken: Callable[[Entry], None] | None
) -> list[tuple[Match, str]]:
    """Return the matches that are said in another way than printed, and what is said."""
    known: dict[tuple[Entry, str], str | None] = {}
    told: set[Entry] = set()
    for match in matches:
        key = match.entry, match.suffix
        if key not in known:
            known[key] = _wording(match, pronounce, None if match.entry in told else unspoken)
            told.add(match.entry)
    said = ((match, known[match.entry, match.suffix]) for match in matches)
    return [(match, wording) for match, wording in said if wording is not None]


def _wording(match: Match, pronounce: Pronounce, unspoken: Callable[[Entry], None] | None) -> str | None:
    """Return notation, else alias, else None: then the printed form is read like any other word."""
    entry = match.entry
    if entry.ipa is not None:
        notation = pronounce(_with_suffix(entry.ipa, match.suffix, "ɪs"))
        if notation is not None:
            return notation
        if unspoken is not None:
            unspoken(entry)
    if entry.alias is not None:
        return _with_suffix(entry.alias.replace("[", ""), match.suffix, "is")
    return None


def _with_suffix(word: str, suffix: str, after_sibilant: str) -> str:
    """Add the s of genitive and plural; "Services" has a vowel before it."""
    return word + (after_sibilant if suffix and word.endswith(_SIBILANTS) else suffix)
