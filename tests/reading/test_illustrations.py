"""Pictures and anchors of sections, in pages and in Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.model import Article, ArticleSection
from narrate.model.errors import InputUnreadable
from narrate.reading import Reading, read_content
from narrate.reading.html import read_html
from narrate.reading.illustrations import Seen, illustrated, is_picture
from narrate.reading.markdown import read_markdown

FIRST = (
    "<p>Der Hafen von Nordstadt soll wachsen, doch nicht alle sind dafür, und der Rat hat lange beraten.</p>"
    "<p>Am Montag kamen viele Bürgerinnen und Bürger in den Saal, um ihre Meinung zu sagen und zu hören.</p>"
)
SECOND = "<p>Die Gegner fürchten um den Strand, an dem sie seit Jahren baden, und um die Ruhe in ihren Straßen.</p>"
THIRD = "<p>Die Entscheidung fällt erst im Herbst, wenn der Rat wieder zusammenkommt, sagte die Bürgermeisterin.</p>"
PICTURE = "<figure><img src='kran.jpg' alt='Kran'><figcaption>Foto: Ein Kran am Kai</figcaption></figure>"


def page(*sections: str, around: str = "", head: str = "") -> str:
    """Return a page with an article of some sections and what stands after it."""
    return (
        f'<!DOCTYPE html><html lang="de"><head><title>Streit um den Hafen</title>{head}</head><body><header>'
        '<img src="marke.png" alt="Nordblatt"></header><main><article><h1>Streit um den Hafen</h1>'
        f"{''.join(sections)}</article></main>{around}<footer><img src='fuss.jpg'><p>Impressum</p></footer></body></html>"
    )


def images(markup: str, url: str | None = None) -> list[str | None]:
    """Return the picture of each section."""
    return [section.image for section in read_html(markup, url).sections]


def test_every_section_keeps_its_first_picture() -> None:
    """The first picture after a heading is its section's, that under the headline the first section's."""
    found = images(
        page(
            "<figure><img src='oben.jpg'></figure>", FIRST,
            "<h2>Die Gegner</h2><figure><img src='strand.jpg'></figure>", SECOND, "<p><img src='zweites.jpg'></p>",
            "<h2>Und nun?</h2>", THIRD,
        )
    )  # fmt: skip
    assert found == ["oben.jpg", "strand.jpg", None]


def test_a_picture_that_opens_a_part_of_the_page_belongs_to_its_heading() -> None:
    """A figure over the heading of its own section is not the last one's of the section before."""
    found = images(
        page(f"<section>{FIRST}</section>", f"<section>{PICTURE}<h2>Die Gegner</h2>{SECOND}</section>", THIRD)
    )
    assert found == [None, "kran.jpg"]


@pytest.mark.parametrize(
    "anchored",
    [
        "<h2 id='gegner'>Die Gegner</h2>{}",
        "<h2><a name='gegner'></a>Die Gegner</h2>{}",
        "<h2><span id='gegner'>Die Gegner</span></h2>{}",
        "<h2><a href='#gegner' id='gegner'>¶</a> Die Gegner</h2>{}",
        "<section id='gegner'><h2>Die Gegner</h2>{}</section>",
    ],
)
def test_anchors_of_headings(anchored: str) -> None:
    """A heading's anchor is its own, one inside it, or that of the section it opens."""
    article = read_html(page(FIRST, anchored.format(SECOND), "<h2>Und nun?</h2>", THIRD))
    assert [section.anchor for section in article.sections] == [None, "gegner", None]


def test_an_enclosing_section_is_the_anchor_of_its_first_heading_only() -> None:
    """The anchor of a whole part leads to its beginning, not to a later heading in it."""
    article = read_html(page(f"<section id='teil'><h2>Eins</h2>{FIRST}<h2>Zwei</h2>{SECOND}</section>", THIRD))
    assert [section.anchor for section in article.sections][-2:] == ["teil", None]


