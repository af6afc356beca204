"""Rules for an item of a feed, and for all of them together.

Source:
    PSP-1, Apple's requirements for episodes, RFC 2822, Podcasting 2.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from narrate.checks.feed.rules import Feed, all_named, named, words
from narrate.checks.finding import Finding
from narrate.system.text import shown

RECOMMENDED = {
    "link": "item-link",
    "pubDate": "item-pubdate",
    "description": "item-description",
    "itunes:duration": "item-duration",
    "itunes:explicit": "item-explicit",
    "itunes:image": "item-image",
    "podcast:transcript": "item-transcript",
}
DATE = re.compile(
    r"(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d\d:\d\d(?::\d\d)? (?:[+-]\d{4}|GMT|UT)"
)
NUMBERED = re.compile(r"(?:folge|episode|ep\.?|teil|nr\.?|#)\s*\d+\s*[:–-]|#\s*\d+|\d+[.:]\s", re.IGNORECASE)
GROUPS = {
    "creative direction", "cast", "writing", "audio production", "audio post-production", "administration", "visuals",
    "community", "misc.", "video production", "video post-production",
}  # fmt: skip
EPISODE_TYPES = ("full", "trailer", "bonus")


def required(feed: Feed, item: Any) -> Iterator[Finding]:
    """Look for what every item must and should have."""
    if not words(item.find("title")):
        yield feed.error(item, "item-title", "The episode has no title; add it.")
    elif NUMBERED.match(words(item.find("title"))):
        yield feed.warning(
            item.find("title"), "title-number", "The title begins with a number; move it to itunes:episode."
        )
    for tag, rule in RECOMMENDED.items():
        element = item.find(named(tag))
        if element is None or not (words(element) or element.attrib):
            yield feed.warning(item, rule, f"The episode has no {tag}; add it.")


def guid(feed: Feed, item: Any) -> Iterator[Finding]:
    """Look at an episode's identity."""
    element = item.find("guid")
    if not words(element):
        yield feed.error(item, "guid", "The episode has no guid; give it one and never change it.")
        return
    permalink = element.get("isPermaLink", "true")
    if permalink not in ("true", "false"):
        yield feed.error(element, "guid-permalink", f"isPermaLink is {shown(permalink)}; write false.")
    elif permalink == "true" and not words(element).startswith(("http://", "https://")):
        yield feed.error(element, "guid-permalink", 'The guid is not an address; add isPermaLink="false".')


def date(feed: Feed, item: Any) -> Iterator[Finding]:
    """Look at the day of publication."""
    element = item.find("pubDate")
    if words(element) and moment(element) is None:
        yield feed.error(
            element,
            "pubdate",
            f"{shown(words(element))} is not a valid date; write it like Tue, 03 Nov 2026 06:00:00 +0000.",
        )


def moment(element: Any) -> datetime | None:
    """Return what a ``pubDate`` means, or None where it breaks RFC 2822 or has no offset."""
    text = words(element)
    shape = DATE.fullmatch(text)
    if not shape:
        return None
    try:
        read = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    # "GMT" is UTC; what is left without an offset said "-0000".
    if read.tzinfo is None or (shape[1] and "Mon Tue Wed Thu Fri Sat Sun".split()[read.weekday()] != shape[1]):
        return None
    return read


def duration_s(item: Any) -> int | None:
    """Return how long an item says it is, or None where it does not say it in seconds."""
    text = words(item.find(named("itunes:duration")))
    return int(text) if re.fullmatch(r"[0-9]{1,7}", text) else None


def numbers(feed: Feed, item: Any) -> Iterator[Finding]:
    """Look at duration, number of episode and season, and the kind of episode."""
    length = item.find(named("itunes:duration"))
    if words(length):
        if re.fullmatch(r"(?:\d+:)?\d{1,2}:\d\d", words(length)):
            yield feed.warning(length, "duration", f"{shown(words(length))} is not a number of seconds; write seconds.")
        elif not duration_s(item):
            yield feed.error(
                length, "duration", f"{shown(words(length))} is not a valid duration; write whole seconds."
            )
    for tag in ("itunes:episode", "itunes:season"):
        for element in all_named(item, tag):
            if not re.fullmatch(r"0*[1-9]\d{0,8}", words(element)):
                yield feed.error(element, "number", f"{tag} is {shown(words(element))}; write a number over 0.")
    serial = words(feed.channel.find(named("itunes:type"))) == "serial"
    if serial and item.find(named("itunes:episode")) is None:
        yield feed.error(item, "episode-number", "The show is serial and the episode has no itunes:episode; add it.")
    for element in all_named(item, "itunes:episodeType"):
        if words(element) not in EPISODE_TYPES:
            yield feed.error(
                element, "episode-type", f"itunes:episodeType is {shown(words(element))}; write full, trailer or bonus."
            )


def persons(feed: Feed, root: Any) -> Iterator[Finding]:
    """Look at the people of a channel or item."""
    for element in all_named(root, "podcast:person"):
        if not words(element):
            yield feed.error(element, "person", "podcast:person has no name; write it or remove the tag.")
        if element.get("group", "cast").casefold() not in GROUPS:
            yield feed.warning(
                element, "person-group", f"There is no group {shown(element.get('group'))}; take cast or writing."
            )


def together(feed: Feed) -> Iterator[Finding]:
    """Look at the items beside each other: one guid, one enclosure each, the newest first."""
    for rule, said, key in (
        ("guid-twice", "guid", _guid),
        ("enclosure-twice", "enclosure", _enclosure),
    ):
        seen: dict[str, int] = {}
        for number, item in enumerate(feed.items, 1):
            value = key(item)
            if value and value in seen:
                yield feed.error(
                    item, rule, f"Episode {number} has the {said} of episode {seen[value]}; give each its own."
                )
            seen.setdefault(value, number)
    before: datetime | None = None
    for item in feed.items:
        now = moment(item.find("pubDate"))
        if now and before and now > before:
            yield feed.warning(item, "order", "The episode is newer than the one above it; put the newest first.")
            return
        before = now or before


def _guid(item: Any) -> str:
    return words(item.find("guid"))


def _enclosure(item: Any) -> str:
    enclosure = item.find("enclosure")
    return str(enclosure.get("url", "")).strip() if enclosure is not None else ""


ITEM_RULES = (required, guid, date, numbers, persons)
