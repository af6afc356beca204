"""Rules for every value of a feed: blanks, lengths, addresses, spelling, what may stand only once.

Source:
    Apple's requirements for RSS feeds; Podcasting 2.0 for its own lengths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from narrate.checks.feed.rules import Feed, all_named, elements, is_file, spelt, words
from narrate.checks.finding import Finding
from narrate.system.text import shown

MOST_CHARACTERS = {
    **dict.fromkeys(("title", "copyright", "itunes:title", "itunes:author", "itunes:name", "itunes:subtitle"), 255),
    **dict.fromkeys(("podcast:person", "podcast:soundbite", "podcast:funding"), 128),
    "podcast:txt": 4000,
}
MOST_BYTES = {"description": 4000, "itunes:summary": 4000}
LONGEST_PURPOSE = 128
ADDRESS_ATTRIBUTES = ("url", "href", "image", "img")
ADDRESS_TAGS = {"link", "itunes:new-feed-url", "docs", "comments"}
ONCE = {
    "title", "link", "description", "language", "copyright", "pubDate", "lastBuildDate", "guid", "image",
    "itunes:title", "itunes:author", "itunes:duration", "itunes:explicit", "itunes:image", "itunes:type",
    "itunes:owner", "itunes:episode", "itunes:season", "itunes:episodeType", "itunes:summary", "itunes:block",
    "itunes:complete", "podcast:guid", "podcast:locked", "podcast:medium", "podcast:chapters", "psc:chapters",
    "content:encoded",
}  # fmt: skip
BOOLEANS = ("true", "false")
KNOWN = {
    "itunes": "author block category complete duration email episode episodeType explicit image keywords name "
    "new-feed-url order owner season subtitle summary title type",
    "podcast": "alternateEnclosure block chapters chat contentLink episode funding guid image images integrity license "
    "liveItem location locked medium person podping podroll publisher remoteItem season socialInteract soundbite "
    "source trailer transcript txt updateFrequency value valueRecipient valueTimeSplit",
}
KNOWN_TAGS = {f"{prefix}:{name}" for prefix, names in KNOWN.items() for name in names.split()}


def values(feed: Feed, root: Any) -> Iterator[Finding]:
    """Look at every value of the channel's head or of an item."""
    for element in elements(root):
        tag = spelt(element.tag)
        if tag.partition(":")[0] in KNOWN and ":" in tag and tag not in KNOWN_TAGS:
            yield feed.warning(element, "tag-unknown", f"There is no tag {tag}; spell it as its specification does.")
        yield from _blanks(feed, element, tag)
        yield from _lengths(feed, element, tag)
        yield from _addresses(feed, element, tag)


def _blanks(feed: Feed, element: Any, tag: str) -> Iterator[Finding]:
    texts = [value for value in element.attrib.values() if value != value.strip()]
    if not len(element) and words(element) and element.text != words(element):
        texts.append(element.text)
    if texts:
        yield feed.error(element, "value-blanks", f"A value of {tag} begins or ends with a blank; remove the blank.")


def _lengths(feed: Feed, element: Any, tag: str) -> Iterator[Finding]:
    text = element.text or ""
    if len(text) > MOST_CHARACTERS.get(tag, len(text)):
        most = MOST_CHARACTERS[tag]
        yield feed.error(element, "value-length", f"{tag} has {len(text)} characters; shorten it to {most}.")
    size = len(text.encode("utf-8", "replace"))
    if size > MOST_BYTES.get(tag, size):
        yield feed.error(element, "description-length", f"{tag} has {size} bytes; shorten it to {MOST_BYTES[tag]}.")


def _addresses(feed: Feed, element: Any, tag: str) -> Iterator[Finding]:
    addresses = [element.get(name) for name in ADDRESS_ATTRIBUTES if element.get(name) is not None]
    if tag in ADDRESS_TAGS and words(element):
        addresses.append(words(element))
    for address in map(str.strip, addresses):
        if not address:
            continue  # the rules of each tag say that it is missing
        try:
            parts = urlsplit(address)
            whole = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            parts, whole = None, False
        if not whole:
            yield feed.error(element, "url", f"{shown(address)} is not a complete address; begin it with https://.")
        elif parts is not None and parts.scheme == "http":
            yield feed.warning(element, "url-https", f"{shown(address)} is not encrypted; serve it under https.")
        if not address.isascii() or any(sign.isspace() for sign in address):
            yield feed.error(
                element, "url-ascii", f"{shown(address)} holds more than ASCII; percent-encode it or rename the file."
            )


def once(feed: Feed, root: Any) -> Iterator[Finding]:
    """Look for tags that stand twice in a channel or item though only one counts."""
    seen = set()
    for child in root.iterchildren("*"):
        tag = spelt(child.tag)
        if tag in seen and tag in ONCE:
            yield feed.error(child, "tag-twice", f"{tag} stands here a second time; keep one.")
        seen.add(tag)


def explicit(feed: Feed, root: Any) -> Iterator[Finding]:
    """Look at ``itunes:explicit`` of a channel or item: true or false, not yes, no or clean."""
    for element in all_named(root, "itunes:explicit"):
        if words(element) not in BOOLEANS:
            yield feed.error(
                element, "explicit", f"itunes:explicit is {shown(words(element))}; write true or false, nothing else."
            )


def blocked(feed: Feed, root: Any) -> Iterator[Finding]:
    """Look at the tags of Apple that know only one value."""
    for tag in ("itunes:block", "itunes:complete"):
        for element in all_named(root, tag):
            if words(element) != "Yes":
                yield feed.error(element, "yes-only", f"{tag} is {shown(words(element))}; write Yes or remove it.")


def disclosure(feed: Feed, root: Any) -> Iterator[Finding]:
    """Look for the mark that the voices are synthetic, and at every other ``podcast:txt``."""
    declared = False
    for element in all_named(root, "podcast:txt"):
        purpose = element.get("purpose", "")
        if len(purpose) > LONGEST_PURPOSE:
            yield feed.error(element, "txt-purpose", "The purpose of podcast:txt is too long; shorten it to 128.")
        if purpose == "ai-content":
            declared = True
            if words(element) not in BOOLEANS:
                yield feed.error(element, "ai-content-value", f"ai-content is {shown(words(element))}; write true.")
    if not declared:
        yield feed.error(
            root, "ai-content",
            'Nothing says that the voices are synthetic; add <podcast:txt purpose="ai-content">true</podcast:txt>.',
        )  # fmt: skip


def page(feed: Feed, root: Any) -> Iterator[Finding]:
    """Look whether the page that a channel or item links to is there, where it is the show's own."""
    for element in all_named(root, "link"):
        path = feed.place(words(element))
        if path is not None and not is_file(path):
            yield feed.error(
                element, "page-missing", f"There is no page at {shown(words(element))}; write it with narrate feed."
            )


ISO_639 = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


def language(feed: Feed, element: Any, value: str) -> Iterator[Finding]:
    """Look at a code of a language."""
    if not ISO_639.fullmatch(value):
        yield feed.error(element, "language", f"{shown(value)} is no code of a language; write one like de or de-AT.")
