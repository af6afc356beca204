"""The International Phonetic Alphabet, taken apart into the symbols of an engine.

Source:
    Handbook of the International Phonetic Association (1999).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_ALIKE = str.maketrans({"g": "ɡ", ":": "ː", "’": "ˈ", "-": ".", "\u030d": "\u0329"})
# What no engine's phonemes tell apart: ties, aspiration, place of tongue and lips, half length.
_FINE = re.compile(
    "[ʰʲʷˠˤⁿˡˑ‿˞\u0306\u0308\u030a\u0318-\u031a\u031c-\u0320\u0322-\u0326\u0328\u032a-\u032e\u0330-\u0348\u035c\u0361]"
)


class Symbols:
    """An engine's symbols for those of IPA."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self._symbols = {unicodedata.normalize("NFD", ipa): symbol for ipa, symbol in table.items()}
        self._longest = max(map(len, self._symbols))

    def words(self, ipa: str) -> list[list[str]] | None:
        """Return the symbols of each word, the longest IPA symbols first; None where one is not known.

        Args:
            ipa: Phonemes with stress, length and syllable marks; white space parts words.
        """
        words = []
        for word in _FINE.sub("", unicodedata.normalize("NFD", ipa).translate(_ALIKE)).split():
            symbols = self._of_word(word)
            if symbols is None:
                return None
            words.append(symbols)
        return words

    def _of_word(self, word: str) -> list[str] | None:
        symbols = []
        at = 0
        while at < len(word):
            sizes = range(min(self._longest, len(word) - at), 0, -1)
            size = next((size for size in sizes if word[at : at + size] in self._symbols), 0)
            if not size:
                return None
            symbols.append(self._symbols[word[at : at + size]])
            at += size
        return symbols
