"""Blocks of a page or a Markdown file, and the article they make."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from narrate.model import Article, ArticleSection, Quoted

Kind = Literal["heading", "paragraph", "item", "quote", "embed"]

_FOLDED_AWAY = re.compile(r"[\W_]+")
_SPEAKABLE = re.compile(r"[^\W_]")
NUMBER = re.compile(r"(?:\d{1,2}[.):]|0\d|[IVX]{1,5}[.)])\s+(?=\S)")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of an article that stands on its own lines.

    Attributes:
        kind: What it is; ``quote`` is marked up as quoted in full, ``embed`` is a post of a network.
        text: As printed, white space normalised.
        author: Who wrote what is quoted, where the markup tells.
        strong: Whether it is set in bold as a whole.
    """

    kind: Kind
    text: str
    author: str | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page or front matter says about its article; each may be unknown."""

    title: str | None = None
    teaser: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None
    language: str | None = None
    image: str | None = None


@dataclass(slots=True)
class _Section:
    heading: str | None = None
    paragraphs: list[str] = field(default_factory=list)
    quoted: list[Quoted] = field(default_factory=list)
    strong: list[int] = field(default_factory=list)

    def add(self, block: Block) -> None:
        at = len(self.paragraphs)
        self.paragraphs.append(block.text)
        if block.strong:
            self.strong.append(at)
        if block.kind in ("quote", "embed"):
            last = self.quoted[-1] if self.quoted else None
            if last and last.end == at and last.author == block.author:
                self.quoted[-1] = Quoted(last.start, at + 1, last.author)
            else:
                self.quoted.append(Quoted(at, at + 1, block.author))

    def frozen(self) -> ArticleSection:
        return ArticleSection(self.heading, tuple(self.paragraphs), tuple(self.quoted), tuple(self.strong))


def folded(text: str) -> str:
    """Return text without case, white space, punctuation and invisible signs, to compare it by."""
    return _FOLDED_AWAY.sub("", unicodedata.normalize("NFKC", text).casefold())


def day(text: str | None) -> date | None:
    """Return the day of an ISO 8601 date at the start of a text, or None.

    Args:
        text: For example ``2026-04-06T08:00:00+02:00``.
    """
    match = _DAY.match(text.strip()) if text else None
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def assemble(blocks: Iterable[Block], facts: Metadata) -> Article:
    """Group blocks under their headings and say the teaser once.

    Args:
        blocks: In reading order, without the headline.
        facts: What is known about the article; a missing title is taken from the blocks.

    Returns:
        The article. Headings over nothing and blocks without a word are left out.
    """
    kept = _unnumbered([block for block in blocks if _SPEAKABLE.search(block.text)])
    title = facts.title or ""
    if not title and kept:
        first = next((block for block in kept if block.kind == "heading"), kept[0])
        title = first.text
        kept.remove(first)
    kept = _without(kept, title)
    teaser = facts.teaser
    if teaser and folded(teaser) == folded(title):
        teaser = None
    if teaser:
        kept = _without(kept, teaser)
    sections = [_Section()]
    for block in kept:
        if block.kind == "heading":
            if sections[-1].heading and not sections[-1].paragraphs:
                sections.pop()
            sections.append(_Section(block.text))
        else:
            sections[-1].add(block)
    if len(sections) > 1 and not sections[-1].paragraphs:
        sections.pop()
    return Article(
        title, teaser,
        tuple(one.frozen() for one in sections),
        facts.author, facts.published, facts.url, facts.language or "de", facts.image,
    )  # fmt: skip


def _unnumbered(blocks: list[Block]) -> list[Block]:
    """Take the numbers off headings where several are numbered."""
    numbered = [bool(block.kind == "heading" and NUMBER.match(block.text)) for block in blocks]
    if sum(numbered) < 2:
        return blocks
    return [
        replace(block, text=NUMBER.sub("", block.text)) if own else block
        for block, own in zip(blocks, numbered, strict=True)
    ]


def _without(blocks: Sequence[Block], said: str) -> list[Block]:
    """Leave out a first block that repeats what is said already."""
    if blocks and blocks[0].kind != "embed" and folded(blocks[0].text) == folded(said):
        return list(blocks[1:])
    return list(blocks)
