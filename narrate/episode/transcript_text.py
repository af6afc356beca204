"""The transcript for reading: JSON, HTML and plain text."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from html import escape

from narrate.episode.transcript import speaker_of
from narrate.model import Chapter, Cue
from narrate.system.text import plain

JSON_VERSION = "1.0.0"


def transcript_json(cues: Sequence[Cue]) -> bytes:
    """Return the transcript as Podcasting 2.0's JSON, a segment a sentence.

    Source:
        Podcastindex-org/podcast-namespace, transcripts.md.
    """
    segments = [
        {
            "speaker": speaker_of(cue),
            "startTime": cue.start_ms / 1000,
            "endTime": cue.end_ms / 1000,
            "body": plain(cue.text),
        }
        for cue in cues
    ]
    whole = {"version": JSON_VERSION, "segments": segments}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def transcript_html(cues: Sequence[Cue], chapters: Sequence[Chapter], title: str, language: str) -> bytes:
    """Return the transcript as a small page, which is XML too: speaker in ``cite``, start in ``time``, words in ``p``.

    Args:
        cues: The episode's, in order.
        chapters: Become headings.
        title: Of the episode.
        language: BCP 47.

    Source:
        Podcastindex-org/podcast-namespace, transcripts.md.
    """
    name = escape(plain(title))
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{escape(language)}">',
        f'<head><meta charset="utf-8"/><title>{name}</title></head>',
        "<body>",
        f"<h1>{name}</h1>",
    ]
    for chapter, own in _by_chapter(cues, chapters):
        if chapter.title != title:
            lines.append(f"<h2>{escape(plain(chapter.title))}</h2>")
        for cue in own:
            lines.append(f"<cite>{escape(speaker_of(cue))}:</cite>")
            lines.append(f"<time>{_clock(cue.start_ms)}</time>")
            lines.append(f"<p>{escape(plain(cue.text))}</p>")
    return ("\n".join([*lines, "</body>", "</html>"]) + "\n").encode("utf-8", "replace")


def transcript_text(cues: Sequence[Cue], chapters: Sequence[Chapter], title: str) -> bytes:
    """Return the transcript as plain text: the article's paragraphs, the speaker where it changes, chapters' titles."""
    blocks = [plain(title)]
    for chapter, own in _by_chapter(cues, chapters):
        if chapter.title != title:
            blocks.append(plain(chapter.title).upper())
        before = ""
        for (name, _), run in itertools.groupby(own, key=lambda cue: (speaker_of(cue), cue.segment)):
            words = " ".join(plain(cue.text) for cue in run)
            blocks.append(words if name == before else f"{name}: {words}")
            before = name
    return ("\n\n".join(blocks) + "\n").encode("utf-8", "replace")


def _by_chapter(cues: Sequence[Cue], chapters: Sequence[Chapter]) -> Iterator[tuple[Chapter, list[Cue]]]:
    """Yield each chapter with its cues; its spoken heading, which says its title, is left to the caller's."""
    for chapter in chapters:
        yield (
            chapter,
            [
                cue
                for cue in cues
                if chapter.start_ms <= cue.start_ms < chapter.end_ms and not _says(cue, chapter.title)
            ],
        )


def _says(cue: Cue, title: str) -> bool:
    return cue.role == "heading" and plain(cue.text) == plain(title)


def _clock(ms: int) -> str:
    seconds = ms // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"
