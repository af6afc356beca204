"""What is said in one breath: sentences, and parts of sentences too long to be spoken at once."""

from __future__ import annotations

import re
import unicodedata

from narrate.german.abbreviations import EITHER, MONTHS, OPEN
from narrate.german.sentences import sentences

_CLAUSE = re.compile(r"(?:[;:,]|(?<= )[–—])[\"“”’»«)\]]*(?= )")
_SEAM = re.compile(r"[-/_+=&?.,;:!…–—]")
_ROMAN = re.compile(r"[IVX]+[.,]?")
_UNITS = frozenset("% ‰ € $ £ °C Uhr bis und".split())
# Articles and prepositions that give an ordinal its ending.
_GOVERNING = frozenset(
    "am im zum vom beim der die das dem den des ein eine einen einem einer eines in bis um ab seit gegen und".split()
)
_AHEAD = 40  # characters past the limit that say whether what follows belongs to what went before
_NUMERIC = re.compile(r"[\d.,:/]*\d[\d.,:/]*[.%€$]?")


def utterances(text: str, limit: int = 600) -> list[str]:
    """Split text into what an engine is given at once.

    A sentence longer than the limit is cut at the end of a clause, else between two
    words, else inside a word; never inside a number, a date or an abbreviation while
    there is another place.

    Args:
        text: German text; any white space counts as one space.
        limit: Longest utterance, in characters; at least 1.

    Returns:
        The utterances in order, none empty. Nothing but white space is lost.

    Raises:
        ValueError: The limit is below 1.
    """
    if limit < 1:
        raise ValueError("An utterance needs room for at least one character.")
    found: list[str] = []
    for sentence in (" ".join(printed.split()) for printed in sentences(text)):
        if len(sentence) <= limit:
            found.append(sentence)
        else:
            found.extend(_cut(sentence, limit))
    return found


def _cut(sentence: str, limit: int) -> list[str]:
    """Cut a sentence into parts no longer than the limit."""
    parts: list[str] = []
    start = 0
    while len(sentence) - start > limit:
        end = start + _place(sentence[start : start + limit + _AHEAD], limit)
        parts.append(sentence[start:end].rstrip(" "))
        start = end
        while start < len(sentence) and sentence[start] == " ":
            start += 1
    if start < len(sentence):
        parts.append(sentence[start:])
    return [part for part in parts if part]


def _place(ahead: str, limit: int) -> int:
    """Return how much of the text ahead, longer than the limit, is one part; 1 to limit."""
    window = ahead[: limit + 1]
    least = limit // 3
    clauses = [match.end() for match in _CLAUSE.finditer(window) if match.end() > least]
    for end in reversed(clauses):
        if end <= limit and _apart(ahead, end):
            return end
    end = window.rfind(" ")
    last_space = end
    while end > least:
        if _apart(ahead, end):
            return end
        end = window.rfind(" ", 0, end)
    if last_space > 0:
        return last_space
    return _inside_word(window, limit, least)


def _apart(ahead: str, end: int) -> bool:
    """Tell whether the words around a space do not belong together as one number, date or abbreviation."""
    before = ahead[:end].rpartition(" ")[2]
    after = ahead[end:].strip().partition(" ")[0]
    if before[-1:].isdigit() and after in _GOVERNING - _UNITS:
        return True
    if _NUMERIC.fullmatch(before) or before in OPEN or before in EITHER or before.rstrip(".,") in MONTHS:
        return False
    if before in _GOVERNING or before.endswith("§") or (len(before) == 2 and before[1] == "."):
        return False
    return not (after[:1].isdigit() or _ROMAN.fullmatch(after) or after in _UNITS)


def _inside_word(window: str, limit: int, least: int) -> int:
    """Return where to cut a word that is longer than the limit."""
    seams = [
        match.end()
        for match in _SEAM.finditer(window, least, limit)
        if not (window[match.end() :][:1].isdigit() and window[match.start() - 1 : match.start()].isdigit())
    ]
    if seams:
        return max(1, seams[-1])
    end = limit
    while end > max(1, least) and window[end - 1].isdigit() and window[end].isdigit():
        end -= 1
    if end <= max(1, least):
        end = limit
    while end > max(1, least) and unicodedata.combining(window[end]):
        end -= 1
    return max(1, end)
