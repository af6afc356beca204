"""Where a lexicon's entries stand in a text."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from narrate.lexicon import Entry, Lexicon, find
from narrate.lexicon.entries import make_entry
from narrate.model.errors import InputUnreadable


def lexicon(*printed: str) -> Lexicon:
    """Return a lexicon of aliases that say where they come from."""
    return Lexicon(tuple(Entry(one, f"alias {one}", None, f"x:{line}") for line, one in enumerate(printed, 1)))


def found(text: str, *lexicons: Lexicon) -> list[tuple[str, str, str]]:
    """Return what is found: the entry, the form in the text, the suffix."""
    return [(one.entry.printed, text[one.start : one.end], one.suffix) for one in find(text, lexicons)]


def test_whole_words_as_printed() -> None:
    """An entry is found as printed, in whole words only."""
    assert found("App, app, Apps-Liste, Apparat, WApp, App4, APP", lexicon("App")) == [
        ("App", "App", ""),
        ("App", "Apps", "s"),
    ]


def test_the_longest_counts() -> None:
    """Where several entries begin at one word, the longest that is there whole counts."""
    own = lexicon("Big", "Big Data", "Big Data Digest")
    text = "Big Data Digest, Big Data Dienst, Big Band"
    assert [entry for entry, _, _ in found(text, own)] == ["Big Data Digest", "Big Data", "Big"]


@pytest.mark.parametrize(
    ("text", "form", "suffix"),
    [
        ("die Apps laden", "Apps", "s"),
        ("Apps", "Apps", "s"),
        ("die App’s laden", "App’s", "s"),
        ("die App's laden", "App's", "s"),
        ("eine App-Liste", "App", ""),
        ("die Wetter-Apps", "Apps", "s"),
        ("„App“", "App", ""),
        ("die ‚App’ selbst", "App", ""),
    ],
)
def test_inflected_forms_and_compounds(text: str, form: str, suffix: str) -> None:
    """Genitive and plural belong to the match, with either apostrophe; the rest of a compound does not."""
    assert found(text, lexicon("App")) == [("App", form, suffix)]


def test_a_genitive_without_s() -> None:
    """After a sibilant the apostrophe alone is the genitive, and belongs to the match."""
    assert found("Chess’ Regeln", lexicon("Chess")) == [("Chess", "Chess’", "")]


def test_a_form_of_its_own_comes_before_an_inflected_one() -> None:
    """Where the plural is an entry itself, it is that."""
    assert [entry for entry, _, _ in found("News und New", lexicon("New", "News"))] == ["News", "New"]


def test_white_space_may_be_any_or_hyphens() -> None:
    """Words of an entry may stand apart by any white space, or be joined in a compound; not otherwise."""
    own = lexicon("Deep Learning")
    assert [form for _, form, _ in found("Deep\u00a0Learning, Deep  Learning", own)] == [
        "Deep\u00a0Learning",
        "Deep  Learning",
    ]
    assert [form for _, form, _ in found("Deep-Learning-Kurs, Deep - Learning, Deep, Learning", own)] == [
        "Deep-Learning"
    ]


@pytest.mark.parametrize("printed", ["C++", ".NET", "AT&T", "36Kr", "Start-up", "R’n’B"])
def test_signs_in_an_entry(printed: str) -> None:
    """Signs and digits belong to an entry like letters."""
    assert [form for _, form, _ in found(f"mit {printed}, sagt sie", lexicon(printed))] == [printed]


def test_an_earlier_lexicon_counts_everywhere() -> None:
    """What the first lexicon knows is taken even from the middle of a longer entry of the next."""
    own, other = lexicon("Data"), lexicon("Big Data Digest", "Data", "Big")
    assert [one.entry.source for one in find("Big Data Digest", [own, other])] == ["x:3", "x:1"]
    assert find("Big Data Digest", [own, other])[1].entry is own.entries[0]


def test_of_two_entries_the_first_counts() -> None:
    """The same printed form twice: the first, as in PLS."""
    twice = Lexicon((Entry("App", "eins", None, "x:1"), Entry("App", "zwei", None, "x:2")))
    assert [one.entry.alias for one in find("App", [twice])] == ["eins"]


WORDS = st.lists(
    st.sampled_from(["Big", "Data", "s", "-", "’", " ", "App", "Apps", ".", "Digest", "[[", "ß"]), max_size=30
)


@example(text="-s", printed=["-"])
@given(WORDS.map("".join), st.lists(WORDS.map("".join).filter(str.strip), max_size=8))
def test_matches_are_whole_and_apart(text: str, printed: list[str]) -> None:
    """Matches stand in order, do not overlap, and begin and end at the borders of words."""
    behind = 0
    for one in find(text, [lexicon(*printed[:4]), lexicon(*printed[4:])]):
        assert behind <= one.start < one.end <= len(text)
        behind = one.end
        for at in (one.start, one.end):
            assert not (text[at - 1 : at].isalnum() and text[at : at + 1].isalnum() and at)


@pytest.mark.slow
def test_a_million_characters_take_linear_time() -> None:
    """1,000 entries in a text of 10^6 characters, also where every word begins all of them, within seconds."""
    plain = lexicon(*(f"Wort{number} Zwei{number}" for number in range(1000)))
    alike = lexicon(*(f"Big Data {number}" for number in range(1000)), "Big " * 40 + "Ende")
    for own, text in (
        (plain, "Wort7 Zwei7 und noch etwas. " * 36_000),
        (alike, "Big " * 60_000),
        (alike, "Big-" * 60_000),
    ):
        start = time.perf_counter()
        find(text, [own])
        assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("printed", "alias", "words"),
    [("", "x", "letter"), ("App", "—", "letter"), ("A" * 201, "x", "longer"), ("A\u200bB", "x", "U\\+200B")],
)
def test_what_is_no_entry(printed: str, alias: str, words: str) -> None:
    """An entry without letters, too long, or with invisible characters is refused with its line."""
    with pytest.raises(InputUnreadable, match=f"namen.tsv:7: .*{words}"):
        make_entry(printed, alias, None, "namen.tsv:7")


def test_the_digest_tells_what_is_said() -> None:
    """Another pronunciation is another digest; another file or line is not."""
    one, moved, other = (
        Lexicon((Entry("App", alias, None, where),))
        for alias, where in (("Äpp", "a:1"), ("Äpp", "b:2"), ("App", "a:1"))
    )
    assert one.digest == moved.digest != other.digest
