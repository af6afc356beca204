"""One episode as its item in the feed.

Source:
    Apple's and Spotify's requirements, PSP-1, Podcasting 2.0 (podcast-namespace), Podlove Simple Chapters 1.2.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from narrate.model import Chapter
from narrate.model.episode import Episode, Publication
from narrate.model.settings import NOTICE
from narrate.model.show import Show
from narrate.show.xml import add, ascii_address, boolean, cut

DESCRIPTION_BYTES = 4000
TITLE_CHARACTERS = 255
LIST_TITLE_CHARACTERS = 40
NAME_CHARACTERS = 128
FEWEST_TIME_LINES = 3
TRANSCRIPTS = {
    "transcript.vtt": "text/vtt",
    "transcript.srt": "application/x-subrip",
    "transcript.json": "application/json",
    "transcript.html": "text/html",
    "transcript.txt": "text/plain",
}


def fill_item(element: Any, show: Show, folder: str, episode: Episode, there: Set[str]) -> None:
    """Fill an ``item`` of the feed.

    Args:
        element: Empty, of lxml.
        show: The podcast.
        folder: Name of the episode's folder.
        episode: Published in the show, with a whole MP3.
        there: Paths of the episode's files that really exist; no other is named.
    """
    publication, audio = episode.publication, episode.audio_file
    assert publication  # noqa: S101 - the caller has looked
    assert audio  # noqa: S101
    base = f"{show.base_url}/{quote(folder)}"
    lines = _description(episode, publication)
    add(element, "title", episode.title[:TITLE_CHARACTERS])
    add(element, "link", f"{base}/")
    add(element, "guid", publication.guid, isPermaLink="false")
    add(element, "pubDate", format_datetime(publication.published))
    add(element, "description", cut("\n".join(lines), DESCRIPTION_BYTES))
    add(element, "content:encoded", "".join(f"<p>{escape(line)}</p>" for line in lines if line))
    address = f"{base}/{quote(audio.path)}"
    add(element, "enclosure", url=address, length=str(audio.size_bytes), type="audio/mpeg")
    add(element, "itunes:duration", str(round(episode.duration_ms / 1000)))
    add(element, "itunes:explicit", boolean(show.explicit))
    add(element, "itunes:episodeType", "full")
    add(element, "itunes:summary", cut("\n".join(lines), DESCRIPTION_BYTES))
    if episode.cover in there:
        add(element, "itunes:image", href=f"{base}/{quote(str(episode.cover))}")
    for path, kind in TRANSCRIPTS.items():
        if path in there:
            captions = {"rel": "captions"} if kind in ("text/vtt", "application/x-subrip") else {}
            language = episode.script.language or show.language
            add(element, "podcast:transcript", url=f"{base}/{path}", type=kind, language=language, **captions)
    if "chapters.json" in there:
        add(element, "podcast:chapters", url=f"{base}/chapters.json", type="application/json+chapters")
    _chapters(element, episode.chapters, base, there)
    _persons(element, show, episode)
    bite = episode.soundbite
    if bite:
        times = {"startTime": f"{bite.start_ms / 1000:.3f}", "duration": f"{bite.duration_ms / 1000:.3f}"}
        add(element, "podcast:soundbite", bite.title[:NAME_CHARACTERS], **times)
    add(element, "podcast:txt", "true", purpose="ai-content")


def _description(episode: Episode, publication: Publication) -> list[str]:
    """Return what stands under an episode, line by line: teaser, times of chapters, notice."""
    teaser, source, chapters = episode.script.teaser, episode.script.url, episode.chapters
    lines = [" ".join(teaser.split())] if teaser else []
    if publication.updated:
        lines.append(f"Aktualisiert am {publication.updated:%d.%m.%Y}.")
    lines.append(episode.notice or NOTICE)
    lines += [f"Zum Nachlesen: {source}"] if source else []
    if len(chapters) >= FEWEST_TIME_LINES:
        # Last, since the whole is cut at 4,000 bytes.
        lines += ["", *(f"{clock(one.start_ms)} {_short(one.title)}" for one in chapters)]
    return lines


def _chapters(element: Any, chapters: Sequence[Chapter], base: str, there: Set[str]) -> None:
    listed = add(element, "psc:chapters", version="1.2")
    for one in chapters:
        facts = {"start": f"{clock(one.start_ms)}.{one.start_ms % 1000:03}", "title": one.title}
        if one.url:
            facts["href"] = ascii_address(one.url)
        if one.image in there:
            facts["image"] = f"{base}/{quote(str(one.image))}"
        add(listed, "psc:chapter", **facts)


def _persons(element: Any, show: Show, episode: Episode) -> None:
    author = episode.script.author or show.author
    add(element, "podcast:person", author[:NAME_CHARACTERS], role="author", group="writing")
    for name in episode.speakers():
        add(element, "podcast:person", name[:NAME_CHARACTERS], role="guest", group="cast")


def _short(title: str) -> str:
    """Cut a title to fewer than 40 characters, as Spotify wants it in time lines."""
    plain = " ".join(title.split())
    return plain if len(plain) < LIST_TITLE_CHARACTERS else plain[: LIST_TITLE_CHARACTERS - 2].rstrip() + "…"


def clock(ms: int) -> str:
    """Return a time as HH:MM:SS."""
    seconds = ms // 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def named_files(episode: Episode) -> list[str]:
    """Return the paths of every file that an item may name."""
    pictures = [one.image for one in episode.chapters]
    wanted = [episode.audio, episode.cover, "chapters.json", *TRANSCRIPTS, *pictures]
    listed = {file.path for file in episode.files}
    return [path for path in dict.fromkeys(wanted) if path in listed]
