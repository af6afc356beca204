"""A pronunciation lexicon: its entries, and where they stand in a text."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from narrate.model.errors import InputUnreadable

LONGEST_PRINTED = 200  # characters; bounds how far one place in the text is compared
LONGEST_SPOKEN = 1000
ENTRY = ""  # key of a trie's node for the entry that ends there; no token is empty
APOSTROPHES = "’'"
SIBILANT_LETTERS = ("s", "ß", "x", "z", "ce")

_TOKEN = re.compile(r"\w+|[^\w\s]")
Trie = dict[str, Any]  # token to the tokens that may follow it


@dataclass(frozen=True, slots=True)
class Entry:
    """How one printed form is spoken.

    Attributes:
        printed: As printed, case and all; one space between words.
        alias: Respelling, or None.
        ipa: Pronunciation in the International Phonetic Alphabet, or None.
        source: Where it was written: file and line.
    """

    printed: str
    alias: str | None
    ipa: str | None
    source: str


def make_entry(printed: str, alias: str | None, ipa: str | None, source: str) -> Entry:
    """Return an entry with its white space and Unicode form made plain.

    Raises:
        InputUnreadable: A part is empty, too long, or holds characters that nobody sees.
    """
    printed = unicodedata.normalize("NFC", _checked(printed, LONGEST_PRINTED, source))
    alias = None if alias is None else _checked(alias, LONGEST_SPOKEN, source)
    ipa = None if ipa is None else _checked(ipa, LONGEST_SPOKEN, source)
    return Entry(printed, alias, ipa, source)


def _checked(part: str, longest: int, source: str) -> str:
    if part.isalnum() and len(part) <= longest:
        return part
    plain = " ".join(part.split())
    if not any(map(str.isalnum, plain)):
        raise InputUnreadable(f"{source}: {plain!r} contains no letter; write the word, or remove the entry.")
    if len(plain) > longest:
        raise InputUnreadable(f"{source}: {plain[:30]!r} … is longer than {longest} characters; shorten it.")
    if not plain.isprintable():
        hidden = next(sign for sign in plain if not sign.isprintable())
        raise InputUnreadable(f"{source}: {plain[:30]!r} holds the invisible character U+{ord(hidden):04X}; remove it.")
    return plain


@dataclass(frozen=True)
class Lexicon:
    """Entries, ready to be found in a text; of several for one printed form the first counts.

    Attributes:
        entries: In the order of their file.
    """

    entries: tuple[Entry, ...]

    @cached_property
    def trie(self) -> Trie:
        """Nested dictionaries by token; a token after white space has a space before it."""
        root: Trie = {}
        for entry in self.entries:
            if entry.printed.isalnum():
                root.setdefault(entry.printed, {}).setdefault(ENTRY, entry)
                continue
            node = root
            for position, (_, _, key) in enumerate(_tokens(entry.printed)):
                node = node.setdefault(key if position else key.lstrip(), {})
            node.setdefault(ENTRY, entry)
        return root

    @cached_property
    def first_words(self) -> frozenset[str]:
        """Every token that an entry may begin with in a text, inflected ones too."""
        return frozenset(self.trie).union(f"{word}s" for word in self.trie)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that shapes speech: not of the file's name or the lines."""
        facts = [(entry.printed, entry.alias, entry.ipa) for entry in self.entries]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Match:
    """An entry found in a text.

    Attributes:
        entry: What was found.
        start: Offset of its first character.
        end: Offset behind its last, a suffix included.
        suffix: ``s`` where the text has the genitive or plural, else empty.
    """

    entry: Entry
    start: int
    end: int
    suffix: str


Token = tuple[int, int, str]


def _tokens(text: str) -> Iterator[Token]:
    """Yield words and single signs: start, end, and the sign with a space before it if there is a gap."""
    behind = 0
    for found in _TOKEN.finditer(text):
        start, end = found.span()
        yield start, end, found[0] if start == behind and start else f" {found[0]}"
        behind = end


def find(text: str, lexicons: Sequence[Lexicon]) -> list[Match]:
    """Find what lexicons say about a text: the first lexicon everywhere, then the next in what is left.

    An entry matches whole words as printed; the longest counts. It matches the genitive
    and plural too (Apps, App’s, Siemens’), and as part of a compound (Cloud-Dienst); white
    space in an entry may be hyphens in a compound (Big-Data-Analyse).

    Returns:
        Matches in order, none overlapping. Time is linear in the text.
    """
    words = _TOKEN.findall(text)
    lexicons = [lexicon for lexicon in lexicons if not lexicon.first_words.isdisjoint(words)]
    if not lexicons:
        return []
    tokens = list(_tokens(text))
    taken = bytearray(len(tokens))
    matches: list[Match] = []
    for lexicon in lexicons:
        root, at = lexicon.trie, 0
        while at < len(tokens):
            word = tokens[at][2].lstrip()
            found = None
            if not taken[at] and (word in root or word[:-1] in root):
                found = _longest(root, tokens, at, taken)
            if found is None:
                at += 1
                continue
            entry, behind, suffix = found
            matches.append(Match(entry, tokens[at][0], tokens[behind - 1][1], suffix))
            taken[at:behind] = b"\1" * (behind - at)
            at = behind
    return sorted(matches, key=lambda match: match.start)


def _longest(root: Trie, tokens: Sequence[Token], first: int, taken: bytearray) -> tuple[Entry, int, str] | None:
    """Return the longest entry that begins at a token, the token behind it, and its suffix."""
    best: tuple[Entry, int, str] | None = None
    node, at = root, first
    key = tokens[first][2].lstrip()
    while True:
        child = node.get(key)
        if child and ENTRY in child:
            best = (child[ENTRY], *_inflected(child[ENTRY], tokens, at + 1, taken))
        elif len(key) > 1 and key.endswith("s") and (stem := node.get(key[:-1])) and ENTRY in stem:
            best = stem[ENTRY], at + 1, "s"
        at += 1
        if not child or at == len(tokens) or taken[at]:
            return best
        node, key = child, tokens[at][2]
        if key == "-" and key not in node and at + 1 < len(tokens) and not taken[at + 1]:
            at += 1
            key = f" {tokens[at][2]}"


def _inflected(entry: Entry, tokens: Sequence[Token], behind: int, taken: bytearray) -> tuple[int, str]:
    """Return the token behind an apostrophe that belongs to the entry before it, and the suffix."""
    after = [token[2] for token in tokens[behind : behind + 2]]
    if not after or after[0] not in APOSTROPHES or taken[behind]:
        return behind, ""
    if after[1:] == ["s"] and not taken[behind + 1]:
        return behind + 2, "s"
    return (behind + 1, "") if entry.printed.endswith(SIBILANT_LETTERS) else (behind, "")
