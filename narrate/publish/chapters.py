"""Chapters as the Podcasting 2.0 JSON format has them, version 1.2."""

from __future__ import annotations

import json
from collections.abc import Sequence

from narrate.model import Chapter

VERSION = "1.2.0"


def chapters_json(chapters: Sequence[Chapter], title: str) -> bytes:
    """Return ``chapters.json``: times in seconds, ascending.

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
        if chapter.url:
            entry["url"] = chapter.url
        listed.append(entry)
    whole = {"version": VERSION, "title": title, "chapters": listed}
    return (json.dumps(whole, ensure_ascii=False, indent=2) + "\n").encode()
