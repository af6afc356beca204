"""Markdown to an article, by markdown-it-py; what its lists and rules do to German is put right."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from narrate.model import Article
from narrate.reading.blocks import Block, assemble
from narrate.reading.embeds import put_back, take_out
from narrate.reading.front_matter import front_matter
from narrate.reading.illustrations import Seen, anchor_of, illustrated, is_picture, leads_to_page, picture_address

if TYPE_CHECKING:
    from markdown_it.token import Token

LONGEST_ITEM = 160  # characters; what is longer is a paragraph that begins with a number
_SIGNED = re.compile(r"^\s*[—–-]{1,2}\s*(?P<name>[^\n]{2,80})$")
_RULE_BELOW = re.compile(r"^(?P<text>[^\n#>|=-][^\n]*)\n(?P<rule>-{3,})[ \t]*$", re.MULTILINE)
_INDENTED = re.compile(r"^(?: {4,}|\t)(?=\S)(?![-*+] |\d+\. )", re.MULTILINE)
_HANDLE = re.compile(r"(?<![\w\\])(@\w+)")
_GENDERED = re.compile(r"(?<=[a-zäöüß])\*(?=(?:in|innen)\b)")
_ANCHOR = re.compile(r"\s*\{#(?P<anchor>[\w:.-]{1,200})[^{}\n]*\}\s*$")  # as Pandoc and Hugo have it
_HTML_TAG = re.compile(r"<[^<>]{1,400}>")
_NAME = re.compile(r"<a\s[^<>]{0,200}?(?:name|id)=[\"']?([\w:.-]{1,200})", re.IGNORECASE)
_CONTAINERS = {"blockquote_open": "quote", "list_item_open": "item"}


def read_markdown(text: str) -> Article:
    """Read an article from Markdown.

    Front matter gives title, teaser, author and day where it has them, else the first
    heading is the title. Code, images, footnotes and raw HTML are not spoken, but
    posts embedded as HTML are. Every section keeps its first picture, and its anchor
    where the file tells it.

    Returns:
        The article.
    """
    facts, body = front_matter(text)
    tokens = _tokens(body)
    blocks = list(_blocks(tokens))
    heading = blocks[0] if blocks and blocks[0].kind == "heading" else None
    if facts.title is None and heading:
        facts = replace(facts, title=heading.text)
        blocks = blocks[1:]
    facts, blocks = _metadata_lines(facts, blocks)
    if facts.teaser is None and len(blocks) > 1 and blocks[0].strong and len(blocks[0].text) > 40:
        facts, blocks = replace(facts, teaser=blocks[0].text), blocks[1:]
    return illustrated(assemble(blocks, facts), _seen(tokens))


def _tokens(body: str) -> list[Token]:
    """Parse Markdown after the traps of German text are defused."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    body = _HANDLE.sub(lambda match: match[1].replace("_", "\\_"), _GENDERED.sub(r"\\*", body))
    body = _RULE_BELOW.sub(lambda match: f"{match['text']}\n\n***", body)
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("code").use(footnote_plugin)
    return parser.parse(body)


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    """Yield the blocks of a token stream."""
    around: list[str] = []
    lists: list[tuple[int, bool]] = []
    quote: list[Block] = []
    skip = ""
    pending: list[Token] = list(tokens)
    for at, token in enumerate(pending):
        if skip:
            skip = "" if token.type == skip else skip
        elif token.type in ("footnote_block_open",):
            skip = "footnote_block_close"
        elif token.type in _CONTAINERS:
            around.append(_CONTAINERS[token.type])
        elif token.type in ("blockquote_close", "list_item_close"):
            around.pop()
            if token.type == "blockquote_close" and "quote" not in around:
                yield from _signed(quote)
                quote = []
        elif token.type == "ordered_list_open":
            lists.append((int(token.attrGet("start") or 1), _is_list(pending, at)))
        elif token.type == "ordered_list_close":
            lists.pop()
        elif token.type == "html_block":
            yield from _html(token.content)
        elif token.type == "tr_open":
            yield from _row(pending, at)
        elif token.type == "inline" and pending[at - 1].type in ("paragraph_open", "heading_open"):
            found = _inline(token, pending[at - 1].type, around)
            if around[-1:] == ["item"] and lists and found:
                number, listed = lists[-1]
                lists[-1] = (number + 1, listed)
                if not listed:
                    found[0] = replace(found[0], kind="paragraph", text=f"{number}. {found[0].text}")
            if "quote" in around:
                quote += [replace(block, kind="quote") for block in found]
            else:
                yield from found


