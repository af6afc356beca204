"""Articles of several layouts, and what is heard of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.model import Article, ArticleSection, Script
from narrate.reading import read_article, read_text
from narrate.script import write_script

ROOT = Path(__file__).parents[2]
ARTICLES = Path(__file__).parent / "articles"
REFERENCE = ROOT.parent / "shared" / "articles" / "babuschkin.txt"


def heard(script: Script) -> list[str]:
    """Return every word of the segments of a script, in order."""
    return [word for section in script.sections for segment in section.segments for word in segment.text.split()]


def printed(article: Article) -> list[str]:
    """Return every word of an article but its headings, in order."""
    texts = [article.title, article.teaser or "", *(text for one in article.sections for text in one.paragraphs)]
    return " ".join(texts).split()


def roles(script: Script, role: str) -> list[tuple[str | None, str]]:
    """Return speaker and first two words of every segment of a role."""
    return [
        (segment.speaker.name if segment.speaker else None, " ".join(segment.text.split()[:2]))
        for section in script.sections
        for segment in section.segments
        if segment.role == role
    ]


def test_a_letter_of_a_woman_in_german_marks() -> None:
    """A letter announced with a pronoun is the founder's, up to her signature; others keep their quotes."""
    script = write_script(read_article(ARTICLES / "brief_gruenderin.txt"))
    assert [section.heading for section in script.sections] == [None, "Der Verkauf", "Der Brief"]
    posts = roles(script, "post")
    assert {name for name, _ in posts} == {"Jette Lindqvist"}
    assert [words for _, words in posts][-1] == "Eure Jette"
    assert [name for name, _ in roles(script, "quote")] == ["Jette Lindqvist", "Rasmus Thoden", "Birte Onken"]
    assert next((one.name, one.gender) for one in script.speakers()) == ("Jette Lindqvist", "f")
    assert roles(script, "attribution") == [(None, "Quelle: Landbote")]


def test_a_post_in_wrapped_lines_and_guillemets() -> None:
    """A post ends where the reporter is back; Roman headings and wrapped lines are read."""
    script = write_script(read_article(ARTICLES / "linkedin_mann.txt"))
    assert [section.heading for section in script.sections] == [None, "Ein leiser Abgang", "Der Beitrag"]
    assert roles(script, "post") == [
        ("Harm Petersen", "Heute gebe"), ("Harm Petersen", "Zwanzig Schiffe"), ("Harm Petersen", "#Werft #Danke")
    ]  # fmt: skip
    assert roles(script, "quote") == [("Alma Voss", "»Das passt"), ("Alma Voss", "»Er hat")]


def test_a_post_of_one_paragraph_in_typewriter_marks() -> None:
    """The author named in the introducing line speaks the post."""
    script = write_script(read_article(ARTICLES / "x_post.txt"))
    assert roles(script, "post") == [("Runa Feddersen", "Danke für")]
    assert [name for name, _ in roles(script, "quote")] == ["Olaf Brandt", "Olaf Brandt", "Sina Albers"]


def test_the_sample_article() -> None:
    """The article that the project brings has a post of seven paragraphs and one question in another voice."""
    script = write_script(read_article(ROOT / "audio" / "beispiel.txt"))
    assert [section.heading for section in script.sections] == [
        None, "Eine Lampe, die nach unten schaut", "Die Frage am Deich", "Der Brief"
    ]  # fmt: skip
    assert [name for name, _ in roles(script, "post")] == ["Merle Sandvoss"] * 7
    assert roles(script, "quote") == [("Tjark Behrends", '"Wem gehört')]
    assert "frei erfunden" in script.sections[-1].segments[-1].text
    assert script.sections[-1].segments[-1].role == "attribution"


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference article is not part of the project")
def test_the_reference_article() -> None:
    """Four chapters, twelve paragraphs of the post, one question in a third voice, nothing else changes."""
    article = read_article(REFERENCE)
    script = write_script(article)
    assert script.title == "Auf Wiedersehen, xAI: Mitgründer Babuschkin verlässt das Unternehmen"
    assert [section.heading for section in script.sections] == [
        None, "Der Sprint von Null bis zum Gipfel", "Die Mission der nächsten Phase", "OMT"
    ]  # fmt: skip
    assert [name for name, _ in roles(script, "post")] == ["Igor Babuschkin"] * 12
    assert roles(script, "quote") == [("Max Tegmark", '"Wie können')]
    assert {(one.name, one.gender) for one in script.speakers()} == {("Igor Babuschkin", "m"), ("Max Tegmark", "m")}
    assert len(roles(script, "attribution")) == 1
    assert heard(script) == printed(article)


