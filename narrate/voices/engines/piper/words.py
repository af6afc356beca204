"""What Piper is given to read, how phonemes are written in it, and where its words are heard."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from narrate.model import Mark

# All that espeak-ng's German gives a model to learn from (measured on 30,000 words); others were never trained.
GERMAN = frozenset("abcdefhijklmnoprstuvwxyzðøœŋɐɑɒɔəɛɜɡɪɹɾʃʊʌʏʒˈˌː\u0303\u0327")
VOWELS = "aeiouyøœɐɑɒɔəɛɜɪʊʌʏ"
# The same sounds as espeak-ng's German writes them, the longer first.
_WRITTEN = {
    "aː": "ɑː", "ai̯": "aɪ", "ae̯": "aɪ", "au̯": "aʊ", "ao̯": "aʊ", "ɔʏ": "ɔø", "ɔɪ": "ɔø", "ɔi̯": "ɔø", "ɔy̯": "ɔø",
    "ɐ̯": "ɾ", "ɐ": "ɜ", "ʁ": "r", "ʀ": "r", "ɹ": "r", "g": "ɡ", "æ": "ɛ", "ɚ": "ɜ", "χ": "x", "ʔ": "", "’": "ˈ",
    "m̩": "əm", "n̩": "ən", "ŋ̩": "ən", "l̩": "əl", "r̩": "ɜ", ":": "ː", "‿": "", "'": "ˈ", ".": "", "-": "",
    "\u0361": "", "\u035c": "", "\u032f": "",
}  # fmt: skip
_WRITTEN_SIGNS = re.compile("|".join(sorted(map(re.escape, _WRITTEN), key=len, reverse=True)))
# espeak-ng sets the stress before the vowel, not before the syllable.
_STRESS = re.compile(f"([ˈˌ])([^ˈˌ {VOWELS}]*)")
# Brackets that no article has: what it prints in two square brackets is text, not phonemes.
_NOTATION = re.compile(r"⟦([^⟦⟧\s]+)⟧")
_GAP = "_"  # between words of a notation
_UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_PAUSES = ".,;:!?"
MOST_KNOWN = 20_000


def notation(ipa: str, models: Iterable[Container[str]]) -> str | None:
    """Return IPA as one word that stands for it in a text, or None where one of its symbols cannot be spoken.

    Args:
        ipa: Words with stress, length and syllable marks; where nothing is stressed, the first vowel is.
        models: The phonemes of every model that may have to speak it.
    """
    signs = unicodedata.normalize("NFD", ipa)
    signs = _WRITTEN_SIGNS.sub(lambda found: _WRITTEN[found[0]], " ".join(signs.split()))
    if not set(signs) & set("ˈˌ"):
        signs = f"ˈ{signs}"
    signs = _STRESS.sub(r"\2\1", signs)
    used = set(signs) - {" "}
    if not used & set(VOWELS) or not used <= GERMAN or any(sign not in model for model in models for sign in used):
        return None
    return f"⟦{signs.replace(' ', _GAP)}⟧"


def fit(text: str) -> str:
    """Return a text as Piper can read it: one line, phonemes only where ``notation`` wrote them."""
    plain = _UNREADABLE.sub(" ", text)
    while "[[" in plain:
        plain = plain.replace("[[", "[ [")
    fitted = " ".join(map(_fit_word, plain.split()))
    # Piper adds a space on each side of phonemes that have one: between two, or behind a pause, that is one too many.
    return re.sub(rf"([{_PAUSES}]) \[\[", r"\1[[", fitted.replace("]] [[", " "))


def _fit_word(word: str) -> str:
    """Write notation as Piper reads it, with the pause after it inside: outside, Piper would drop it."""
    found = _NOTATION.search(word)
    if found is None or not set(found[1]) <= GERMAN | {_GAP}:
        return word
    before, after = word[: found.start()], _fit_word(word[found.end() :])
    pause = "" if any(map(str.isalnum, after)) else next((sign for sign in after if sign in _PAUSES), "")
    before = before if any(map(str.isalnum, before)) else ""
    after = after.lstrip("-") if any(map(str.isalnum, after)) else ""
    return f"{before}[[{found[1].replace(_GAP, ' ')}{pause}]]{after}"


@dataclass(frozen=True, slots=True)
class _Heard:
    """A word as phonemes, without stress and pauses, and its samples."""

    signs: str
    start: int
    end: int


def word_marks(
    text: str, parts: Sequence[Any], phonemize: Callable[[str], list[list[str]]], known: dict[str, list[str]]
) -> tuple[Mark, ...]:
    """Return where the words of a text are heard, as far as that is sure.

    Piper tells the lengths of phonemes, which know no text. Each printed word is put into phonemes
    by itself, and has a mark where the same was spoken in its place, or as many words between
    others that are sure.

    Args:
        text: What was spoken.
        parts: The ``AudioChunk`` of each sentence.
        phonemize: Of the model.
        known: Phonemes of words that were met before; gets those of new ones.
    """
    heard: list[_Heard] = []
    at = 0
    for part in parts:
        samples = len(part.audio_float_array)
        aligned = part.phoneme_alignments
        if aligned is None or sum(one.num_samples for one in aligned) != samples:
            return ()
        heard += _words(((one.phoneme, int(one.num_samples)) for one in aligned), at)
        at += samples
    printed = [(found.start(), found[0]) for found in re.finditer(r"\S+", text)]
    # Other threads add words meanwhile, and forget them all when there are too many.
    met = {word: known.get(word, []) for _, word in printed}
    new = [word for word, signs in met.items() if not signs]
    met |= zip(new, _alone(new, phonemize), strict=True)
    if len(known) > MOST_KNOWN:
        known.clear()
    known |= {word: met[word] for word in new}
    alone = [met[word] for _, word in printed]
    rate_hz = parts[0].sample_rate if parts else 1
    return tuple(
        Mark(*printed[number], 1000 * heard[first].start / rate_hz, 1000 * heard[last - 1].end / rate_hz)
        for number, (first, last) in sorted(_placed(alone, [word.signs for word in heard]).items())
    )


def _alone(words: Sequence[str], phonemize: Callable[[str], list[list[str]]]) -> list[list[str]]:
    """Return the phonemes of each printed word, as one or more spoken words."""
    if not words:
        return []
    fitted = list(map(fit, words))
    # A word on a line of its own is a sentence to Piper: all at once is five times faster than one by one.
    sentences = [] if any("[[" in word for word in fitted) else phonemize("\n\n".join(fitted))
    if len(sentences) != len(words):
        sentences = [[sign for sentence in phonemize(word) for sign in [*sentence, " "]] for word in fitted]
    return [[word.signs for word in _words(((sign, 1) for sign in sentence), 0)] for sentence in sentences]


def _placed(printed: Sequence[Sequence[str]], heard: Sequence[str]) -> dict[int, tuple[int, int]]:
    """Return, by number of the printed word, which of the words heard it is; in doubt it has none."""
    owners = [number for number, words in enumerate(printed) for _ in words]
    alone = [word for words in printed for word in words]
    found: dict[int, list[int]] = {}
    whole: dict[int, tuple[int, int]] = {}
    for _, first, last, at, end in SequenceMatcher(None, alone, heard, autojunk=False).get_opcodes():
        if last - first == end - at:  # the same, or said in another way in a sentence, like "KI"
            for number, word in zip(owners[first:last], range(at, end), strict=True):
                found.setdefault(number, []).append(word)
        elif at < end and first < last and owners[first:last] == [owners[first]] * len(printed[owners[first]]):
            whole[owners[first]] = at, end  # one printed word between two sure ones
    complete = {number: words for number, words in found.items() if len(words) == len(printed[number])}
    return whole | {number: (words[0], words[-1] + 1) for number, words in complete.items()}


def _words(signs: Iterable[tuple[str, int]], at: int) -> Iterator[_Heard]:
    """Yield every run of phonemes between spaces that has a sound in it, with its samples."""
    spoken, start, end = "", at, at
    for sign, samples in [*signs, (" ", 0)]:
        if sign == " ":
            if spoken:
                yield _Heard(spoken, start, end)
            spoken, start = "", at + samples
        elif unicodedata.category(sign[0])[0] in "LMN" and sign not in "ˈˌ":
            spoken, start, end = spoken + sign, start if spoken else at, at + samples
        at += samples