def _inline(token: Token, opened: str, around: list[str]) -> list[Block]:
    """Make the blocks of one run of text; hard breaks part them in verse, not elsewhere."""
    text = _plain(token)
    lines = [" ".join(line.split()) for line in text.split("\0")]
    strong = _strong(token)
    kind: Any = "heading" if opened == "heading_open" else "item" if around[-1:] == ["item"] else "paragraph"
    if kind == "heading":
        return [Block("heading", _ANCHOR.sub("", " ".join(lines)).strip())]
    if strong and kind == "paragraph" and len(lines) == 1 and _is_heading(lines[0]):
        return [Block("heading", lines[0])]
    kept = [line for line in lines if line]
    question = _question(token) if kind == "paragraph" and not strong else ""
    if question and " ".join(kept).startswith(question):
        return [Block(kind, question, strong=True), Block(kind, " ".join(kept)[len(question) :].strip())]
    if kind == "item" or not all(re.search(r"[.!?…:\"“»«]$", line) for line in kept):
        kept = [" ".join(kept)] if "quote" not in around else kept
    return [Block(kind, line, strong=strong) for line in kept if line]


def _plain(token: Token) -> str:
    parts = []
    for child in token.children or []:
        if child.type in ("text", "code_inline", "text_special"):
            parts.append(child.content)
        elif child.type == "softbreak":
            parts.append(" ")
        elif child.type == "hardbreak":
            parts.append("\0")
        elif child.type == "html_inline" and child.content.lower().startswith("<br"):
            parts.append(" ")
    return _HTML_TAG.sub("", "".join(parts))


def _strong(token: Token) -> bool:
    """Tell whether a run of text is bold from its first word to its last."""
    children = [one for one in token.children or [] if one.type != "text" or one.content.strip(" :.")]
    return (
        len(children) > 2
        and children[0].type == "strong_open"
        and children[-1].type == "strong_close"
        and sum(one.type == "strong_open" for one in children) == 1
    )


def _question(token: Token) -> str:
    """Return the question in bold that a run of text begins with, or nothing."""
    children = [one for one in token.children or [] if one.type != "text" or one.content]
    if len(children) < 4 or children[0].type != "strong_open" or children[2].type != "strong_close":
        return ""
    text = " ".join(children[1].content.split())
    return text if text.endswith("?") else ""


def _is_heading(text: str) -> bool:
    return len(text.split()) <= 10 and text[-1:] not in '.!?:;,…“"«»'


def _is_list(tokens: list[Token], at: int) -> bool:
    """Tell whether an ordered list is one: at least two short items; else a date or year opens a paragraph."""
    level, items, texts = tokens[at].level, 0, []
    for token in tokens[at + 1 :]:
        if token.type == "ordered_list_close" and token.level == level:
            break
        items += token.type == "list_item_open" and token.level == level + 1
        if token.type == "inline":
            texts.append(token.content)
    return items > 1 and all(len(text) <= LONGEST_ITEM for text in texts)


def _signed(blocks: list[Block]) -> Iterator[Block]:
    """Take the name from under a quotation: it says whose it is."""
    if not blocks:
        return
    signature = _SIGNED.match(blocks[-1].text) if len(blocks) > 1 else None
    if signature is None:
        yield from blocks
        return
    name = re.split(r",| \(", signature["name"])[0].strip()
    for block in blocks[:-1]:
        yield replace(block, author=name)
    yield Block("paragraph", blocks[-1].text)


