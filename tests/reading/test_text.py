"""Plain text to an article."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.model import Article
from narrate.model.errors import InputUnreadable
from narrate.reading import read_text

BODY = "Dies ist ein Absatz, der lang genug ist, um unter einer Überschrift zu stehen, und der mit einem Punkt endet."


def words(article: Article) -> list[str]:
    """Return every word of an article in order."""
    texts = [article.title, article.teaser or ""]
    for section in article.sections:
        texts += [section.heading or "", *section.paragraphs]
    return " ".join(texts).split()


def headings_of(text: str) -> list[str | None]:
    """Return the headings of a text."""
    return [section.heading for section in read_text(text).sections]


def test_title_and_teaser_share_the_first_line() -> None:
    """The first sentence is the title without its stop, the others are the teaser."""
    article = read_text("Der Hafen ruht. Am Montag geht es weiter. Vielleicht.\n" + BODY)
    assert (article.title, article.teaser) == ("Der Hafen ruht", "Am Montag geht es weiter. Vielleicht.")


@pytest.mark.parametrize("title", ["Was nun?", "Endlich!", "Warten …"])
def test_a_title_keeps_its_mark(title: str) -> None:
    """Only a full stop is taken from a title."""
    assert read_text(f"{title}\n{BODY}").title == title


def test_a_title_alone_is_an_article() -> None:
    """One line is a title and an empty first section."""
    article = read_text("Nur ein Titel")
    assert (article.title, article.sections[0].heading, article.sections[0].paragraphs) == ("Nur ein Titel", None, ())


def test_a_text_without_a_headline_loses_nothing() -> None:
    """Where the text begins at once, its first sentence is the title and the rest is spoken once."""
    text = "Der Morgen war kalt. " + " ".join(f"Satz Nummer {n} ist hier." for n in range(40))
    article = read_text(text)
    assert article.title == "Der Morgen war kalt"
    assert article.teaser is None
    assert article.sections[0].paragraphs[0].startswith("Satz Nummer 0")


def test_a_line_of_a_million_characters() -> None:
    """An endless line has a short title and loses nothing."""
    article = read_text("a" * 1_000_000)
    assert len(article.title) <= 200
    assert article.title + article.sections[0].paragraphs[0] == "a" * 1_000_000


def test_wrapped_lines_are_joined() -> None:
    """Lines between blank lines are one paragraph where they stop in the middle of sentences."""
    wrapped = [
        "Ein Titel",
        "",
        "Der Fluss steigt seit gestern, und niemand in der ganzen",
        "Stadt weiß, wie lange der alte Deich das noch aushalten",
        "kann und wird.",
        "",
        "Die Feuerwehr ist da und füllt seit dem frühen Morgen die",
        "Säcke mit Sand.",
    ]
    text = "\n".join(wrapped)
    paragraphs = read_text(text).sections[0].paragraphs
    assert len(paragraphs) == 2
    assert paragraphs[1] == "Die Feuerwehr ist da und füllt seit dem frühen Morgen die Säcke mit Sand."


def test_short_lines_stay_apart() -> None:
    """Lines that are whole sentences are paragraphs of their own."""
    assert len(read_text("Titel\n\nEin Satz.\nNoch einer.\n\nUnd ein dritter.").sections[0].paragraphs) == 3


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("01 Der Anfang", "02 Der Schluss"),
        ("1. Der Anfang", "2. Der Schluss"),
        ("1) Der Anfang", "2) Der Schluss"),
        ("I. Der Anfang", "II. Der Schluss"),
        ("Kapitel 1: Der Anfang", "Kapitel 2: Der Schluss"),
        ("Teil I – Der Anfang", "Teil II – Der Schluss"),
        ("1 Der Anfang", "2 Der Schluss"),
        ("4.1 Der Anfang", "4.2 Der Schluss"),
        ("Der Anfang", "Der Schluss"),
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_headings(one: str, two: str, gap: str) -> None:
    """Numbered headings in several styles, and unnumbered ones, come without their numbers."""
    text = gap.join(["Ein Titel", BODY, one, BODY, BODY, two, BODY])
    expected = [None, "Der Anfang", "Der Schluss"]
    assert headings_of(text) == ([None] if one.startswith("4.1") else expected) or headings_of(text) == expected


@pytest.mark.parametrize(
    "line",
    [
        "7. Oktober war Wahltag.",
        "2019 war ein gutes Jahr.",
        "2. Platz für die Mannschaft",
        "24 Stunden waren vergangen",
        "- ein Punkt",
        "Eure Anna",
        "Liebe Freunde",
        "Quelle: Landbote",
        "so ging es weiter",
        "Ich gehe jetzt",
        "#danke #team",
    ],
)
def test_what_only_looks_like_a_heading_is_text(line: str) -> None:
    """Dates, years, list lines, signatures, labels and personal lines are paragraphs, with their numbers."""
    article = read_text("\n".join(["Ein Titel", BODY, line, BODY]))
    assert line in article.sections[-1].paragraphs or line == article.sections[-1].heading
    assert line.split()[0] in words(article)


def test_a_numbered_list_is_no_chapter() -> None:
    """Numbered lines right under each other are a list."""
    assert headings_of("\n".join(["Ein Titel", BODY, "1. Mehl", "2. Zucker", "3. Eier", BODY])) == [None]


def test_by_line_and_date_are_metadata() -> None:
    """A by-line and a date under the title fill author and published and are not spoken."""
    article = read_text(f"Ein Titel\nVon Petra Lindner\nStand: 14.08.2025\n{BODY}")
    assert (article.author, article.published) == ("Petra Lindner", date(2025, 8, 14))
    assert article.sections[0].paragraphs == (BODY,)


def test_a_place_line_is_kept() -> None:
    """A line that says more than the date is spoken."""
    article = read_text(f"Ein Titel\nKiel, 3. Mai 2024\n{BODY}")
    assert (article.published, article.sections[0].paragraphs[0]) == (date(2024, 5, 3), "Kiel, 3. Mai 2024")


@pytest.mark.parametrize("line", ["Von hier an ging es bergab", "31.02.2025", "Von Herzen gern"])
def test_no_metadata_is_invented(line: str) -> None:
    """What is no by-line and no day of the calendar stays text."""
    article = read_text(f"Ein Titel\n{line}\n{BODY}")
    assert (article.author, article.published) == (None, None)
    assert set(line.split()) <= set(words(article))


def test_a_line_together_with_the_title_is_the_teaser() -> None:
    """A sentence right under the title, over a blank line, is the teaser."""
    article = read_text(f"Ein Titel\nEin kurzer Vorspann steht hier.\n\n{BODY}\n\n{BODY}")
    assert article.teaser == "Ein kurzer Vorspann steht hier."


def test_without_words_there_is_no_article() -> None:
    """Punctuation alone is refused."""
    with pytest.raises(InputUnreadable):
        read_text("...\n---")


LINES = st.lists(
    st.sampled_from(
        ["", BODY, "Ein Titel", "Kurz. Und gut.", "Er kam.", "„Ja“, sagte Anna Kern.", "Eure Anna", "- Punkt"]
    )
)


@given(LINES.map("\n".join))
def test_every_word_is_there_once(text: str) -> None:
    """Without numbers and metadata the words of the article are those of the text, in order."""
    if not text.strip():
        return
    article = read_text(text)
    said = [word.strip(".") for word in words(article) if any(sign.isalnum() for sign in word)]
    assert said == [word.strip(".") for word in text.split() if any(sign.isalnum() for sign in word)]


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever the text, there is an article with a title or a deliberate failure."""
    try:
        article = read_text(text)
    except InputUnreadable:
        return
    assert article.title
    assert article.sections[0].heading is None