@pytest.mark.parametrize(
    "furniture",
    [
        "<img src='https://vg08.met.vgwort.de/na/0123' width='1' height='1' alt=''>",
        "<img src='https://ssl-vg03.met.vgwort.de/na/0123' alt=''>",
        "<img src='stern.png' width='24' height='24'>",
        "<img src='karte.svg'>",
        "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>",
        "<img class='avatar' src='autorin.jpg'>",
        "<a href='/abo'><img src='abo.jpg'></a>",
        "<div class='ad-slot'><img src='auto.jpg'></div>",
        "<aside><img src='neben.jpg'><p>Mehr aus Nordstadt</p></aside>",
        "<div class='related'><a href='/b'><img src='b.jpg'></a><h3>Auch interessant</h3></div>",
        "<div class='x'><img src='c.jpg'><h3><a href='/c'>Was sonst geschah</a></h3></div>",
        "<div class='x'><img src='d.jpg'><a href='/c'>Kommentar: Der Kai gehört uns allen</a></div>",
        "<img src='javascript:alert(1)'>", "<img src='file:///etc/passwd'>", "<img>", "<img src=''>",
    ],
)  # fmt: skip
def test_what_is_no_picture_of_the_article(furniture: str) -> None:
    """Counting pixels, icons, drawings, portraits, advertisements and teasers are never a chapter's picture."""
    assert images(page(FIRST, furniture, SECOND, furniture)) == [None]
    assert images(page(FIRST, furniture, PICTURE, SECOND)) == ["kran.jpg"]


def test_pictures_around_the_article_are_not_its_own() -> None:
    """What stands in the page's head, foot and boxes after the text is dropped; right behind the text it is kept."""
    box = "<div><div><img src='anderes.jpg'></div></div>"
    assert images(page(FIRST, SECOND, around=box)) == [None]
    assert images(page(FIRST, SECOND, PICTURE, around=box)) == ["kran.jpg"]


@pytest.mark.parametrize(
    ("image", "found"),
    [
        ("<img src='blank.gif' data-src='kran.jpg'>", "kran.jpg"),
        ("<img src='data:image/gif;base64,R0==' srcset='s.jpg 200w, m.jpg 640w, l.jpg 1200w'>", "m.jpg"),
        ("<img srcset='https://c.example/w_300,h_200/a.jpg 1x, b.jpg 2x'>", "https://c.example/w_300,h_200/a.jpg"),
        ("<picture><source srcset='k.webp 900w'><img src='data:image/gif;base64,R0=='></picture>", "k.webp"),
        ("<a href='gross.JPG'><img src='klein.jpg'></a>", "klein.jpg"),
        ("<img src='kran.jpg' width='100%' height='auto'>", "kran.jpg"),
    ],
)
def test_where_a_picture_really_is(image: str, found: str) -> None:
    """Pictures loaded late, in several widths, or linked to themselves in large are found."""
    assert images(page(FIRST, image, SECOND)) == [found]


def test_addresses_are_as_seen_from_the_page() -> None:
    """With an address pictures are absolute, of a saved page as they are."""
    markup = page(FIRST, PICTURE, SECOND)
    assert images(markup) == ["kran.jpg"]
    assert images(markup, "https://nordblatt.example/a/hafen") == ["https://nordblatt.example/a/kran.jpg"]
    based = page(FIRST, PICTURE, SECOND, head="<base href='/bilder/'>")
    assert images(based, "https://nordblatt.example/a/hafen") == ["https://nordblatt.example/bilder/kran.jpg"]
    assert images(based) == ["kran.jpg"]


def test_the_words_are_the_same_with_and_without_pictures() -> None:
    """Looking for pictures changes nothing of what is said."""
    with_them = read_html(page(FIRST, PICTURE, "<h2 id='g'>Die Gegner</h2>", PICTURE, SECOND, THIRD))
    without = read_html(page(FIRST, "<h2>Die Gegner</h2>", SECOND, THIRD))
    said = [[(section.heading, section.paragraphs) for section in one.sections] for one in (with_them, without)]
    assert said[0] == said[1]


MARKDOWN = """\
# Der Hafen {#oben}

![Kran](bilder/kran.jpg "Ein Kran")

Der Hafen soll wachsen.

## 1. Die Gegner {#gegner .breit}

Sie sind viele.

![](strand.jpg)
![](zweites.jpg)

## 2. <a name="nun"></a>Und nun?

Das <img src="herbst.png"> wird sich zeigen.

**Der Schluss**

Ende.

<figure><img src="https://a.example/ende.jpg"><figcaption>Foto: Ende</figcaption></figure>
"""


