"""Where German sentences end.

A sentence ends at white space after ``.``, ``!``, ``?`` or an ellipsis, with the
quotation marks and brackets that close there, unless the stop belongs to a number,
an abbreviation, an initial or a name, or the sentence goes on after a quotation.
Every token is looked at once, with a few neighbours: time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from narrate.german.abbreviations import BEFORE_NUMBER, EITHER, MARKED_NAMES, OPEN, SPACED, STARTERS
from narrate.german.context import words_of
from narrate.german.stops import LAST_DAY, finite, stop_role

CLOSERS = "\"'“”„‘’‚»«›‹)]}*_"
OPENERS = "\"'“”„‘’‚»«›‹([{*_¿¡"
LOOK_BACK = 8  # tokens before a number that tell what it is
FAR_BRACKET = 80  # tokens; a bracket that stays open longer was never closed

_TOKEN = re.compile(r"\S+")
_NUMBER = re.compile(r"\d{1,4}(?:[.:]\d{1,2})*\.")
_ROMAN = re.compile(r"[IVXLC]+\.")
_INITIALS = re.compile(r"(?:[A-ZÄÖÜ]\.-?)+|(?:[A-ZÄÖÜ][a-z]?\.-)+[A-ZÄÖÜ]\.")
_NO_VOWEL = re.compile(r"[b-df-hj-np-tv-xz]{1,6}\.")
_DOTTED = re.compile(r"(?:[a-zA-ZäöüÄÖÜ]{1,3}\.){2,}")


def sentences(text: str) -> list[str]:
    """Split running text into sentences.

    Args:
        text: German text; any white space counts as one space.

    Returns:
        The sentences in order, none empty: exact substrings of the text, with nothing
        but white space between them.
    """
    return [text[start:end] for start, end in sentence_spans(text)]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return where sentences begin and end, as offsets into the text, half-open."""
    places = [match.span() for match in _TOKEN.finditer(text)]
    tokens = [text[start:end] for start, end in places]
    bracket = _brackets(tokens)
    spans: list[tuple[int, int]] = []
    first = 0
    for index in range(len(tokens) - 1):
        opened = bracket[index]
        if opened is not None and opened >= 0:
            continue
        if _ends(tokens, index, first, None if opened is None else -1 - opened):
            spans.append((places[first][0], places[index][1]))
            first = index + 1
    if tokens:
        spans.append((places[first][0], places[-1][1]))
    return spans


def _brackets(tokens: Sequence[str]) -> list[int | None]:
    """Tell for each token whether it lies in a bracket.

    Returns:
        None outside; the index of the opening token inside; -1 minus that index at
        the token that closes the outermost bracket.
    """
    found: list[int | None] = [None] * len(tokens)
    depth, start = 0, 0
    for index, token in enumerate(tokens):
        if depth and index - start > FAR_BRACKET:
            depth = 0
        change = token.count("(") + token.count("[") - token.count(")") - token.count("]")
        if depth == 0 and change > 0:
            depth, start = change, index
        elif depth > 0:
            depth = max(0, depth + change)
            if depth == 0:
                found[start:index] = [start] * (index - start)
                found[index] = -1 - start
    return found


def _ends(tokens: Sequence[str], index: int, first: int, opened: int | None) -> bool:
    """Tell whether a sentence ends with a token.

    Args:
        tokens: All tokens.
        index: The token in question; not the last.
        first: Where its sentence begins.
        opened: Where the bracket that it closes was opened, if it closes one.
    """
    token = tokens[index]
    core = token.rstrip(CLOSERS)
    if not core or core[-1] not in ".!?…":
        return False
    following = tokens[index + 1]
    if not following.strip(CLOSERS) and following[0] in ")]”":
        return False
    if following in {"–", "—", "-", "―"} and index + 2 < len(tokens):
        following = tokens[index + 2]
    word = following.lstrip(OPENERS)
    if not word or not _may_begin(word):
        return False
    if opened is not None and opened != first and core[-1] != ".":
        return False
    bare = word.rstrip(".,;:!?…" + CLOSERS)
    if core.endswith(("…", "...")):
        return bare in STARTERS or following[0] in "„»"
    if core[-1] in "!?":
        return core.lstrip(OPENERS) not in MARKED_NAMES or bare in STARTERS
    return _stop_ends(tokens, index, first, core.lstrip(OPENERS + "–—-"), bare)


def _may_begin(word: str) -> bool:
    """Tell whether a sentence may begin with a word: anything but a word in lower case."""
    head = word[0]
    if head in ",;:.!?…)":
        return False
    return not head.islower() or any(letter.isupper() for letter in word[1:4])


def _stop_ends(tokens: Sequence[str], index: int, first: int, core: str, following: str) -> bool:
    """Tell whether a full stop ends a sentence before a word that may begin one."""
    before = tokens[index - 1] if index > first else None
    if _NUMBER.fullmatch(core):
        return before is not None and _number_ends(tokens, index, first, core)
    if core in OPEN or (before is not None and (before.lstrip(OPENERS), core) in SPACED):
        return False
    if core in BEFORE_NUMBER and following[:1].isdigit():
        return False
    if len(core) == 2 and core[0].islower():
        return following in STARTERS and before is not None and before[-1:] == "."
    if _ROMAN.fullmatch(core):
        return before is not None and (following in STARTERS or (len(core) > 2 and _roman_ends(tokens, index, before)))
    if core in EITHER or _INITIALS.fullmatch(core) or _DOTTED.fullmatch(core):
        return following in STARTERS and before is not None
    if _NO_VOWEL.fullmatch(core) or core.endswith(("str.", "Str.")):
        return following in STARTERS
    return True


def _roman_ends(tokens: Sequence[str], index: int, before: str) -> bool:
    """Tell whether a sentence ends behind a ruler's number: a noun and a finite verb follow, and no genitive stands."""
    verb = tokens[index + 2].lower().rstrip(".,") if index + 2 < len(tokens) else ""
    return finite(verb) and not before.endswith(("s", "’", "'"))


def _number_ends(tokens: Sequence[str], index: int, first: int, core: str) -> bool:
    """Tell whether a number with a stop ends a sentence."""
    following = words_of(" ".join(tokens[index + 1 : index + 5]))
    figures = core[:-1]
    if following[:1] and following[0][:1].isdigit():
        return figures.isdigit() and int(figures) > LAST_DAY
    if not figures.isdigit():
        return ":" in figures or not following or following[0] in STARTERS or finite("".join(following[1:2]))
    before = words_of(" ".join(tokens[max(first, index - LOOK_BACK) : index]))
    return stop_role(before, figures, following) != "ordinal"
