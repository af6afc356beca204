"""Number words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.german.numbers import cardinal, decade, decimal, denominator, digits, joined, ordinal, year

SMALL = {
    "null": 0, "ein": 1, "eins": 1, "eine": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7,
    "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "dreizehn": 13, "vierzehn": 14, "fünfzehn": 15,
    "sechzehn": 16, "siebzehn": 17, "achtzehn": 18, "neunzehn": 19, "zwanzig": 20, "dreißig": 30, "vierzig": 40,
    "fünfzig": 50, "sechzig": 60, "siebzig": 70, "achtzig": 80, "neunzig": 90,
}  # fmt: skip
SCALES = {"Million": 10**6, "Milliarde": 10**9, "Billion": 10**12, "Billiarde": 10**15, "Trillion": 10**18}


def counted(words: str) -> int:
    """Return the value of number words: the way back, by addition and multiplication."""
    total = group = below = 0
    for word in words.split():
        scale = SCALES.get(
            word.removesuffix("en")
            if word.endswith("onen")
            else word.removesuffix("n")
            if word.endswith("arden")
            else word
        )
        if scale:
            total, group, below = total + (group + below) * scale, 0, 0
        elif word == "tausend":
            total, group, below = total + (group + below or 1) * 1000, 0, 0
        elif word == "hundert":
            group, below = (below or 1) * 100, 0
        elif word != "und":
            below += SMALL[word]
    return total + group + below


@given(st.one_of(st.integers(0, 2000), st.integers(0, 10**18)))
def test_cardinals_count_back(number: int) -> None:
    """Words mean the number they were made from, up to a trillion and beyond."""
    assert counted(cardinal(number)) == number


def test_a_number_beyond_all_scales_is_read_by_digits() -> None:
    """Nothing raises, however long."""
    assert cardinal(10**60).startswith("eins null null")


@given(st.integers(1100, 1999))
def test_years_are_read_in_hundreds(number: int) -> None:
    """1794 is seventeen hundred and ninety-four."""
    assert counted(year(number)) == number
    assert "tausend" not in year(number)


@pytest.mark.parametrize(
    ("number", "spoken"),
    [(1, "erste"), (3, "dritte"), (7, "siebte"), (8, "achte"), (12, "zwölfte"), (20, "zwanzigste"),
     (21, "ein und zwanzigste"),
     (100, "hundertste"), (101, "hundert erste"), (1000, "tausendste"), (1_000_000, "millionste"),
     (2_000_000, "zwei millionste"), (10**9, "milliardste"), (366, "drei hundert sechs und sechzigste")],
)  # fmt: skip
def test_ordinals(number: int, spoken: str) -> None:
    """Small ones end in -te, from twenty in -ste; some stems are irregular."""
    assert ordinal(number, "e") == spoken
    assert ordinal(number, "en") == spoken + "n"


def test_other_forms() -> None:
    """Decades, decimals, digits and denominators."""
    assert decade(1970) == "neunzehn hundert siebziger"
    assert decade(20) == "zwanziger"
    assert decimal("3", "14") == "drei Komma eins vier"
    assert digits("0 17") == "null eins sieben"
    assert [denominator(number) for number in (3, 4, 7, 8, 20, 100)] == [
        "Drittel", "Viertel", "Siebtel", "Achtel", "Zwanzigstel", "Hundertstel",
    ]  # fmt: skip


@given(st.integers(13, 999_999))
def test_joined_numbers_are_one_word(number: int) -> None:
    """For engines that want it, a number below a million is one word."""
    assert joined(cardinal(number)) == cardinal(number).replace(" ", "")


def test_joining_leaves_other_words_alone() -> None:
    """*und* and *ein* between other words stay apart."""
    text = "zwei und drei Hunde und ein Haus und sieben hundert Leute"
    assert joined(text) == "zwei und drei Hunde und ein Haus und siebenhundert Leute"
