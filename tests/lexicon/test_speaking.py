"""Printed text to what an engine is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate import german
from narrate.lexicon import Entry, Lexicon, spoken
from narrate.lexicon.speaking import STAND_INS

APP = Entry("Zapp", "Säpp", "zɛp", "x:1")
BARE = Entry("Nopf", None, "nɔ", "x:2")
PLAIN = Entry("16Bt", "sechzehn Bit", None, "x:3")
OWN = Lexicon((APP, BARE, PLAIN))


def marked(ipa: str) -> str:
    """Return a notation that shows itself."""
    return f"[[{ipa}]]"


def nothing(ipa: str) -> None:
    """Have no phonemes."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Die Zapp geht.", "Die [[zɛp]] geht."),
        ("Die Zapps gehen.", "Die [[zɛps]] gehen."),
        ("Die Zapp’s gehen.", "Die [[zɛps]] gehen."),
        ("Die „Zapp“-Liste", "Die „[[zɛp]]“-Liste"),
        ("Der 16Bt ist da.", "Der sechzehn Bit ist da."),
        ("Der Nopf.", "Der [[nɔ]]."),
    ],
)
def test_phonemes_where_the_engine_has_them(text: str, expected: str) -> None:
    """IPA becomes the engine's notation, the suffix inside it; an alias stands as it is."""
    assert spoken(text, [OWN], marked) == expected


def test_aliases_where_it_has_none() -> None:
    """Without phonemes the alias is said, with its suffix; without an alias what is printed."""
    assert spoken("Zapps und Nopf.", [OWN], nothing) == "Säpps und Nopf."


def test_a_sibilant_takes_a_vowel_before_the_s() -> None:
    """The plural of a word that ends in a sibilant has a syllable more."""
    own = Lexicon((Entry("Zervice", "Sörwiss", "zœːʁvɪs", "x:1"),))
    assert spoken("zwei Zervices", [own], marked) == "zwei [[zœːʁvɪsɪs]]"
    assert spoken("zwei Zervices", [own], nothing) == "zwei Sörwissis"


def test_each_missing_entry_is_told_once() -> None:
    """What the engine has no notation for is told, once for each entry, whatever its forms."""
    told: list[Entry] = []
    spoken("Zapp, Zapps, Zapp, Nopf", [OWN], nothing, told.append)
    assert told == [APP, BARE]


@pytest.mark.parametrize("text", ["ein [[Wort]] da", "[[[[", "[" * 7, "a [[zɛp]] b", "[[16Bt]]"])
def test_an_article_cannot_write_phonemes(text: str) -> None:
    """Double brackets of the article, or of an alias, are broken up."""
    own = Lexicon((*OWN.entries, Entry("Wort", "[[x]]", None, "x:9")))
    assert "[[" not in spoken(text, [own], nothing)


def test_the_rest_is_spoken_german() -> None:
    """Everything around an entry is verbalized, the alias and the notation are not."""
    own = Lexicon((Entry("Zapp", "am 3. Mai", None, "x:1"),))
    around = german.verbalize("Am 6. April kam X an.")
    assert spoken("Am 6. April kam Zapp an.", [own], nothing) == around.replace("X", "am 3. Mai")


def test_more_entries_than_stand_ins() -> None:
    """A text with more different entries than there are letters to stand for them is said whole."""
    count = 3 * len(STAND_INS)
    names = ["W" + "".join(chr(97 + int(digit)) for digit in str(number)) for number in range(count)]
    own = Lexicon(tuple(Entry(name, f"alias{name}", None, "x:1") for name in names))
    assert spoken(" ".join(names), [own], nothing).split() == [f"alias{name}" for name in names]


LETTERS = st.characters(categories=["L", "P", "Zs"], exclude_characters="[")


@given(st.lists(st.one_of(st.text(LETTERS, max_size=8), st.sampled_from(["Zapp", "ꀀ", "ꀁ", "Nopf"])), max_size=12))
def test_no_stand_in_is_left_and_every_entry_is_said(words: list[str]) -> None:
    """Each entry found is said in its place, and letters that the text has itself stay."""
    text = " ".join(words)
    said = spoken(text, [OWN], marked)
    assert said.count("[[zɛp]]") >= words.count("Zapp")
    assert [sign for sign in said if 0xA000 <= ord(sign) <= 0xA48C] == [
        sign for sign in text if 0xA000 <= ord(sign) <= 0xA48C
    ]


def test_text_in_any_normal_form_is_found() -> None:
    """A printed form with combining accents is the same word."""
    own = Lexicon((Entry("Café", "Kaffee", None, "x:1"),))
    assert spoken("ein Cafe\u0301", [own], nothing) == "ein Kaffee"
