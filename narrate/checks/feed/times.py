"""Rules for the times in an item: chapters in the feed and in the description, and the soundbite.

Source:
    Podlove Simple Chapters 1.2, Podcasting 2.0, Apple's and Spotify's rules for chapters in descriptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from narrate.checks.feed.item import duration_s
from narrate.checks.feed.rules import Feed, all_named, words
from narrate.checks.finding import Finding
from narrate.system.text import shown

PSC_TIME = re.compile(r"(\d\d):([0-5]\d):([0-5]\d)\.(\d{3})")
PSC_VERSIONS = ("1.0", "1.1", "1.2")
LINE = re.compile(r"\s*[(\[]?(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d)[)\]]?\s+(?!Uhr\b)(\S.*)")
FEWEST_LINES = 3
TITLE_CHARACTERS = 40
SHORTEST_BITE_S, LONGEST_BITE_S = 15, 120
SECONDS = re.compile(r"\d{1,7}(?:\.\d{1,6})?")


def simple_chapters(feed: Feed, item: Any) -> Iterator[Finding]:
    """Look at ``psc:chapters``."""
    for group in all_named(item, "psc:chapters"):
        if group.get("version") not in PSC_VERSIONS:
            yield feed.error(
                group, "psc-version", f"The version of psc:chapters is {shown(group.get('version'))}; write 1.2."
            )
        listed = list(all_named(group, "psc:chapter"))
        if not listed:
            yield feed.error(group, "psc-empty", "psc:chapters holds no chapter; add them or remove the tag.")
        yield from _simple_chapters(feed, item, listed)


def _simple_chapters(feed: Feed, item: Any, listed: list[Any]) -> Iterator[Finding]:
    before_ms: int | None = None
    length_s = duration_s(item)
    for chapter in listed:
        if not chapter.get("title", "").strip():
            yield feed.error(chapter, "psc-title", "The psc:chapter has no title; add it.")
        shape = PSC_TIME.fullmatch(chapter.get("start", ""))
        if not shape:
            yield feed.error(
                chapter, "psc-time", f"{shown(chapter.get('start'))} is not a valid time; write it like 00:01:02.345."
            )
            continue
        hours, minutes, seconds, ms = map(int, shape.groups())
        start_ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms
        if chapter is listed[0] and start_ms:
            yield feed.error(chapter, "psc-first", "The first psc:chapter is not at 00:00:00.000; let it start there.")
        if before_ms is not None and start_ms <= before_ms:
            yield feed.error(chapter, "psc-order", "The psc:chapter does not start after the one before; sort them.")
        if length_s and start_ms >= (length_s + 1) * 1000:
            yield feed.error(chapter, "psc-late", "The psc:chapter starts after the end of the episode; fix its time.")
        before_ms = start_ms


def time_lines(feed: Feed, item: Any) -> Iterator[Finding]:
    """Look at the chapters in the description, as Apple and Spotify read them."""
    element = item.find("description")
    lines = [shape for line in words(element).splitlines() if (shape := LINE.match(line))]
    if not lines:
        return
    starts = [(int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds) for hours, minutes, seconds, _ in
              (line.groups() for line in lines)]  # fmt: skip
    if len(lines) < FEWEST_LINES:
        yield feed.warning(
            element, "lines-few", f"The description has {len(lines)} times of chapters; give at least three, or none."
        )
    if starts[0]:
        yield feed.warning(element, "lines-first", "The description's first chapter is not at 00:00:00; let it be.")
    if starts != sorted(set(starts)):
        yield feed.warning(element, "lines-order", "The description's times of chapters do not ascend; sort them.")
    if any(len(line[4].rstrip()) >= TITLE_CHARACTERS for line in lines):
        yield feed.warning(
            element,
            "lines-title",
            f"A chapter's title there has {TITLE_CHARACTERS} characters or more; shorten it.",
        )
    length_s = duration_s(item)
    if length_s and max(starts) > length_s:
        yield feed.warning(element, "lines-late", "A time in the description is past the end of the episode; fix it.")


def soundbite(feed: Feed, item: Any) -> Iterator[Finding]:
    """Look at the part of the episode that stands for it."""
    for element in all_named(item, "podcast:soundbite"):
        start, length = element.get("startTime", ""), element.get("duration", "")
        if not SECONDS.fullmatch(start) or not SECONDS.fullmatch(length):
            yield feed.error(
                element, "soundbite-time", "The soundbite's startTime or duration is not a number; write seconds."
            )
            continue
        whole_s = duration_s(item)
        if whole_s and float(start) + float(length) > whole_s + 1:
            yield feed.error(element, "soundbite-inside", "The soundbite ends after the episode; fix its times.")
        if not SHORTEST_BITE_S <= float(length) <= LONGEST_BITE_S:
            yield feed.warning(
                element, "soundbite-length", f"It lasts {length} s; take {SHORTEST_BITE_S} to {LONGEST_BITE_S} s."
            )


TIME_RULES = (simple_chapters, time_lines, soundbite)
