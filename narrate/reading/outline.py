"""The bare outline of a page that no other reader understands: headings, paragraphs, list items."""

from __future__ import annotations

import re
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any

_SILENT = frozenset({"script", "style", "head", "nav", "aside", "footer", "noscript", "template", "form", "button",
                     "figcaption", "select", "svg"})  # fmt: skip
_BREAKING = frozenset({"p", "div", "li", "section", "article", "br", "tr", "blockquote", "ul", "ol", "main", "header"})
_HEADINGS = frozenset({"h2", "h3", "h4"})


DEEPEST = 120  # nested elements; libxml2 drops everything below 256 of them, trafilatura recurses
_NESTING = re.compile(
    r"<(?P<end>/?)(?:div|span|section|article|main|center|font|small|big|b|i|u|em|strong|table|tbody|tr|td|ul|ol|li|"
    r"blockquote|details|fieldset|form|label|dl|dd|dt|a)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)


def flattened(markup: str) -> str:
    """Return a page without the elements that are nested too deep to be parsed; their text stays."""
    if markup.count("<") < DEEPEST:
        return markup
    depth, dropped = 0, False
    parts: list[str] = []
    at = 0
    for tag in _NESTING.finditer(markup):
        if tag[0].endswith("/>"):
            continue
        depth += -1 if tag["end"] else 1
        depth = max(depth, 0)
        if depth + bool(tag["end"]) > DEEPEST:
            parts.append(markup[at : tag.start()])
            at, dropped = tag.end(), True
    return " ".join([*parts, markup[at:]]) if dropped else markup


_DECLARATION = re.compile(r"<!\[[^<>]*>?")


class _Reader(HTMLParser):
    """Collects lines and whether each is a heading, without a stack that depth could exhaust."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[tuple[str, str]] = []
        self._words: list[str] = []
        self._silent: str | None = None
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Break the line at a block, and fall silent in what is not text."""
        if self._silent:
            self._depth += tag == self._silent
        elif tag in _SILENT:
            self.flush("p")
            self._silent, self._depth = tag, 1
        elif tag in _BREAKING or tag in _HEADINGS or tag == "h1":
            self.flush("p")

    def handle_endtag(self, tag: str) -> None:
        """End a heading, or a silence."""
        if self._silent:
            self._depth -= tag == self._silent
            if not self._depth:
                self._silent = None
        elif tag in _HEADINGS or tag == "h1":
            self.flush("head")
        elif tag in _BREAKING:
            self.flush("p")

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        if not self._silent:
            self._words.append(data)

    def flush(self, kind: str) -> None:
        """End a line."""
        text = " ".join("".join(self._words).split())
        self._words.clear()
        if text:
            self.lines.append((kind, text))


def outline(markup: str) -> Any:
    """Return the lines of a page as the XML that an extracted body has."""
    from lxml import etree

    reader = _Reader()
    with suppress(AssertionError):  # the standard library's answer to a broken declaration
        reader.feed(_DECLARATION.sub(" ", markup))
        reader.close()
    reader.flush("p")
    main = etree.Element("main")
    for kind, text in reader.lines:
        etree.SubElement(main, kind).text = "".join(sign for sign in text if sign.isprintable())
    return main
