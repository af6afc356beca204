"""What was read: words as printed, layout as structure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Quoted:
    """Paragraphs that the markup says are quoted in full.

    Attributes:
        start: Index of the first of them in its section.
        end: After the last.
        author: Who wrote them where the markup tells, else None.
    """

    start: int
    end: int
    author: str | None = None


@dataclass(frozen=True, slots=True)
class ArticleSection:
    """A heading and the paragraphs under it.

    Attributes:
        heading: As printed but without its number; None before the first heading.
        paragraphs: Printed text, one string a paragraph, no line breaks inside.
        quoted: Which of them the markup quotes in full, in order; empty for plain text.
        strong: Indices of those set in bold as a whole; empty for plain text.
        image: Address of its first picture, or a path as seen from the article's folder; None for no picture.
        anchor: What leads to the heading behind a # in the article's address, or None.
    """

    heading: str | None
    paragraphs: tuple[str, ...]
    quoted: tuple[Quoted, ...] = ()
    strong: tuple[int, ...] = ()
    image: str | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """What was read: words as printed, layout as structure.

    Attributes:
        title: Headline without a final full stop.
        teaser: The sentence or sentences under the headline, or None.
        sections: In reading order; only the first may have no heading.
        author: By-line, if the article names one.
        published: Day of publication, if the article names one.
        url: Where it was published, if known.
        language: BCP 47.
        image: Address of its lead image, if known.
        omitted: Lines that say only what the fields above hold, and are not spoken.
    """

    title: str
    teaser: str | None
    sections: tuple[ArticleSection, ...]
    author: str | None = None
    published: date | None = None
    url: str | None = None
    language: str = "de"
    image: str | None = None
    omitted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PictureSource:
    """Where an article's pictures may be had from.

    Attributes:
        folder: Of the article's file; None where it is not a file.
        online: Whether the article was read from an address. Only then are pictures fetched: an article in a file
            may be confidential, and asking for its pictures would tell of it.
        allow_private: Whether addresses may lead into a private network, as for the article.
    """

    folder: Path | None = None
    online: bool = False
    allow_private: bool = False