def test_markdown() -> None:
    """Markdown's and HTML's pictures in Markdown are kept; anchors are kept where they are written, and not spoken."""
    article = read_markdown(MARKDOWN)
    assert [(section.heading, section.anchor, section.image) for section in article.sections] == [
        (None, None, "bilder/kran.jpg"), ("Die Gegner", "gegner", "strand.jpg"), ("Und nun?", "nun", "herbst.png"),
        ("Der Schluss", None, "https://a.example/ende.jpg"),
    ]  # fmt: skip
    assert article.title == "Der Hafen"


@pytest.mark.parametrize(
    "none",
    ["[![Stand](stand.png)](https://ci.example)", "![](a.svg)", "`![](a.jpg)`", "Text[^1].\n\n[^1]: ![](a.jpg)",
     "```\n![](a.jpg)\n```", '<a href="/x"><img src="a.jpg"></a>', "![](data:image/png;base64,AA==)"],
)  # fmt: skip
def test_no_picture_in_markdown(none: str) -> None:
    """Badges, code, notes and drawings give no picture."""
    assert [section.image for section in read_markdown(f"# Titel\n\nSatz.\n\n{none}\n").sections] == [None]


def test_markdown_of_an_address_has_absolute_pictures() -> None:
    """The pictures of a Markdown file from the web are where that file is."""
    content = "---\nimage: oben.jpg\n---\n# Titel\n\nDie Bürger hörten schöne Worte.\n\n![](a.jpg)\n".encode()
    article = read_content(content, Reading(format="markdown", language="de"), url="https://a.example/b/c.md")
    assert article.image == "https://a.example/b/oben.jpg"
    assert article.sections[0].image == "https://a.example/b/a.jpg"
    assert read_content(content, Reading(format="markdown", language="de")).sections[0].image == "a.jpg"


def test_plain_text_has_neither() -> None:
    """Plain text has no pictures and no anchors, whatever it looks like."""
    content = "Grüße aus Köln\n\nDie Bürger hörten „schöne Worte“ und gingen ![](a.jpg) wieder nach Hause.".encode()
    section = read_content(content, Reading(format="text")).sections[0]
    assert (section.image, section.anchor) == (None, None)


@given(
    st.lists(st.sampled_from(["A", "B", "C"]), max_size=6),
    st.lists(st.one_of(st.sampled_from(["A", "B", "C", "1. A", "?"]), st.just("")), max_size=12),
)
def test_sections_are_found_in_order(headings: list[str], walk: list[str]) -> None:
    """Headings that repeat are taken in turn; pictures never go to a section that has not begun."""
    sections = (ArticleSection(None, ("x",)), *(ArticleSection(heading, ("x",)) for heading in headings))
    seen = [Seen("heading", words, str(at)) if words else Seen("picture", f"{at}.jpg") for at, words in enumerate(walk)]
    found = illustrated(Article("T", None, sections), seen).sections
    anchors = [int(section.anchor) for section in found if section.anchor is not None]
    assert anchors == sorted(anchors)
    for section in found:
        if section.anchor is not None and section.image is not None:
            assert int(section.image.removesuffix(".jpg")) > int(section.anchor)


@given(st.text(max_size=30))
def test_any_address_is_judged(address: str) -> None:
    """No address raises anything, and only the web's and relative ones are pictures."""
    assert not (is_picture(address) and address.lower().startswith(("data:", "file:", "javascript:")))


TAGS = st.sampled_from(
    ["<p>", "</p>", "<figure>", "</figure>", "<img src=a.jpg>", "<img srcset='a 1w, ,b'>", "<picture>", "<source srcset=x>",
     "<h2 id='a'>", "</h2>", "<section id=' '>", "</section>", "<a href='http://[x'>", "</a>", "Ein ganzer Satz. ", "<base href='http://[y'>",
     "<noscript>", "</noscript>", "<img src='http://[z/a.jpg'>", "<h1>", "<body>", "<svg>"]
)  # fmt: skip


@given(st.lists(st.one_of(TAGS, st.text(max_size=8)), max_size=25).map("".join), st.booleans())
def test_any_page_with_pictures_is_read(markup: str, fetched: bool) -> None:
    """No markup around pictures raises anything but an explained failure."""
    try:
        read_html(markup, "https://a.example/b" if fetched else None)
    except InputUnreadable:
        return
