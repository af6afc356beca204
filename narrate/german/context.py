"""The words around a place in a text. Looks a bounded way, so that time stays linear."""

from __future__ import annotations

import re

REACH = 90  # characters
_TOKEN = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*|[^\w\s]")


def left(text: str, at: int) -> list[str]:
    """Return the words and marks before a place, the nearest last."""
    start = max(0, at - REACH)
    tokens = _TOKEN.findall(text, start, at)
    # The first may be half a word.
    return tokens[1:] if start and tokens and not text[start - 1].isspace() else tokens


def right(text: str, at: int) -> list[str]:
    """Return the words and marks after a place, the nearest first."""
    return _TOKEN.findall(text, at, min(len(text), at + REACH))


def words_of(text: str) -> list[str]:
    """Return the words and marks of a short text."""
    return _TOKEN.findall(text)


def word_before(text: str, at: int) -> str:
    """Return the word or mark just before a place, or an empty string."""
    tokens = left(text, at)
    return tokens[-1] if tokens else ""


def behind(words: str) -> str:
    """Return a pattern that holds just behind one of some words and a space.

    Args:
        words: Separated by spaces; each is taken with a small and with a capital initial.
    """
    forms = [form for word in words.split() for form in (word, word[0].upper() + word[1:])]
    return "(?:" + "|".join(rf"(?<=\b{form} )" for form in forms) + ")"
