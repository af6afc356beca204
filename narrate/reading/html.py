"""A web page to an article: its text by trafilatura, what that loses put back by us."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from narrate.model import Article
from narrate.model.errors import InputUnreadable
from narrate.reading.blocks import Block, Metadata, assemble, folded
from narrate.reading.decode import clean_text
from narrate.reading.embeds import put_back, take_out
from narrate.reading.furniture import headings_back, is_furniture, tidy, without_end
from narrate.reading.illustrations import illustrated, seen_on_page
from narrate.reading.outline import flattened, outline
from narrate.reading.page_facts import page_facts, teaser_on_page

ABOVE = 8  # blocks between headline and teaser at most: date, by-line, department, boxes
STUB = 900  # characters; a body below it may be what stands before a pay wall
_PAY = re.compile(
    r"(?:[Ww]eiterlesen|[Ll]esen Sie|[Jj]etzt) (?:mit|nur mit|den ganzen|diesen Artikel|weiter)|"
    r"[Jj]etzt (?:abonnieren|testen|freischalten)|"
    r"[Aa]bo(?:nnement)? abschließen|\bPlus-Artikel\b|für Abonnent|Jetzt kostenlos (?:testen|registrieren)|"
    r"exklusiv für"
)
_LOG_IN = re.compile(r"(?:[Ee]inloggen|[Aa]nmelden|[Ll]og ?in|Passwort)")
_FOOTNOTE = re.compile(r"\[?\(?(?:\d{1,3}|\*{1,3}|[a-z])\)?\]?")
_BRACKETED = re.compile(r"(?<=\S)\s?\[(?:\d{1,3}|\*)\]")


def read_html(markup: str, url: str | None = None, name: str = "The page") -> Article:
    """Read the article of a web page.

    Navigation, cookie layers, captions, related links, author boxes and comments are
    left out; embedded posts keep their author. Every section keeps the anchor of its heading and its first picture.

    Args:
        markup: The page, decoded.
        url: Where it came from; the page's canonical address counts for more.
        name: What messages call it.

    Returns:
        The article.

    Raises:
        InputUnreadable: Nothing to read, a log-in page, or the stub before a pay wall.
    """
    tree = _parse(clean_text(markup), name)
    facts = page_facts(tree, url)
    posts = take_out(tree)
    _drop_footnotes(tree)
    whole = deepcopy(tree)
    tidy(tree)
    found = headings_back(list(put_back(_blocks(_extract(tree, markup)), posts)), tree, facts.metadata.title or " ")
    blocks = without_end([block for block in found if not is_furniture(block)])
    _refuse_stubs(blocks, facts.free, tree, name)
    blocks = _without_kicker(blocks, facts.metadata)
    said = facts.metadata.title or ""
    first = next((block.text for block in blocks if block.kind == "paragraph"), "")
    teaser = teaser_on_page(tree, said, facts.metadata.teaser, first) or facts.metadata.teaser
    blocks, teaser = _said_once(blocks, teaser)
    article = assemble(blocks, replace(facts.metadata, teaser=teaser))
    return illustrated(article, seen_on_page(whole, article, url))


def _parse(markup: str, name: str) -> Any:
    """Parse a page, however broken; depth is bounded, or trafilatura would see nothing."""
    from lxml import etree, html

    markup = flattened(markup)
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    except etree.ParserError as error:
        raise InputUnreadable(f"{name} is an empty page; give the text of the article.") from error


def _drop_footnotes(tree: Any) -> None:
    for mark in list(tree.iter("sup")):
        if _FOOTNOTE.fullmatch("".join(mark.itertext()).strip()):
            mark.drop_tree()


def _extract(tree: Any, markup: str) -> Any:
    """Return the body as trafilatura's XML, or the bare outline of the page where it finds none."""
    import trafilatura
    from lxml import etree

    found = trafilatura.extract(
        deepcopy(tree), output_format="xml", include_comments=False, include_tables=True, include_formatting=True,
        include_links=False, fast=True,
    )  # fmt: skip
    lenient = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True)
    whole = etree.fromstring(found.encode(), lenient) if found else None
    body = whole.find("main") if whole is not None else None
    return body if body is not None and "".join(body.itertext()).strip() else outline(markup)


