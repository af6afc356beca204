"""The rules of the directories and players over a whole feed, without asking the network anything.

Source:
    RSS 2.0, PSP-1, Apple's and Spotify's requirements, Podcasting 2.0, Podlove Simple Chapters 1.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from lxml import etree

from narrate.checks.feed import files, item, values
from narrate.checks.feed.channel import CHANNEL_RULES
from narrate.checks.feed.item import ITEM_RULES, together
from narrate.checks.feed.rules import Feed, named
from narrate.checks.feed.times import TIME_RULES
from narrate.checks.finding import Finding
from narrate.show.feed import FILE
from narrate.show.xml import NAMESPACES
from narrate.system.text import shown

if TYPE_CHECKING:
    from narrate.model.show import Show

LARGEST_FEED_BYTES = 100_000_000
EXACT_LINES = 65_534  # libxml2 keeps a line in 16 bits; past that it answers with a line nearby
DECLARATION = re.compile(rb"""<\?xml\s+version=["']1\.[01]["']\s+encoding=["']utf-8["'][^>]*\?>""", re.IGNORECASE)
NEEDED = ("itunes", "podcast", "atom")
BOM = b"\xef\xbb\xbf"
BOTH_RULES = (
    values.once,
    values.explicit,
    values.blocked,
    values.disclosure,
    values.page,
    files.pictures,
)

__all__ = ["Finding", "check_feed", "check_show", "parse_feed"]


def check_show(show: Show) -> list[Finding]:
    """Check a show's feed against its folder."""
    try:
        content = (show.folder / FILE).read_bytes()
    except OSError as error:
        message = f"It cannot be read ({error.strerror}); write it with narrate feed."
        return [Finding(None, "error", "feed-missing", message)]
    return check_feed(content, show.folder, show.base_url)


def check_feed(content: bytes, folder: Path | None, base_url: str | None) -> list[Finding]:
    """Check a feed by every rule.

    Args:
        content: The feed's bytes, from anybody.
        folder: Where the files lie that it names, or None to leave them alone.
        base_url: Where that folder is served, without a slash at the end, or None.

    Returns:
        What was found, by line; nothing for a feed without fault.
    """
    feed = parse_feed(content, folder, base_url)
    if isinstance(feed, Finding):
        return [feed]
    findings = [] if DECLARATION.match(content.removeprefix(BOM)) else [_declaration()]
    findings += [*_namespaces(feed, feed.channel.getparent()), *_channel(feed)]
    for each in feed.items:
        for rule in (*BOTH_RULES, *ITEM_RULES, *files.FILE_RULES, *TIME_RULES, values.values):
            findings += rule(feed, each)
    findings += together(feed)
    return sorted(findings, key=lambda one: one.line or 0)


def parse_feed(content: bytes, folder: Path | None, base_url: str | None) -> Feed | Finding:
    """Parse a feed without following anything that it names; the arguments are those of :func:`check_feed`.

    Returns:
        The feed, or why it cannot be read as one.
    """
    problem = _unreadable(content)
    if problem is not None:
        return problem
    try:
        root = etree.fromstring(content, _parser())
    except etree.XMLSyntaxError as error:
        message = f"The XML is broken ({error.msg}); write it anew with narrate feed."
        return Finding(error.lineno or 1, "error", "xml", message)
    channels = list(root.iterchildren("channel"))
    if root.tag != "rss" or root.get("version") != "2.0" or len(channels) != 1:
        return Finding(
            root.sourceline, "error", "rss", "This is not an RSS 2.0 feed with one channel; write it with narrate feed."
        )
    items = tuple(channels[0].iterchildren("item"))
    return Feed(channels[0], items, _lines(content, root), folder, base_url)


def _unreadable(content: bytes) -> Finding | None:
    """Return why a feed is not even parsed."""
    if len(content) > LARGEST_FEED_BYTES:
        return Finding(None, "error", "size", f"The feed has {len(content)} bytes; split the show in two.")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Finding(line, "error", "encoding", "The feed is not in UTF-8; save it in UTF-8.")
    if _has_doctype(content.removeprefix(BOM)):
        return Finding(1, "error", "doctype", "The feed has a DOCTYPE, which may name files and bombs; remove it.")
    return None


def _has_doctype(content: bytes) -> bool:
    """Tell whether a document type stands before the root element, behind comments and instructions."""
    at = 0
    while True:
        while content[at : at + 1].isspace():
            at += 1
        for start, end in ((b"<?", b"?>"), (b"<!--", b"-->")):
            if content.startswith(start, at):
                close = content.find(end, at + len(start))
                if close < 0:
                    return False
                at = close + len(end)
                break
        else:
            return content.startswith(b"<!", at)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False
    )


def _lines(content: bytes, root: Any) -> Mapping[Any, int]:
    """Return the line of each element where lxml does not know it, counted by a second parser."""
    if content.count(b"\n") < EXACT_LINES:
        return {}
    lines: list[int] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda *_: lines.append(parser.CurrentLineNumber)
    parser.Parse(content, True)
    return dict(zip(root.iter("*"), lines, strict=True))


def _declaration() -> Finding:
    message = 'The feed does not begin with <?xml version="1.0" encoding="UTF-8"?>; add it.'
    return Finding(1, "error", "declaration", message)


def _namespaces(feed: Feed, root: Any) -> Iterator[Finding]:
    declared = set(root.nsmap.values())
    for prefix in NEEDED:
        if NAMESPACES[prefix] not in declared:
            yield feed.error(
                root, "namespace", f'The feed does not declare {prefix}; add xmlns:{prefix}="{NAMESPACES[prefix]}".'
            )
    for prefix, address in root.nsmap.items():
        if prefix in NAMESPACES and address != NAMESPACES[prefix]:
            yield feed.error(
                root, "namespace-address", f"{prefix} is declared as {shown(address)}; write {NAMESPACES[prefix]}."
            )


def _channel(feed: Feed) -> Iterator[Finding]:
    """Look at everything of the channel but its items."""
    for rule in CHANNEL_RULES:
        yield from rule(feed)
    if feed.channel.find(named("itunes:image")) is None:
        yield feed.error(feed.channel, "channel-image", "The channel has no itunes:image; add the show's cover.")
    for both in (*BOTH_RULES, item.persons):
        yield from both(feed, feed.channel)
    for child in feed.channel.iterchildren("*"):
        if child.tag != "item":
            yield from values.values(feed, child)
