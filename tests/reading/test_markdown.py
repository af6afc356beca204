"""Markdown, and what its rules would do to German."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.model import Article, Quoted
from narrate.reading.front_matter import front_matter
from narrate.reading.markdown import read_markdown


def paragraphs(article: Article) -> list[str]:
    """Return all paragraphs."""
    return [text for section in article.sections for text in section.paragraphs]


@pytest.mark.parametrize(
    "matter",
    [
        '---\ntitle: "Der Hafen: ein Streit"\nauthor: Birte Onken\ndate: 2026-10-07\ndescription: >\n  Wer\n  zahlt?\n---\n',
        "---\ntitle: 'Der Hafen: ein Streit'\nauthors:\n  - Birte Onken\ndate: 2026-10-07T08:00:00+02:00\nteaser: Wer zahlt?\n---\n",
        '+++\ntitle = "Der Hafen: ein Streit"\nauthor = "Birte Onken"\ndate = 2026-10-07\nsummary = "Wer zahlt?"\n+++\n',
    ],
)
def test_front_matter(matter: str) -> None:
    """Title, author, day and teaser come from YAML and TOML, and are not spoken twice."""
    article = read_markdown(matter + "\n# Der Hafen: ein Streit\n\nEin Satz.\n")
    assert (article.title, article.author, article.published, article.teaser) == (
        "Der Hafen: ein Streit", "Birte Onken", date(2026, 10, 7), "Wer zahlt?"
    )  # fmt: skip
    assert paragraphs(article) == ["Ein Satz."]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("7. Oktober war Wahltag.", ["7. Oktober war Wahltag."]),
        ("2019. Ein Jahr, das blieb.", ["2019. Ein Jahr, das blieb."]),
        ("1. Milch\n2. Brot", ["Milch", "Brot"]),
        ("Ein Satz vor der Linie.\n---\nEiner danach.", ["Ein Satz vor der Linie.", "Einer danach."]),
        ("    Eingerückt und doch ein Absatz.", ["Eingerückt und doch ein Absatz."]),
        ("Hart um-\nbrochen und\nverbunden.", ["Hart um- brochen und verbunden."]),
        ("Die Leser*innen und Hörer*innen danken.", ["Die Leser*innen und Hörer*innen danken."]),
        ("Sie heißt @vor_name_x dort.", ["Sie heißt @vor_name_x dort."]),
        ("Ein ~~falsches~~ *richtiges* [Wort](http://a.example) &amp; mehr.", ["Ein falsches richtiges Wort & mehr."]),
        ("Text[^1] mit Note.\n\n[^1]: Die Note.", ["Text mit Note."]),
        ("![Ein Bild](b.png)\n\nText.\n\n```\ncode\n```", ["Text."]),
        ("#Wort am Anfang bleibt.", ["#Wort am Anfang bleibt."]),
        ("| a | b |\n|---|---|\n| eins | zwei |", ["a, b", "eins, zwei"]),
    ],
)
def test_traps(body: str, said: list[str]) -> None:
    """No number, word or line is lost to lists, rules, code, emphasis or notes."""
    assert paragraphs(read_markdown(f"# Titel\n\nErster Satz.\n\n{body}\n")) == ["Erster Satz.", *said]


def test_a_quotation_and_its_author() -> None:
    """A quotation belongs to the name under it."""
    article = read_markdown("# Titel\n\nSatz.\n\n> Ich danke allen.\n>\n> — Jana Thoms, Bürgermeisterin\n\nEnde.\n")
    assert article.sections[0].quoted == (Quoted(1, 2, "Jana Thoms"),)
    assert paragraphs(article) == ["Satz.", "Ich danke allen.", "— Jana Thoms, Bürgermeisterin", "Ende."]


def test_an_embedded_post_in_markdown() -> None:
    """Raw HTML of an embed is read as on a page."""
    tweet = '<blockquote class="twitter-tweet"><p>Ich bin dabei!</p>&mdash; Jana Thoms (@jana)</blockquote>'
    article = read_markdown(f"# Titel\n\nSatz.\n\n{tweet}\n\nEnde.\n")
    assert article.sections[0].quoted == (Quoted(1, 2, "Jana Thoms"),)


def test_bold_lines() -> None:
    """A short bold line is a heading; a bold question is marked as such."""
    article = read_markdown("# Titel\n\nSatz.\n\n**Der Streit**\n\nText.\n\n**Was nun?**\n\nNichts.\n")
    assert [section.heading for section in article.sections] == [None, "Der Streit"]
    assert article.sections[1].strong == (1,)


MARKUP = st.sampled_from(
    ["# ", "## ", "> ", "- ", "1. ", "7. ", "---\n", "```\n", "**", "*", "_", "[^1]", "[a](b)", "![a](b)", "<p>", "</p>", "| ",
     "|---|\n", "\n\n", "\n", "Wort ", "Satz. ", "<blockquote class='twitter-tweet'>", "    ", "\\", "@a_b_c ", "&amp;"]
)  # fmt: skip


@given(st.lists(st.one_of(MARKUP, st.text(max_size=6)), max_size=30).map("".join))
def test_any_markdown_is_read(text: str) -> None:
    """No Markdown raises anything."""
    article = read_markdown(text)
    assert all("\n" not in paragraph for paragraph in paragraphs(article))


@given(st.text(max_size=80))
def test_any_front_matter_is_read(text: str) -> None:
    """Front matter that is none is text."""
    facts, rest = front_matter(f"---\n{text}\n---\nEnde")
    assert rest.endswith("Ende") and (facts.title is None or isinstance(facts.title, str))
