"""Rules for the head of a feed.

Source:
    PSP-1, Apple's requirements for shows, Podcasting 2.0.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

from narrate.checks.feed.rules import Feed, all_named, named, words
from narrate.checks.feed.values import language
from narrate.checks.finding import Finding, Severity
from narrate.show.categories import CATEGORIES
from narrate.system.text import shown

REQUIRED = ("title", "description", "link", "language", "itunes:explicit")
RECOMMENDED = ("itunes:author", "podcast:guid", "podcast:locked")
MEDIA = (
    "podcast music video film audiobook newsletter blog publisher course podcastL musicL videoL filmL audiobookL "
    "newsletterL blogL publisherL courseL mixed"
).split()
TYPE = "application/rss+xml"


def required(feed: Feed) -> Iterator[Finding]:
    """Look for what every channel must and should have."""
    severities: tuple[tuple[Severity, tuple[str, ...]], ...] = (("error", REQUIRED), ("warning", RECOMMENDED))
    for severity, tags in severities:
        for tag in tags:
            if not words(feed.channel.find(named(tag))):
                rule = f"channel-{tag.rpartition(':')[2]}"
                yield feed.found(feed.channel, severity, rule, f"The channel has no {tag}; add it.")


def address(feed: Feed) -> Iterator[Finding]:
    """Look at the feed's own address."""
    links = [link for link in all_named(feed.channel, "atom:link") if link.get("rel") == "self"]
    if not links:
        yield feed.error(
            feed.channel, "self", 'The channel has no <atom:link rel="self">; add it with the feed\'s URL.'
        )
        return
    for link in links[1:]:
        yield feed.error(link, "self-twice", "The feed names its own address twice; keep one atom:link rel=self.")
    link = links[0]
    if link.get("type") != TYPE:
        yield feed.error(link, "self-type", f"The type of atom:link is {shown(link.get('type'))}; write {TYPE}.")
    if not (link.get("href") or "").strip():
        yield feed.error(link, "self-url", "The atom:link has no href; write the feed's URL.")
    elif feed.base_url and link.get("href", "").strip() != f"{feed.base_url}/feed.xml":
        yield feed.error(
            link, "self-url", f"The feed calls itself {shown(link.get('href'))}; it is {feed.base_url}/feed.xml."
        )


def categories(feed: Feed) -> Iterator[Finding]:
    """Look whether Apple has the categories, spelt so and nested so."""
    listed = list(all_named(feed.channel, "itunes:category"))
    if not listed:
        yield feed.error(feed.channel, "channel-category", "The channel has no itunes:category; add one of Apple's.")
    for category in listed:
        name = category.get("text", "").strip()
        if name not in CATEGORIES:
            yield feed.error(category, "category", f"Apple has no category {shown(name)}; take one of its list.")
            continue
        for below in all_named(category, "itunes:category"):
            if below.get("text", "").strip() not in CATEGORIES[name]:
                yield feed.error(
                    below, "subcategory", f"Apple has no {shown(below.get('text', ''))} below {name}; take one it has."
                )


def identity(feed: Feed) -> Iterator[Finding]:
    """Look at language, GUID, lock, kind and type of the show."""
    channel = feed.channel
    tongue = channel.find("language")
    if words(tongue):
        yield from language(feed, tongue, words(tongue))
    for guid in all_named(channel, "podcast:guid"):
        if words(guid) and not _is_uuid(words(guid)):
            yield feed.error(guid, "podcast-guid", f"{shown(words(guid))} is not a UUID; write the podcast's own.")
    allowed = {
        "podcast:locked": ("yes", "no"),
        "podcast:medium": MEDIA,
        "itunes:type": ("episodic", "serial"),
    }
    for tag, known in allowed.items():
        for element in all_named(channel, tag):
            if words(element) and words(element) not in known:
                said = " or ".join(known[:2])
                rule = tag.rpartition(":")[2]
                yield feed.error(element, rule, f"{tag} is {shown(words(element))}; write {said}.")


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def people_and_money(feed: Feed) -> Iterator[Finding]:
    """Look at owner, funding and copyright."""
    for owner in all_named(feed.channel, "itunes:owner"):
        email = words(owner.find(named("itunes:email")))
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
            yield feed.error(owner, "owner", f"The owner's address is {shown(email)}; write a whole e-mail address.")
    for funding in all_named(feed.channel, "podcast:funding"):
        if not funding.get("url", "").strip() or not words(funding):
            yield feed.error(funding, "funding", "podcast:funding lacks its url or its text; give both.")
    for element in all_named(feed.channel, "copyright"):
        if re.search(r"©|\(c\)|\bcopyright\b|\b(?:19|20)\d\d\b", words(element), re.IGNORECASE):
            yield feed.warning(
                element,
                "copyright",
                "The copyright contains a symbol, the word or a year; write only the name of the rights holder.",
            )


CHANNEL_RULES = (required, address, categories, identity, people_and_money)
