"""How printed German is read aloud: every class by its cases, and what holds for any text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrate.german import verbalize
from narrate.german.numbers import cardinal

WORDS = st.sampled_from(
    "der die das dem den am im vom zum bis und ein eine kein seit ab mit Jahr Euro Uhr Prozent Liga Klasse Mai "
    "Müller kam gewann Platz Sieg Tage § Art. Abs. Nr. z. B. Dr. usw. km m² % € $ & – - / : . , ; ( ) „ “ "
    "Heinrich II. VIII. KI GmbH Tel. Mio. Mrd. Mo. Fr. #tag @name www.ort.de a@b.de Leser*innen ½ 🙂 v. Chr. "
    "St. S. ff. Teil Kapitel IV".split()
)
FIGURES = st.one_of(
    st.integers(0, 10**16).map(str),
    st.integers(0, 99).map(str),
    st.integers(1000, 2100).map(str),
    st.from_regex(r"[0-9]{1,3}(\.[0-9]{3}){1,3}(,[0-9]{1,2})?", fullmatch=True),
    st.from_regex(r"[0-9]{1,2}[.:/,–-][0-9]{1,2}[.]?", fullmatch=True),
    st.from_regex(r"[0-9]{1,4}\.", fullmatch=True),
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(WORDS, FIGURES), max_size=14).map(" ".join),
    st.lists(st.one_of(WORDS, FIGURES), max_size=14).map("".join),
)


@settings(max_examples=100)
@given(TEXTS)
def test_twice_is_once(text: str) -> None:
    """What is spoken German already does not change; nothing ever raises."""
    spoken = verbalize(text)
    assert verbalize(spoken) == spoken


@settings(max_examples=80)
@given(st.lists(st.one_of(WORDS, FIGURES), max_size=14).map(" ".join))
def test_every_number_is_put_into_words(text: str) -> None:
    """No digit is left outside a name, which is a token that has letters too."""
    for token in re.findall(r"\S*\d\S*", verbalize(text)):
        assert re.search(r"[^\W\d_]", token), token


@settings(max_examples=80)
@given(st.lists(st.from_regex(r"[A-ZÄÖÜ]?[a-zäöüß]{4,12}", fullmatch=True), max_size=12))
def test_no_word_of_running_text_is_lost(words: list[str]) -> None:
    """Plain words come out as they went in, in their order."""
    text = " ".join(words)
    assert verbalize(text) == text


@given(st.integers(0, 10**15))
def test_a_number_is_read_alike_however_it_is_grouped(number: int) -> None:
    """Thousands dots and thin spaces are silent."""
    plain = verbalize(f"Es sind {number:,} Stück.".replace(",", "."))
    assert plain == verbalize(f"Es sind {number:,} Stück.".replace(",", "\u202f"))
    if number > 1:
        assert plain == f"Es sind {cardinal(number)} Stück."


@pytest.mark.parametrize(
    "unit",
    [
        "1", "1.", "1,", "1:", "1 ", "1-", "1/", "I", "I.", "V ", "A", "a.", "A.", "a-", "§", "§ 1 ", "+", "+49 ",
        "(0", "@", "a@", "#", "a.b", "www.", "http://", "…", "–", "1–", "*", "_", "🙂", "\u200d", "z. B. ", "Mo.",
        "½", "1 000 ", "€", "1€", "%", "am 1. ", "10:", " ", "1. und ", "1 bis ", "a", "1x", "Tel. ",
    ],
)  # fmt: skip
def test_adversarial_text_is_read_in_linear_time(unit: str) -> None:
    """A long run of any sign comes back; a pattern that backtracks would hang here."""
    text = (unit * 100_000)[:30_000]
    assert verbalize(text) is not None
