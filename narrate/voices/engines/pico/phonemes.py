"""The International Phonetic Alphabet to the X-SAMPA that SVOX Pico's German voice knows.

What the voice has was found by sound: a symbol it does not know is left out, and a German word has the same samples
as its phonemes where these are right ("Zeit" and ``"t_sa_It``). What German lacks becomes the phoneme that German
speakers put in its place, as for espeak-ng.

Source:
    Symbols: Wells (1995), Computer-coding the IPA (X-SAMPA), as far as the voice takes them.
"""

from __future__ import annotations

from functools import lru_cache

from narrate.voices.engines.ipa import Symbols

VOWELS = {
    "a": "a", "aː": "a:", "ɑ": "a", "ɑː": "a:", "æ": "E", "æː": "E:", "ɐ": "6", "ɐː": "a:", "ʌ": "a", "ʌː": "a:",
    "e": "e", "eː": "e:", "ɛ": "E", "ɛː": "E:", "ə": "@", "əː": "2:", "ɘ": "@", "ɚ": "6", "ɜ": "9", "ɜː": "2:",
    "ɝ": "9", "ɝː": "2:", "ɞ": "9", "ɞː": "2:",
    "i": "i", "iː": "i:", "ɪ": "I", "ɪː": "i:", "ɨ": "I", "ɨː": "i:", "ɯ": "U", "ɯː": "u:",
    "o": "o", "oː": "o:", "ɔ": "O", "ɔː": "o:", "ɒ": "O", "ɒː": "o:", "ɤ": "@", "ɤː": "o:", "ɵ": "9", "ɵː": "2:",
    "u": "u", "uː": "u:", "ʊ": "U", "ʊː": "u:", "ʉ": "y", "ʉː": "y:",
    "y": "y", "yː": "y:", "ʏ": "Y", "ʏː": "y:", "ø": "2", "øː": "2:", "œ": "9", "œː": "2:", "ɶ": "9",
    "aɪ": "a_I", "ɑɪ": "a_I", "aɪ̯": "a_I", "ai̯": "a_I", "ae̯": "a_I", "aɛ̯": "a_I",
    "aʊ": "a_U", "ɑʊ": "a_U", "æʊ": "a_U", "aʊ̯": "a_U", "au̯": "a_U", "ao̯": "a_U", "aɔ̯": "a_U",
    "ɔɪ": "O_Y", "ɔʏ": "O_Y", "ɔɪ̯": "O_Y", "ɔʏ̯": "O_Y", "ɔi̯": "O_Y", "ɔy̯": "O_Y", "ɔø̯": "O_Y",
    "oɪ": "O_Y", "oɪ̯": "O_Y",
    "eɪ": "e:", "ɛɪ": "e:", "eɪ̯": "e:", "ɛɪ̯": "e:", "ei̯": "e:", "ɛi̯": "e:",
    "oʊ": "o:", "əʊ": "o:", "ɔʊ": "o:", "oʊ̯": "o:", "əʊ̯": "o:", "ɔʊ̯": "o:", "ou̯": "o:",
    "ã": "a~:", "ãː": "a~:", "ɑ̃": "a~:", "ɑ̃ː": "a~:", "ɐ̃": "a~:", "ʌ̃": "a~:",
    "ɛ̃": "E~:", "ɛ̃ː": "E~:", "æ̃": "E~:", "ẽ": "E~:", "ẽː": "E~:", "œ̃": "E~:", "œ̃ː": "E~:",
    "ɔ̃": "o~:", "ɔ̃ː": "o~:", "õ": "o~:", "õː": "o~:", "ɒ̃": "o~:",
    "m̩": "m=", "n̩": "n=", "ŋ̩": "@N", "l̩": "l=", "ɫ̩": "l=", "r̩": "6", "ɹ̩": "6", "ʁ̩": "6",
}  # fmt: skip
CONSONANTS = {
    "p": "p", "b": "b", "t": "t", "d": "d", "k": "k", "ɡ": "g", "q": "k", "c": "k", "ɟ": "g",
    "ʈ": "t", "ɖ": "d", "ʔ": "?",
    "m": "m", "ɱ": "m", "n": "n", "ɳ": "n", "ɲ": "nj", "ŋ": "N", "ɴ": "N",
    "f": "f", "ɸ": "f", "v": "v", "ʋ": "v", "β": "v", "θ": "s", "ð": "z", "s": "s", "z": "z",
    "ʃ": "S", "ʒ": "Z", "ɕ": "S", "ʑ": "Z", "ʂ": "S", "ʐ": "Z", "ɧ": "S", "ç": "C", "ʝ": "j",
    "x": "x", "χ": "x", "ɣ": "g", "ħ": "h", "h": "h", "ɦ": "h",
    "l": "l", "ɫ": "l", "ɭ": "l", "ɬ": "l", "ʎ": "lj", "j": "j", "ɥ": "y_^", "w": "v", "ʍ": "v", "ɰ": "v",
    "r": "R", "ɾ": "R", "ʀ": "R", "ʁ": "R", "ɹ": "R", "ɻ": "R", "ɽ": "R", "ɺ": "R",
    "pf": "p_f", "ts": "t_s", "tʃ": "t_S", "dʒ": "d_Z", "tɕ": "t_S", "dʑ": "d_Z", "ʈʂ": "t_S", "ɖʐ": "d_Z",
    # A vowel that is not a syllable of its own: German r, and the glides before a vowel.
    "ɐ̯": "6_^", "ə̯": "@", "i̯": "i_^", "ɪ̯": "i_^", "u̯": "u_^", "ʊ̯": "u_^", "o̯": "u_^", "y̯": "y_^", "ʏ̯": "y_^",
    "e̯": "e",
}  # fmt: skip
PRIMARY = '"'
STRESS = {"ˈ": PRIMARY, "'": PRIMARY, "ˌ": "%"}
_IPA = Symbols(STRESS | {".": ""} | VOWELS | CONSONANTS)
_SYLLABLES = frozenset(VOWELS.values())


@lru_cache(maxsize=4096)
def pico_notation(ipa: str) -> str | None:
    """Return ``[[X-SAMPA]]`` for IPA, without white space, or None where a symbol is not known.

    Args:
        ipa: Phonemes with stress, length and syllable marks; white space parts words. A word without
            stress has it on its first syllable; one that begins with a vowel begins with a glottal stop.
    """
    words = _IPA.words(ipa)
    if not words or not all(_SYLLABLES.intersection(word) for word in words):
        return None
    return f"[[{'|'.join(map(_stressed, words))}]]"


def _stressed(word: list[str]) -> str:
    """Join a word's symbols; it begins with its stress where it has none, and a vowel with a glottal stop."""
    symbols = [symbol for symbol in word if symbol]
    if PRIMARY not in symbols:
        symbols.insert(0, PRIMARY)
    first = next(at for at, symbol in enumerate(symbols) if symbol not in STRESS.values())
    if symbols[first] in _SYLLABLES:
        symbols.insert(first, "?")
    return "".join(symbols)
