"""IPA to the X-SAMPA of Pico's German voice, held by its own words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.model import Voice
from narrate.voices.engines.pico.engine import PicoEngine
from narrate.voices.engines.pico.phonemes import CONSONANTS, VOWELS, pico_notation

VOICE = Voice("pico", "de-DE")
# German words that the voice reads by its own rules, and their pronunciation in the Duden.
WORDS = {
    "Rat": "ʁaːt", "Zeit": "t͡saɪ̯t", "Pfanne": "ˈp͡fanə", "Haus": "haʊ̯s", "heute": "ˈhɔɪ̯tə", "Deutsch": "dɔɪ̯t͡ʃ",
    "Garage": "ɡaˈʁaːʒə", "Musik": "muˈziːk", "Politik": "poliˈtiːk", "beachten": "bəˈʔaxtən", "Hund": "hʊnt",
    "Nation": "naˈt͡si̯oːn", "Kater": "ˈkaːtɐ", "Garten": "ˈɡaʁtn̩", "Abend": "ˈaːbn̩t", "und": "ʊnt", "Ehe": "ˈeːə",
    "Tomate": "toˈmaːtə", "Vieh": "fiː", "Hütte": "ˈhʏtə", "schön": "ʃøːn", "Götter": "ˈɡœtɐ", "Buch": "buːx",
    "ich": "ɪç", "Käse": "ˈkɛːzə", "Tür": "tyːɐ̯",
}  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Iterator[PicoEngine]:
    """Return an engine for all tests of this file."""
    made = PicoEngine()
    if made.missing():
        pytest.skip(str(made.missing()))
    yield made
    made.close()


@pytest.mark.parametrize("word", WORDS)
def test_a_german_word_is_the_same_sound_as_its_ipa(engine: PicoEngine, word: str) -> None:
    """Pico gives the same samples for a word and for the notation of its IPA."""
    notation = pico_notation(WORDS[word])
    assert notation is not None
    assert engine.synthesize(notation, VOICE).pcm == engine.synthesize(word, VOICE).pcm


@pytest.mark.parametrize("ipa", sorted(VOWELS | CONSONANTS))
def test_every_sign_is_heard(engine: PicoEngine, ipa: str) -> None:
    """No sign of the tables is one that the voice leaves out."""
    with_it, without = (pico_notation(f"ˈta.{sign}.ta") for sign in (ipa, ""))
    assert with_it is not None
    assert without is not None
    assert engine.synthesize(with_it, VOICE).pcm != engine.synthesize(without, VOICE).pcm


def test_words_are_parted_and_stressed() -> None:
    """Several words are one notation without white space; each has a stress, and a vowel a glottal stop before it."""
    assert pico_notation("ˈviː ˈt͡ʃæt") == '[["vi:|"t_SEt]]'
    assert pico_notation("amsteɐdam") == '[["?amste6dam]]'


@pytest.mark.parametrize("ipa", ["", " ", "¿§", "ǃ", "ts", "ˈ"])
def test_what_has_no_syllable_or_no_symbol_has_no_notation(ipa: str) -> None:
    """Clicks, rubbish and consonants alone have no notation."""
    assert pico_notation(ipa) is None


@given(st.text(max_size=30))
def test_any_text_has_a_notation_or_none(ipa: str) -> None:
    """Nothing raises; a notation is one word in double brackets."""
    notation = pico_notation(ipa)
    assert notation is None or (
        notation.startswith("[[") and notation.endswith("]]") and notation.split() == [notation]
    )
