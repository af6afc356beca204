"""What Pico is given to read, and where its words are heard.

Every word gets a ``<mark>`` before it. Pico's own tags read and write files (``<play>``, ``<genfile>``), so no sign
of a text can open one: ``<`` and ``>`` become blanks, and what stands in ``[[ ]]`` becomes a ``<phoneme>`` only
where it is all symbols of Pico's German.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from narrate.german.numbers import joined
from narrate.model import Mark

# Longer words it leaves out without a word, and from 140 umlauts on it never ends.
LONGEST_WORD = 60
# Pico's stages hold 60 words and tags of a sentence; with more tags it never ends.
MOST_MARKS = 25
# So much of a text at once; over endless sentences it fails.
MOST_WORDS, LONGEST_PIECE = 50, 500
UNREAD = "Zeichen"
WordTime = tuple[int, float, float]  # number of a word, start and end in milliseconds
_PHONEMES = re.compile(r"\[\[([a-zA-Z0-9@:?\"%=~_^.|]+)\]\]")
_WORD = re.compile(rf"(?:\[\[\S+?\]\]|\S){{1,{LONGEST_WORD}}}")
# At its own volume one sample in a hundred is cut off at full scale; the level is set later anyway.
_VOLUME = '<volume level="40">'
_ENDS = tuple(".!?:;")
# What its table has beside ASCII: the letters of Windows-1252.
_LETTERS = frozenset("ŠšŽžŸ" + "".join(sign for sign in map(chr, range(0xC0, 0x100)) if sign.isalpha()))
# Of the marks it reads, those that are no notation; quotation marks would stop it where a newsreader reads on.
_MARKS = frozenset(".,;:!?-'%&+=/@#*$€")
# Where a reader pauses, and Pico would read on.
_PAUSES = str.maketrans({"–": ", ", "—": ", ", "…": ". ", "(": ", ", ")": ", ", "’": "'", "ʼ": "'"})


@dataclass(frozen=True, slots=True)
class Said:
    """Printed words that Pico says as one: most are one, number words are joined.

    Attributes:
        spans: Where each stands in the text.
        tagged: What Pico is given.
    """

    spans: tuple[tuple[int, int], ...]
    tagged: str


def said_words(text: str) -> list[Said]:
    """Return the words of a text as Pico can say them; what has no sound for it is left out.

    A text of nothing but characters without a Latin transcription is named, so that it stops no article.
    """
    spans = [found.span() for found in _WORD.finditer(text)]
    words: list[Said] = []
    at = 0
    # Joining takes blanks away and nothing else, so the letters tell which words became one.
    for whole in joined(" ".join(text[slice(*span)] for span in spans)).split(" ") if spans else ():
        first, letters = at, 0
        while letters < len(whole):
            letters += spans[at][1] - spans[at][0]
            at += 1
        if len(whole) <= LONGEST_WORD or at == first + 1:
            _add(words, tuple(spans[first:at]), whole)
        else:
            for span in spans[first:at]:
                _add(words, (span,), text[slice(*span)])
    unread = tuple(span for span in spans if any(map(str.isalnum, text[slice(*span)])))
    return words or ([Said(unread, UNREAD)] if unread else [])


def _add(words: list[Said], spans: tuple[tuple[int, int], ...], whole: str) -> None:
    tagged = _tagged(whole)
    if tagged:
        words.append(Said(spans, tagged))
    elif words and "," in whole.translate(_PAUSES):
        words[-1] = replace(words[-1], tagged=f"{words[-1].tagged.rstrip(',')},")


def pieces(words: Sequence[Said]) -> Iterator[list[tuple[int, Said]]]:
    """Yield numbered words in runs that Pico can take at once, cut where a sentence ends if one does."""
    piece: list[tuple[int, Said]] = []
    length = 0
    for number, word in enumerate(words):
        if piece and (len(piece) == MOST_WORDS or length + len(word.tagged) > LONGEST_PIECE):
            cut = _best_end(piece)
            yield piece[:cut]
            piece = piece[cut:]
            length = sum(len(one.tagged) for _, one in piece)
        piece.append((number, word))
        length += len(word.tagged)
    if piece:
        yield piece


def _best_end(piece: Sequence[tuple[int, Said]]) -> int:
    """Return behind how many words to cut: where a sentence ends, else a clause, else at the end."""
    for ends in (_ENDS, ","):
        for cut in range(len(piece), len(piece) // 3, -1):
            if piece[cut - 1][1].tagged.endswith(ends):
                return cut
    return len(piece)


def marked(piece: Sequence[tuple[int, Said]], pitch_percent: int, speed_percent: int) -> str:
    """Return a run of words with Pico's tags; in a long sentence, not every word has a mark.

    Args:
        piece: Numbered words.
        pitch_percent: 50 to 200.
        speed_percent: 20 to 500.
    """
    told: list[str] = []
    for sentence in _sentences(piece):
        step = -(-len(sentence) // MOST_MARKS)
        told += [
            f'<mark name="{number}"/>{word.tagged}' if place % step == 0 else word.tagged
            for place, (number, word) in enumerate(sentence)
        ]
    words = " ".join(told)
    return f'{_VOLUME}<pitch level="{pitch_percent}"><speed level="{speed_percent}">{words}</speed></pitch></volume>'


def _sentences(piece: Sequence[tuple[int, Said]]) -> Iterator[list[tuple[int, Said]]]:
    sentence: list[tuple[int, Said]] = []
    for one in piece:
        sentence.append(one)
        if one[1].tagged.endswith((".", "!", "?")):
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def word_marks(text: str, words: Sequence[Said], heard: Sequence[WordTime]) -> tuple[Mark, ...]:
    """Return a mark for each printed word; words under one mark share its time by their letters."""
    marks: list[Mark] = []
    numbers = [*(number for number, _, _ in heard), len(words)]
    for (number, start_ms, end_ms), following in zip(heard, numbers[1:], strict=True):
        spans = [span for word in words[number:following] for span in word.spans]
        parts = [0, *itertools.accumulate(end - start for start, end in spans)]
        scale = (end_ms - start_ms) / parts[-1]
        for span, (before, after) in zip(spans, itertools.pairwise(parts), strict=True):
            marks.append(Mark(span[0], text[slice(*span)], start_ms + before * scale, start_ms + after * scale))
    return tuple(marks)


def _tagged(word: str) -> str:
    """Return one word with its phonemes as tags, or an empty text where Pico would say nothing."""
    parts: list[str] = []
    at = 0
    for found in _PHONEMES.finditer(word):
        parts += [_plain(word[at : found.start()]), _phonemes(found[1])]
        at = found.end()
    parts.append(_plain(word[at:]))
    tagged = " ".join(part for part in parts if part)
    return tagged if any(map(str.isalnum, tagged)) else ""


def _plain(text: str) -> str:
    """Keep the characters that Pico reads, transcribe others to Latin letters or leave them out."""
    return " ".join("".join(map(_sign, text.translate(_PAUSES))).split())


@lru_cache(maxsize=4096)
def _sign(sign: str) -> str:
    if sign in _LETTERS or sign in _MARKS or (sign.isascii() and sign.isalnum()):
        return sign
    if not sign.isalnum():
        return "" if unicodedata.category(sign) in {"Cf", "Mn"} else " "
    from anyascii import anyascii

    return "".join(letter for letter in anyascii(sign) if letter.isalnum())


def _phonemes(symbols: str) -> str:
    return " ".join(f"<phoneme ph='{word}'/>" for word in symbols.split("|") if word)
