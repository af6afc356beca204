"""Web pages: what is read, what is left out, what is put back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.model import Article, Quoted
from narrate.model.errors import InputUnreadable
from narrate.reading.embeds import take_out
from narrate.reading.html import read_html
from narrate.reading.page_facts import without_site

BODY = (
    "<p>Der Hafen von Nordstadt soll wachsen, doch nicht alle sind dafür, und der Rat hat lange beraten.</p>"
    "<p>Am Montag kamen viele Bürgerinnen und Bürger in den Saal, um ihre Meinung zu sagen und zu hören.</p>"
)
LAST = "<p>Die Entscheidung fällt erst im Herbst, wenn der Rat wieder zusammenkommt, sagte die Bürgermeisterin.</p>"


def page(body: str, head: str = "", around: str = "") -> str:
    """Return a page with a body between nothing but what is given."""
    return (
        f'<!DOCTYPE html><html lang="de"><head><title>Streit um den Hafen | Nordblatt</title>{head}</head><body>'
        f"<nav><ul><li><a href='/'>Start</a></li></ul></nav><main><article><h1>Streit um den Hafen</h1>{body}</article>"
        f"</main>{around}<footer><p>Impressum und Datenschutz</p></footer></body></html>"
    )


def paragraphs(article: Article) -> list[str]:
    """Return all paragraphs."""
    return [text for section in article.sections for text in section.paragraphs]


def test_title_teaser_headings_and_facts() -> None:
    """The title is without the site, the teaser is said once, headings stay headings, facts are kept."""
    head = (
        '<meta property="og:title" content="Streit um den Hafen"><meta property="og:image" content="/k.jpg">'
        '<meta property="og:description" content="Warum die Stadt mehr Kräne braucht und wer dagegen ist.">'
        '<link rel="canonical" href="https://nordblatt.example/hafen"><script type="application/ld+json">'
        '{"@graph": [{"@type": "NewsArticle", "headline": "Streit um den Hafen", "datePublished": "2026-04-06T08:00:00Z",'
        ' "author": [{"@type": "Person", "name": "Birte Onken"}]}]}</script>'
    )
    teaser = "Warum die Stadt mehr Kräne braucht und wer dagegen ist."
    article = read_html(
        page(f'<p class="teaser">{teaser}</p><p>Von Birte Onken</p>{BODY}<h2>Die Gegner</h2>{LAST}', head)
    )
    assert (article.title, article.teaser) == ("Streit um den Hafen", teaser)
    assert [section.heading for section in article.sections] == [None, "Die Gegner"]
    assert len(paragraphs(article)) == 3
    assert (article.author, article.published) == ("Birte Onken", date(2026, 4, 6))
    assert article.url == "https://nordblatt.example/hafen"
    assert article.image == "https://nordblatt.example/k.jpg"


def test_furniture_is_never_spoken() -> None:
    """Captions, boxes, links elsewhere, comments, footnote marks and cookie layers are left out."""
    body = BODY.replace("beraten.</p>", "beraten.<sup>1</sup></p>", 1)
    inside = (
        "<figure><img src='a.jpg' alt='Kran'><figcaption>Foto: Ein Kran am Kai</figcaption></figure>"
        "<p>Lesen Sie auch: So wuchs der Hafen</p><p><a href='/b'>Kommentar: Der Kai gehört uns allen</a></p>"
        "<div class='newsletter'><p>Jetzt unseren Newsletter abonnieren und nichts mehr verpassen</p></div>"
    )
    around = (
        "<div id='cookie-banner'><p>Wir verwenden Cookies.</p></div><section class='comments'><p>Toll!</p></section>"
    )
    said = " ".join(paragraphs(read_html(page(body + inside + LAST, around=around))))
    for word in ("Foto", "Lesen Sie", "Kommentar", "Newsletter", "Cookies", "Toll", "Impressum", "Start", "beraten.1"):
        assert word not in said
    assert said.endswith("Bürgermeisterin.")


TWEET = (
    '<blockquote class="twitter-tweet"><p lang="de">Wir brauchen Kräne, und zwar sofort!</p>&mdash; Jana Thoms (@jana) '
    '<a href="https://twitter.com/jana/status/1">6. April 2026</a></blockquote><script src="w.js"></script>'
)
MASTODON = (
    '<blockquote class="mastodon-embed"><p>Der Kai gehört allen, die hier leben.</p><p>Post von Ole Behn '
    "@ole@nord.example</p></blockquote>"
)
BLUESKY = (
    '<blockquote class="bluesky-embed"><p lang="de">Ich bin dagegen, und das bleibt so.</p>&mdash; Ole Behn '
    '(<a href="https://bsky.app/profile/ole.example">@ole.example</a>) <a href="#">6. April</a></blockquote>'
)


@pytest.mark.parametrize(
    ("embed", "author", "words"),
    [
        (TWEET, "Jana Thoms", "Wir brauchen Kräne, und zwar sofort!"),
        (BLUESKY, "Ole Behn", "Ich bin dagegen, und das bleibt so."),
        (MASTODON, "Ole Behn", "Der Kai gehört allen, die hier leben."),
    ],
)
def test_embedded_posts_keep_author_and_place(embed: str, author: str, words: str) -> None:
    """A post embedded from a network stands where it stood, with its author."""
    article = read_html(page(BODY + embed + LAST))
    assert paragraphs(article)[2] == words
    assert article.sections[0].quoted == (Quoted(2, 3, author),)


def test_an_embed_of_nothing_but_a_link_says_nothing() -> None:
    """An embed without words leaves no trace."""
    empty = '<blockquote class="twitter-tweet"><a href="https://x.com/jana/status/1">Link</a></blockquote>'
    assert len(paragraphs(read_html(page(BODY + empty + LAST)))) in (3, 4)
    assert "⟦" not in " ".join(paragraphs(read_html(page(BODY + empty + LAST))))


def test_a_block_quotation_with_its_source() -> None:
    """A quotation in full belongs to whom its cite names."""
    quote = "<blockquote><p>Wir werden klagen, wenn es sein muss.</p><cite>Ole Behn</cite></blockquote>"
    article = read_html(page(BODY + quote + LAST))
    assert article.sections[0].quoted == (Quoted(2, 3, "Ole Behn"),)
    assert paragraphs(article)[2:4] == ["Wir werden klagen, wenn es sein muss.", "— Ole Behn"]


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ("<html><body></body></html>", "no"),
        (page("<form><input type='password'></form><p>Bitte anmelden</p>"), "log-in page"),
        (page("<p>Der Hafen wächst, und das ist erst der Anfang einer langen Geschichte.</p><p>Weiterlesen mit Nordblatt "
              "Plus, jetzt vier Wochen kostenlos für alle neuen Leser.</p>"), "pay wall"),
    ],
)  # fmt: skip
def test_pages_without_their_article_are_refused(markup: str, said: str) -> None:
    """Empty pages, log-in pages and stubs before a pay wall end with a sentence."""
    with pytest.raises(InputUnreadable, match=said):
        read_html(markup)


@pytest.mark.parametrize("depth", [300, 3_000, 100_000])
def test_a_page_however_deep_is_read(depth: int) -> None:
    """Nesting beyond what a parser bears never empties an article."""
    markup = page("<div>" * depth + BODY + "</div>" * depth + LAST)
    assert "Der Hafen von Nordstadt soll wachsen" in " ".join(paragraphs(read_html(markup)))


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Der Hafen wächst | Nordblatt", "Der Hafen wächst"),
        ("Der Hafen wächst - Wirtschaft - Nordblatt", "Der Hafen wächst"),
        ("Der Hafen wächst – DW – 30.01.2024", "Der Hafen wächst"),
        ("Der Hafen – und was er kostet", "Der Hafen – und was er kostet"),
    ],
)
def test_titles_lose_their_site(title: str, plain: str) -> None:
    """Site, department and day behind a title go; a dash of its own stays."""
    assert without_site(title, ["Nordblatt", "dw.com", "DW"]) == plain


TAGS = st.sampled_from(
    ["<p>", "</p>", "<div>", "</div>", "<h2>", "</h2>", "<blockquote>", "</blockquote>", "<ul><li>", "</li></ul>", TWEET,
     "<script>", "</script>", "<table><tr><td>", "&amp;", "<!--", "-->", "<sup>1</sup>", "<article>", "Ein Satz. ", "<a href='x'>",
     "<h1>", "<b>", "\x00", "<![CDATA["]
)  # fmt: skip


@given(st.lists(st.one_of(TAGS, st.text(max_size=12)), max_size=25).map("".join))
def test_any_markup_is_read_or_explained(markup: str) -> None:
    """No page raises anything but an explained failure, and no placeholder is ever spoken."""
    try:
        article = read_html(markup)
    except InputUnreadable:
        return
    assert "⟦embed-" not in " ".join([article.title, *paragraphs(article)])


def test_embeds_are_taken_from_a_tree_once() -> None:
    """An embed in an embed is one post."""
    from lxml import html

    tree = html.document_fromstring(f"<div class='mastodon-embed'>{TWEET}</div>")
    assert len(take_out(tree)) == 1
