"""Posts of networks embedded in a page: taken out before extraction, put back after it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from narrate.reading.blocks import Block

# Class names and hosts that the networks' own embed codes carry.
_CLASSES = ("twitter-tweet", "twitter-video", "mastodon-embed", "bluesky-embed", "instagram-media", "text-post-media",
            "tiktok-embed", "fb-post", "linkedin-embed", "reddit-embed")  # fmt: skip
_MARK = "⟦embed-{}⟧ Hier steht ein Beitrag aus einem Netzwerk."
_PLACE = re.compile(r"⟦embed-(\d{1,4})⟧[^⟦⟧]*?Netzwerk\.")
_SIGNED = re.compile(r"^[\s—–-]*(?P<name>[^()@\n]{1,80}?)\s*\(@?(?P<handle>[\w.@-]+)\)\s*(?P<rest>.{0,60})$")
_DASHED = re.compile(r"^\s*[—–-]\s+(?P<name>[^\n]{2,80})$")
_POSTED_BY = re.compile(
    r"^(?:(?:Ein |A )?(?:Post|Posted|Beitrag|Geteilt|Gepostet)\s+(?:by|von|shared by|geteilt von)\s+)"
    r"(?P<name>[^()@\s][^()@]{1,60}?)?(?:(?:^|\s*)\(?@(?P<handle>[\w.-]+)(?:@[\w.-]+)?\)?.*|\s+(?:on|auf|am)\s.*)?$",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"^(?:View (?:on|this post)|Auf \w+ ansehen|Sieh dir diesen Beitrag|Diesen Beitrag|pic\.twitter\.com/\S+|"
    r"https?://\S+|"
    r"Mehr (?:dazu|anzeigen)|\[?image or embed\]?|Original anzeigen)",
    re.IGNORECASE,
)


def take_out(tree: Any) -> dict[int, list[Block]]:
    """Replace every embedded post by a paragraph with a placeholder.

    Args:
        tree: An lxml tree of a page; it is changed.

    Returns:
        The posts by the number in their placeholder; empty lists for embeds without
        words, such as those that are only a link.
    """
    found: dict[int, list[Block]] = {}
    for element in list(tree.iter("blockquote", "div", "figure", "article")):
        classes = f" {element.get('class', '')} "
        if not any(name in classes for name in _CLASSES) or element.getparent() is None or _inside(element, tree):
            continue
        number = len(found)
        found[number] = _post(element)
        _replace(element, _MARK.format(number) if found[number] else None)
    return found


def put_back(blocks: Iterable[Block], posts: Mapping[int, list[Block]]) -> Iterator[Block]:
    """Put posts back where their placeholders stand, alone or among other words."""
    for block in blocks:
        at = 0
        for match in _PLACE.finditer(block.text):
            before = block.text[at : match.start()].strip()
            if before:
                yield replace(block, text=before)
            yield from posts.get(int(match[1]), [])
            at = match.end()
        rest = block.text[at:].strip()
        if rest:
            yield replace(block, text=rest)


def _inside(element: Any, tree: Any) -> bool:
    """Tell whether an element was replaced with one around it."""
    root = element
    while root.getparent() is not None:
        root = root.getparent()
    return root is not tree


def _replace(element: Any, text: str | None) -> None:
    """Put a paragraph in the place of an element, or nothing; what follows it stays."""
    parent = element.getparent()
    if text is not None:
        paragraph = element.makeelement("p")
        paragraph.text = text
        paragraph.tail = element.tail
        parent.replace(element, paragraph)
        return
    tail, before = element.tail or "", element.getprevious()
    parent.remove(element)
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail


def _post(element: Any) -> list[Block]:
    """Return the words of a post and who wrote them, line by line."""
    lines = _lines(element)
    author: str | None = None
    said: list[str] = []
    for line in lines:
        by = _POSTED_BY.match(line) or _SIGNED.match(line) or (_DASHED.match(line) if said else None)
        if by and author is None:
            author = " ".join((by["name"] or "").split()).strip(" ,—–-") or f"@{by.groupdict().get('handle')}"
        elif not _FURNITURE.match(line):
            said.append(line)
    author = author or _from_attributes(element)
    said = [line for line in said if re.search(r"\w", line)]
    return [Block("embed", line, author) for line in said] if said and author else [
        Block("quote", line) for line in said
    ]  # fmt: skip


def _from_attributes(element: Any) -> str | None:
    """Return the author's handle from the address that an embed points to."""
    names = ("cite", "data-instgrm-permalink", "data-embed-url", "data-text-post-permalink")
    for place in (*map(element.get, names), *(link.get("href") for link in element.iter("a"))):
        match = re.search(
            r"/@([\w.]{2,40})|(?:twitter|x)\.com/(\w{2,15})/status|bsky\.app/profile/([\w.-]+)", place or ""
        )
        if match:
            return f"@{next(filter(None, match.groups()))}"
    return None


def _lines(element: Any) -> list[str]:
    """Return the text of an element, a line for every paragraph, break and line after the paragraphs."""
    parts: list[str] = []

    def add(text: str | None) -> None:
        parts.append(re.sub(r"\s+", " ", text or ""))

    for event, node in _walk(element):
        if not isinstance(node.tag, str) or node.tag in ("script", "style"):
            if event == "end":
                add(node.tail)
            continue
        if event == "start":
            if node.tag in ("p", "br", "div", "blockquote", "li"):
                parts.append("\n")
            add(node.text)
        else:
            if node.tag in ("p", "div", "blockquote", "li"):
                parts.append("\n")
            if node is not element:
                add(node.tail)
    return [line for line in (" ".join(raw.split()) for raw in "".join(parts).split("\n")) if line]


def _walk(element: Any) -> Any:
    from lxml.etree import iterwalk

    return iterwalk(element, events=("start", "end"))