@pytest.mark.parametrize(
    "path", [*sorted(ARTICLES.glob("*.txt")), ROOT / "audio" / "beispiel.txt"], ids=lambda path: path.stem
)
def test_every_word_is_heard_once(path: Path) -> None:
    """The segments hold every word of the article in order, and none is mere punctuation."""
    article = read_article(path)
    script = write_script(article)
    assert heard(script) == printed(article)
    assert all(any(letter.isalnum() for letter in part.text) for one in script.sections for part in one.segments)


PIECES = st.sampled_from(
    [
        "„Ich gehe jetzt nach Hause“", ", sagte Anna Kern.", "Anna Kern", "sagte:", "„Wir bleiben noch lange hier.“",
        "(", ")", "„", "“", '"', "»", "«", "– ", "Er schrieb auf X:", "Quelle: Landbote", "Ich danke euch.",
        "Kern lachte.", "so Kern", "Der Chef", ", ", ".", "„Ja“", "die Sprecherin der Polizei",
    ]
)  # fmt: skip
PARAGRAPHS = st.lists(st.lists(PIECES, min_size=1, max_size=8).map(" ".join), max_size=6)


@given(PARAGRAPHS, st.booleans())
def test_no_word_is_lost_or_doubled(paragraphs: list[str], spaced: bool) -> None:
    """Whatever the paragraphs, their characters are in the script once and in order."""
    texts = tuple(text if spaced else text.replace(" , ", ", ") for text in paragraphs)
    article = Article("Anna Kern geht", None, (ArticleSection(None, texts),))
    assert heard(write_script(article)) == printed(article)


@given(st.text(max_size=200))
def test_any_text_makes_a_script(text: str) -> None:
    """No text breaks the script."""
    article = Article("T", text, (ArticleSection(None, (text, text)),))
    assert heard(write_script(article)) == printed(article)


@pytest.mark.slow
def test_a_long_article_takes_linear_time() -> None:
    """Many quotes, marks and introducing lines do not slow each other down."""
    for unit in ["„", "„a ", '"a" ', "Anna Kern sagte: „Ja, so ist es.“ ", "Er schrieb: ", "A B "]:
        text = (unit * 10_000)[:20_000]
        article = Article("T", None, (ArticleSection(None, (text, *["Er schrieb auf X:", "Ich gehe."] * 200)),))
        assert heard(write_script(article)) == printed(article)


def test_the_reporter_comes_back_after_a_post() -> None:
    """Narration after a post that calls people by surname, or follows its last personal words, is the reporter's."""
    article = read_text(
        "Minister Krause tritt zurück\n"
        "Verkehrsminister Jonas Krause hat am Montag seinen Rücktritt erklärt.\n"
        "Kanzlerin Petra Vogt dankte ihm für seine Arbeit.\n"
        "Auf X schrieb Krause am Abend:\n"
        "Danke an alle, die mich begleitet haben. Es war mir eine Ehre.\n"
        "Bis bald!\n"
        "Die Nachfolge soll am Mittwoch geregelt werden. Vogt will sich dann äußern.\n"
        "dpa"
    )
    told = [(one.role, one.speaker and one.speaker.name) for one in write_script(article).sections[0].segments]
    assert told[-4:] == [("post", "Jonas Krause"), ("post", "Jonas Krause"), ("narration", None), ("attribution", None)]