def _blocks(main: Any) -> Iterator[Block]:
    """Yield the blocks of an extracted body in order."""
    for element in main:
        if element.tag in ("list", "table"):
            for part in element.iter("item" if element.tag == "list" else "row"):
                yield from _block("item", part)
        elif element.tag == "quote":
            yield from _quote(element)
        elif element.tag == "head":
            yield from _block("heading", element)
        elif element.tag != "code":
            yield from _block("paragraph", element)


def _quote(element: Any) -> Iterator[Block]:
    parts = [part for part in element if part.tag in ("p", "item", "quote")] or [element]
    if element.text and element.text.strip() and parts != [element]:
        parts = [element]
    texts = [text for text in map(_inner, parts) if text]
    signed = len(texts) > 1 and re.match(r"^\s*[—–-]\s", texts[-1])
    cite = re.sub(r"^[\s—–-]+", "", texts[-1]) if signed else None
    for text in texts[:-1] if cite else texts:
        yield Block("quote", text, cite)
    if cite:
        yield Block("paragraph", texts[-1])


def _block(kind: Any, element: Any) -> Iterator[Block]:
    asked = element[0] if kind == "paragraph" and len(element) and not (element.text or "").strip() else None
    if asked is not None and asked.tag == "hi" and "b" in (asked.get("rend") or "") and _inner(asked).endswith("?"):
        question, tail = _inner(asked), asked.tail or ""
        element.remove(asked)
        element.text = tail
        if _inner(element):
            yield Block(kind, question, strong=True)
        else:
            element.append(asked)
    for text in _inner(element, breaks=kind == "paragraph").split("\n"):
        if text.strip():
            strong = [one for one in element if one.tag == "hi" and "b" in (one.get("rend") or "")]
            letters = len("".join(element.itertext()).strip())
            bold = sum(len("".join(one.itertext())) for one in strong) >= 0.9 * letters
            yield Block(kind, _BRACKETED.sub("", text.strip()), strong=bool(strong) and bold)


def _inner(element: Any, breaks: bool = False) -> str:
    """Return the text of an element, two breaks in a row as a line break where asked for."""
    parts = []
    for text in element.xpath(".//text()|.//lb"):
        parts.append(text if isinstance(text, str) else "\n")
    text = "".join(parts)
    text = re.sub(r"[^\S\n]+", " ", text)
    lines = re.split(r"\n\s*\n", text) if breaks else [text]
    return "\n".join(" ".join(line.split()) for line in lines).replace("\u00ad", "").strip()


def _refuse_stubs(blocks: list[Block], free: bool, tree: Any, name: str) -> None:
    """Refuse a page that does not hold its article."""
    length = sum(len(block.text) for block in blocks)
    page = " ".join("".join(tree.itertext()).split()) if length < STUB else ""
    if length < STUB and (tree.xpath('//input[@type="password"]') or (_LOG_IN.search(page) and not blocks)):
        raise InputUnreadable(
            f"{name} is a log-in page; log in with a browser, save the article as HTML and give that file."
        )
    if length < STUB and (not free or _PAY.search(page)):
        raise InputUnreadable(f"{name} holds only the beginning of the article (pay wall); give the whole text.")
    if not any(re.search(r"[^\W_]", block.text) for block in blocks):
        raise InputUnreadable(f"{name} contains no article that can be read aloud; give the text of the article.")


def _without_kicker(blocks: list[Block], facts: Metadata) -> list[Block]:
    """Leave out what stands above the text: title, kicker, department, by-line."""
    at = 0
    while at < min(4, len(blocks)):
        block = blocks[at]
        title = facts.title and folded(block.text) in folded(facts.title)
        short = len(block.text) < 60 and block.text[-1] not in '.!?:“"…' and block.kind == "paragraph"
        by = facts.author and folded(block.text) in folded(facts.author)
        if not (title or short or by) or at + 1 == len(blocks):
            break
        at += 1
    return blocks[at:]


def _said_once(blocks: list[Block], teaser: str | None) -> tuple[list[Block], str | None]:
    """Say the teaser once: where the first paragraphs repeat it they go, or it does."""
    if teaser is None:
        return blocks, None
    said = folded(teaser)
    for at, block in enumerate(blocks[:ABOVE]):
        text = folded(block.text)
        if text == said or (len(text) >= 40 and text in said):
            return blocks[at + 1 :], teaser
        if said[:80] and text.startswith(said[:80]):
            return blocks, None if len(text) > 1.5 * len(said) else teaser
    return blocks, teaser
