"""Chapters as the Podcasting 2.0 JSON format has them, version 1.2; and how many an episode may have."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from narrate.episode.tags import MAX_CHAPTERS
from narrate.model import Chapter

if TYPE_CHECKING:
    from narrate.audio.mix import EncodedUnit

VERSION = "1.2.0"


def chapters_json(chapters: Sequence[Chapter], title: str, base: str = "") -> bytes:
    """Return ``chapters.json``: times in seconds, ascending; whole titles; links and pictures where there are any.

    Args:
        chapters: Without a gap between them.
        title: Of the episode.
        base: Address of the episode's folder, for the pictures; without it they are named as seen from the file.

    Source:
        Podcastindex-org/podcast-namespace, chapters/jsonChapters.md.
    """
    listed = []
    for chapter in chapters:
        entry: dict[str, object] = {
            "startTime": chapter.start_ms / 1000,
            "endTime": chapter.end_ms / 1000,
            "title": chapter.title,
        }
        if chapter.image:
            entry["img"] = f"{base.rstrip('/')}/{quote(chapter.image)}" if base else quote(chapter.image)
        if chapter.url:
            entry["url"] = chapter.url
        listed.append(entry)
    whole = {"version": VERSION, "title": title, "chapters": listed}
    return (json.dumps(whole, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def merged(encoded: Sequence[EncodedUnit], most: int = MAX_CHAPTERS) -> tuple[list[EncodedUnit], str | None]:
    """Join the shortest chapters to those before them, until there are no more than every format can hold.

    What joins keeps the index, and so title, link and picture, of the chapter it begins with; chapters, clips and
    feed, which all follow from the mix units, then agree.

    Returns:
        The mix units, and a sentence to warn with, or None where nothing was joined.
    """
    lengths: Counter[int] = Counter()
    for each in encoded:
        lengths[each.unit.chapter] += each.frames
    first, *others = lengths or [0]
    if len(lengths) <= most:
        return list(encoded), None
    kept = {first, *sorted(others, key=lambda chapter: (-lengths[chapter], chapter))[: most - 1]}
    joined: list[EncodedUnit] = []
    chapter = first
    for each in encoded:
        chapter = each.unit.chapter if each.unit.chapter in kept else chapter
        joined.append(replace(each, unit=replace(each.unit, chapter=chapter)))
    return joined, (
        f"The article has {len(lengths)} chapters; players show {most} at most, so the shortest were joined to those "
        "before them. Take out headings to choose which."
    )