def _row(tokens: list[Token], at: int) -> Iterator[Block]:
    cells = []
    for token in tokens[at + 1 :]:
        if token.type == "tr_close":
            break
        if token.type == "inline":
            cells.append(" ".join(_plain(token).split()))
    text = ", ".join(cell for cell in cells if cell)
    if text:
        yield Block("item", text)


def _html(markup: str) -> Iterator[Block]:
    """Read the posts embedded in a block of raw HTML; its other paragraphs as they are."""
    tree = _parsed(markup)
    if tree is None:
        return
    posts = take_out(tree)
    yield from put_back(_html_blocks(tree), posts)


def _html_blocks(tree: Any) -> Iterator[Block]:
    for element in tree.iter("p", "blockquote", "h2", "h3", "li"):
        text = " ".join("".join(element.itertext()).split())
        if text and element.tag != "blockquote":
            kind: Any = {"li": "item", "h2": "heading", "h3": "heading"}.get(element.tag, "paragraph")
            quoted = any(one.tag == "blockquote" for one in element.iterancestors())
            yield Block("quote" if quoted else kind, text)


def _seen(tokens: list[Token]) -> Iterator[Seen]:
    """Yield the headings, with their anchors, and the pictures in order."""
    for opening, token in itertools.pairwise(tokens):
        if token.type == "footnote_block_open":
            break
        if token.type == "html_block":
            yield from _seen_in_html(token.content)
        elif token.type == "inline" and opening.type in ("paragraph_open", "heading_open"):
            anchor = _ANCHOR.search(token.content)
            for block in _inline(token, opening.type, [])[:1]:
                if block.kind == "heading":
                    yield Seen("heading", block.text, anchor["anchor"] if anchor else _named(token))
            yield from _pictures(token)


def _pictures(token: Token) -> Iterator[Seen]:
    linked = ""
    for child in token.children or []:
        if child.type in ("link_open", "link_close"):
            linked = str(child.attrGet("href") or "")
        elif child.type == "image" and not leads_to_page(linked) and is_picture(str(child.attrGet("src"))):
            yield Seen("picture", str(child.attrGet("src")))
    yield from _seen_in_html("".join(child.content for child in token.children or [] if child.type == "html_inline"))


def _named(token: Token) -> str | None:
    names = (_NAME.search(child.content) for child in token.children or [] if child.type == "html_inline")
    return next((found[1] for found in names if found), None)


def _seen_in_html(markup: str) -> Iterator[Seen]:
    tree = _parsed(markup)
    if tree is None:
        return
    for element in tree.iter("h2", "h3", "img"):
        if element.tag == "img":
            address = picture_address(element)
            yield from [Seen("picture", address)] if address else []
        else:
            yield Seen("heading", " ".join("".join(element.itertext()).split()), anchor_of(element))


def _parsed(markup: str) -> Any:
    """Parse a piece of HTML; None where it is nothing."""
    from lxml import etree, html

    if not markup:
        return None
    try:
        return html.document_fromstring(f"<html><body>{markup}</body></html>")
    except (etree.ParserError, ValueError):
        return None


def _metadata_lines(facts: Any, blocks: list[Block]) -> tuple[Any, list[Block]]:
    """Take by-line and day from under the title, as in plain text."""
    from narrate.reading.layout import Line
    from narrate.reading.text import metadata_lines

    top = 0
    while top < min(3, len(blocks)) and blocks[top].kind == "paragraph":
        top += 1
    author, published, kept = metadata_lines([Line(block.text, 1) for block in blocks[:top]])
    texts = [line.text for line in kept]
    left = [block for block in blocks[:top] if block.text in texts] + blocks[top:]
    return replace(facts, author=facts.author or author, published=facts.published or published), left
