"""The International Phonetic Alphabet to the mnemonics of espeak-ng's German voice.

espeak-ng reads ``[[mnemonics]]`` with the phoneme table of its voice. The German table
holds what German has, and reaches base1 and base, which hold θ, ð and w as well. What none
of them holds becomes the phoneme that German speakers put in its place (æ as in
"Gangster", ʌ as in "Cup", ɜː as in "surfen"), as the Duden gives it.

Source:
    Phoneme names: docs/phonemes.md and phsource/ph_german of espeak-ng; checked against
    ``phontab`` of the wheel and by sound. IPA: Handbook of the IPA (1999).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from narrate.voices.engines.ipa import Symbols

VOWELS = {
    "a": "a", "aː": "A:", "ɑ": "a", "ɑː": "A:", "æ": "E", "æː": "E:", "ɐ": "3", "ɐː": "A:", "ʌ": "a", "ʌː": "A:",
    "e": "e", "eː": "e:", "ɛ": "E", "ɛː": "E:", "ə": "@", "əː": "W:", "ɘ": "@", "ɚ": "3", "ɜ": "W", "ɜː": "W:",
    "ɝ": "W", "ɝː": "W:", "ɞ": "W", "ɞː": "W:",
    "i": "i", "iː": "i:", "ɪ": "I", "ɪː": "i:", "ɨ": "I", "ɨː": "i:", "ɯ": "U", "ɯː": "u:",
    "o": "o", "oː": "o:", "ɔ": "O", "ɔː": "O:", "ɒ": "O", "ɒː": "O:", "ɤ": "@", "ɤː": "o:", "ɵ": "W", "ɵː": "Y:",
    "u": "u", "uː": "u:", "ʊ": "U", "ʊː": "u:", "ʉ": "u", "ʉː": "u:",
    "y": "y", "yː": "y:", "ʏ": "y", "ʏː": "y:", "ø": "Y:", "øː": "Y:", "œ": "W", "œː": "W:", "ɶ": "W",
    "aɪ": "aI", "ɑɪ": "aI", "aɪ̯": "aI", "ai̯": "aI", "ae̯": "aI", "aɛ̯": "aI",
    "aʊ": "aU", "ɑʊ": "aU", "æʊ": "aU", "aʊ̯": "aU", "au̯": "aU", "ao̯": "aU", "aɔ̯": "aU",
    "ɔɪ": "OY", "ɔʏ": "OY", "ɔɪ̯": "OY", "ɔʏ̯": "OY", "ɔi̯": "OY", "ɔy̯": "OY", "ɔø̯": "OY", "oɪ": "OY", "oɪ̯": "OY",
    "eɪ": "EI", "ɛɪ": "EI", "eɪ̯": "EI", "ɛɪ̯": "EI", "ei̯": "EI", "ɛi̯": "EI",
    "oʊ": "oU", "əʊ": "oU", "ɔʊ": "oU", "oʊ̯": "oU", "əʊ̯": "oU", "ɔʊ̯": "oU", "ou̯": "oU",
    "ã": "A~", "ãː": "A~:", "ɑ̃": "A~", "ɑ̃ː": "A~:", "ɐ̃": "A~", "ʌ̃": "A~",
    "ɛ̃": "W~", "ɛ̃ː": "W~:", "æ̃": "W~", "ẽ": "W~", "ẽː": "W~:", "œ̃": "W~", "œ̃ː": "W~:",
    "ɔ̃": "O~", "ɔ̃ː": "O~:", "õ": "O~", "õː": "O~:", "ɒ̃": "O~",
    "m̩": "@m", "n̩": "@n", "ŋ̩": "@N", "l̩": "@l", "ɫ̩": "@l", "r̩": "3", "ɹ̩": "3", "ʁ̩": "3",
}  # fmt: skip
CONSONANTS = {
    "p": "p", "b": "b", "t": "t", "d": "d", "k": "k", "ɡ": "g", "q": "k", "c": "k", "ɟ": "g",
    "ʈ": "t", "ɖ": "d", "ʔ": "?",
    "m": "m", "ɱ": "m", "n": "n", "ɳ": "n", "ɲ": "n^", "ŋ": "N", "ɴ": "N",
    "f": "f", "ɸ": "f", "v": "v", "ʋ": "v", "β": "v", "θ": "T", "ð": "D", "s": "s", "z": "z",
    "ʃ": "S", "ʒ": "Z", "ɕ": "S", "ʑ": "Z", "ʂ": "S", "ʐ": "Z", "ɧ": "S", "ç": "C", "ʝ": "j",
    "x": "x", "χ": "x", "ɣ": "g", "ħ": "h", "h": "h", "ɦ": "h",
    "l": "l", "ɫ": "l", "ɭ": "l", "ɬ": "l", "ʎ": "l^", "j": "j", "ɥ": "j", "w": "w", "ʍ": "w", "ɰ": "w",
    "r": "r", "ɾ": "r", "ʀ": "r", "ʁ": "r", "ɹ": "r", "ɻ": "r", "ɽ": "r", "ɺ": "r",
    "pf": "pF", "ts": "ts", "tʃ": "tS", "dʒ": "dZ", "tɕ": "tS", "dʑ": "dZ", "ʈʂ": "tS", "ɖʐ": "dZ",
    # A vowel that is not a syllable of its own: German r, and the glides before a vowel.
    "ɐ̯": "r", "ə̯": "@", "i̯": "j", "ɪ̯": "j", "u̯": "w", "ʊ̯": "w", "o̯": "o", "y̯": "j", "ʏ̯": "j", "e̯": "e",
}  # fmt: skip
STRESS = {"ˈ": "'", "'": "'", "ˌ": ","}
# Pairs of names that espeak-ng would read as one; it takes the longest name it knows.
MERGED = frozenset({"tS", "ts", "dZ", "aI", "aU", "EI", "OY", "oU"})

_IPA = Symbols(STRESS | {".": ""} | VOWELS | CONSONANTS)
_SYLLABLES = frozenset(VOWELS.values())


@lru_cache(maxsize=4096)
def espeak_notation(ipa: str) -> str | None:
    """Return ``[[mnemonics]]`` for IPA, without white space, or None where a symbol is not known.

    Args:
        ipa: Phonemes with stress, length and syllable marks; white space parts words.
            Where no syllable is stressed, the first is.
    """
    words = _IPA.words(ipa)
    if words is None:
        return None
    names = [name for word in words for name in word]
    if not _SYLLABLES.intersection(names):
        return None
    joined = "||".join(map(_joined, words)) if "'" in names or "," in names else _joined_stressed(words)
    return f"[[{joined}]]"


def _joined_stressed(words: Sequence[Sequence[str]]) -> str:
    """Join words of which none is stressed, with stress on the first syllable of all."""
    joined = []
    stress = "'"
    for word in words:
        first = next((at for at, name in enumerate(word) if name in _SYLLABLES), None) if stress else None
        if first is not None:
            word, stress = [*word[:first], stress, *word[first:]], ""
        joined.append(_joined(word))
    return "||".join(joined)


def _joined(names: Sequence[str]) -> str:
    """Join mnemonics, with a bar where two would be read as one: t|s is not an affricate."""
    told = [name for name in names if name]
    bars = ["|" if one[-1] + other[0] in MERGED else "" for one, other in pairwise(told)]
    return "".join(name + bar for name, bar in zip(told, [*bars, ""], strict=False))
