"""Writing XML with the namespaces of a podcast's feed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from lxml import etree

NAMESPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
}


def add(parent: Any, tag: str, content: str | None = None, **attributes: str) -> Any:
    """Add an element and return it.

    Args:
        parent: Of lxml.
        tag: With one of the prefixes of :data:`NAMESPACES`, or without.
        content: Its text; what XML cannot hold is left out, in attributes too.
        attributes: By name.
    """
    prefix, colon, name = tag.partition(":")
    element = etree.SubElement(parent, f"{{{NAMESPACES[prefix]}}}{name}" if colon else tag)
    for key, value in attributes.items():
        element.set(key, _storable(value))
    if content is not None:
        element.text = _storable(content)
    return element


def _storable(text: str) -> str:
    """Leave out what XML 1.0 cannot hold, and blanks at the ends."""
    return "".join(
        sign for sign in text.strip() if sign in "\t\n\r" or " " <= sign <= "\ud7ff" or "\ue000" <= sign <= "\ufffd"
        or sign > "\uffff"
    ).strip()  # fmt: skip


def ascii_address(address: str) -> str:
    """Return an address as feeds want it: what is not ASCII is percent-encoded, and nothing else changes."""
    return quote(address, safe="%/:=&?~#+!$,;'@()*[]")


def boolean(value: bool) -> str:
    """Return true or false as feeds have it."""
    return "true" if value else "false"


def cut(text: str, most_bytes: int) -> str:
    """Cut a text at a word, counted in bytes of UTF-8."""
    content = text.encode("utf-8", "replace")
    if len(content) <= most_bytes:
        return text
    kept = content[: most_bytes - len(" …".encode())].decode("utf-8", "ignore")
    return (kept.rpartition(" ")[0] or kept) + " …"
