"""Whether chapters, cues, clips and soundbite agree with each other and with the length of the sound."""

from __future__ import annotations

import itertools
import json
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from narrate.checks.episode.manifest import AGAIN
from narrate.checks.feed.files import chapters_problem
from narrate.checks.feed.rules import is_file
from narrate.checks.finding import Finding
from narrate.episode.manifest import NAME
from narrate.episode.tags import MAX_CHAPTERS
from narrate.model.episode import Episode

CHAPTERS_FILE = "chapters.json"


def times(folder: Path, episode: Episode) -> Iterator[Finding]:
    """Look at everything in the manifest that has a time, and at the file of chapters."""
    for rule, message in (*_chapters(episode), *_cues(episode), *_clips(episode), *_soundbite(episode)):
        yield Finding(None, "error", rule, f"{message}; {AGAIN}.", NAME)
    if is_file(folder / CHAPTERS_FILE):
        problem = chapters_problem(folder / CHAPTERS_FILE)
        if problem:
            yield Finding(None, "error", "chapters-json", f"It {problem}; {AGAIN}.", CHAPTERS_FILE)
        elif _file_chapters(folder) != _own_chapters(episode):
            told = f"Its chapters are not the manifest's; {AGAIN}."
            yield Finding(None, "error", "chapters-json-other", told, CHAPTERS_FILE)


def _chapters(episode: Episode) -> Iterator[tuple[str, str]]:
    chapters = episode.chapters
    if not chapters or len(chapters) > MAX_CHAPTERS:
        yield "chapters-count", f"There are {len(chapters)} chapters, not 1 to {MAX_CHAPTERS}"
        return
    bounds = [0, *(chapter.end_ms for chapter in chapters)]
    if [chapter.start_ms for chapter in chapters] != bounds[:-1] or bounds != sorted(set(bounds)):
        yield "chapters-gap", "The chapters do not follow each other from the start without a gap"
    elif bounds[-1] != episode.duration_ms:
        yield "chapters-end", "The last chapter does not end with the episode"
    if not all(chapter.title.strip() for chapter in chapters):
        yield "chapters-title", "A chapter has no title"


def _cues(episode: Episode) -> Iterator[tuple[str, str]]:
    cues, rate_hz = episode.cues, episode.sample_rate_hz
    if not cues:
        yield "cues-count", "There are no cues"
    for number, cue in enumerate(cues, 1):
        if cue.end_ms < cue.start_ms or cue.end_sample < cue.start_sample:
            yield "cues-order", f"Cue {number} ends before it starts"
            break
    for number, (before, cue) in enumerate(itertools.pairwise(cues), 2):
        if cue.start_ms < before.end_ms:
            yield "cues-order", f"Cue {number} starts before the one above it ends"
            break
    for number, cue in enumerate(cues, 1):
        ends = ((cue.start_ms, cue.start_sample), (cue.end_ms, cue.end_sample))
        if any(abs(ms * rate_hz - sample * 1000) > rate_hz for ms, sample in ends):
            yield "cues-samples", f"Cue {number} lies elsewhere in samples than in milliseconds"
            break
    starts = [chapter.start_ms for chapter in episode.chapters]
    for number, cue in enumerate(cues, 1):
        at = bisect_right(starts, cue.start_ms) - 1
        if at < 0 or cue.end_ms > episode.chapters[at].end_ms:
            yield "cues-chapter", f"Cue {number} is not inside a chapter"
            break


def _clips(episode: Episode) -> Iterator[tuple[str, str]]:
    chapters = episode.chapters
    for clip in episode.clips:
        chapter = chapters[clip.chapter] if clip.chapter < len(chapters) else None
        own = (clip.start_ms, clip.end_ms, clip.title)
        if chapter is None or own != (chapter.start_ms, chapter.end_ms, chapter.title):
            yield "clip-chapter", f"The clip {clip.path} is not its chapter"


def _soundbite(episode: Episode) -> Iterator[tuple[str, str]]:
    bite = episode.soundbite
    if bite and not 0 < bite.duration_ms <= episode.duration_ms - bite.start_ms:
        yield "soundbite", "The soundbite is not inside the episode"


def _own_chapters(episode: Episode) -> list[tuple[int, str, str | None]]:
    return [(one.start_ms, one.title, one.url) for one in episode.chapters]


def _file_chapters(folder: Path) -> list[tuple[int, str | None, str | None]]:
    listed = json.loads((folder / CHAPTERS_FILE).read_bytes())["chapters"]
    return [(round(one["startTime"] * 1000), one.get("title"), one.get("url") or None) for one in listed]
