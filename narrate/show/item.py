"""One episode as its item in the feed.

Source:
    Apple's and Spotify's requirements, PSP-1, Podcasting 2.0 (podcast-namespace), Podlove Simple Chapters 1.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from narrate.episode.manifest import check_schema
from narrate.episode.publication import Publication
from narrate.model.settings import NOTICE
from narrate.model.show import Show
from narrate.show.xml import add, ascii_address, boolean, cut

DESCRIPTION_BYTES = 4000
TITLE_CHARACTERS = 255
LIST_TITLE_CHARACTERS = 40
NAME_CHARACTERS = 128
FEWEST_TIME_LINES = 3
LONGEST_MS = 1_000_000_000  # eleven days
TRANSCRIPTS = {
    "transcript.vtt": "text/vtt",
    "transcript.srt": "application/x-subrip",
    "transcript.json": "application/json",
    "transcript.html": "text/html",
    "transcript.txt": "text/plain",
}


def fill_item(
    element: Any, show: Show, folder: str, manifest: Mapping[str, Any], publication: Publication, there: Set[str]
) -> None:
    """Fill an ``item`` of the feed.

    Args:
        element: Empty, of lxml.
        show: The podcast.
        folder: Name of the episode's folder.
        manifest: As in ``episode.json``.
        publication: When, and under which identity.
        there: Paths of the episode's files that really exist; no other is named.

    Raises:
        OutputRefused: A newer narrate wrote the manifest; a feed without its episode would take it from everybody.
    """
    check_schema(manifest, show.folder / folder)
    _check_times(manifest)
    base = f"{show.base_url}/{quote(folder)}"
    lines = _description(manifest, publication)
    add(element, "title", manifest["title"][:TITLE_CHARACTERS])
    add(element, "link", f"{base}/")
    add(element, "guid", publication.guid, isPermaLink="false")
    add(element, "pubDate", format_datetime(publication.published))
    add(element, "description", cut("\n".join(lines), DESCRIPTION_BYTES))
    add(element, "content:encoded", "".join(f"<p>{escape(line)}</p>" for line in lines if line))
    size = next(file["size_bytes"] for file in manifest["files"] if file["path"] == publication.audio)
    address = f"{base}/{quote(str(publication.audio))}"
    add(element, "enclosure", url=address, length=str(size), type="audio/mpeg")
    add(element, "itunes:duration", str(round(manifest["duration_ms"] / 1000)))
    add(element, "itunes:explicit", boolean(show.explicit))
    add(element, "itunes:episodeType", "full")
    add(element, "itunes:summary", cut("\n".join(lines), DESCRIPTION_BYTES))
    if manifest.get("cover") in there:
        add(element, "itunes:image", href=f"{base}/{quote(manifest['cover'])}")
    for path, kind in TRANSCRIPTS.items():
        if path in there:
            captions = {"rel": "captions"} if kind in ("text/vtt", "application/x-subrip") else {}
            language = manifest["script"].get("language") or show.language
            add(element, "podcast:transcript", url=f"{base}/{path}", type=kind, language=language, **captions)
    if "chapters.json" in there:
        add(element, "podcast:chapters", url=f"{base}/chapters.json", type="application/json+chapters")
    _chapters(element, manifest, base, there)
    _persons(element, show, manifest)
    bite = manifest.get("soundbite")
    if bite:
        times = {"startTime": f"{bite['start_ms'] / 1000:.3f}", "duration": f"{bite['duration_ms'] / 1000:.3f}"}
        add(element, "podcast:soundbite", bite["title"][:NAME_CHARACTERS], **times)
    add(element, "podcast:txt", "true", purpose="ai-content")


def _check_times(manifest: Mapping[str, Any]) -> None:
    """Refuse times that no sound has, since numbers without end raise what nobody expects of a number."""
    for ms in (manifest["duration_ms"], *(one["start_ms"] for one in manifest["chapters"])):
        if not isinstance(ms, int) or not 0 <= ms <= LONGEST_MS:
            raise ValueError("a time is none")


def _description(manifest: Mapping[str, Any], publication: Publication) -> list[str]:
    """Return what stands under an episode, line by line: teaser, times of chapters, notice."""
    teaser = manifest["script"].get("teaser")
    lines = [" ".join(teaser.split())] if teaser else []
    if publication.updated:
        lines.append(f"Aktualisiert am {publication.updated:%d.%m.%Y}.")
    lines.append(manifest["notice"] or NOTICE)
    source = manifest["script"].get("url")
    lines += [f"Zum Nachlesen: {source}"] if source else []
    chapters = manifest["chapters"]
    if len(chapters) >= FEWEST_TIME_LINES:
        # Last, since the whole is cut at 4,000 bytes.
        lines += ["", *(f"{clock(one['start_ms'])} {_short(one['title'])}" for one in chapters)]
    return lines


def _chapters(element: Any, manifest: Mapping[str, Any], base: str, there: Set[str]) -> None:
    chapters = add(element, "psc:chapters", version="1.2")
    for one in manifest["chapters"]:
        facts = {"start": f"{clock(one['start_ms'])}.{one['start_ms'] % 1000:03}", "title": one["title"]}
        if one.get("url"):
            facts["href"] = ascii_address(one["url"])
        if one.get("image") in there:
            facts["image"] = f"{base}/{quote(one['image'])}"
        add(chapters, "psc:chapter", **facts)


def _persons(element: Any, show: Show, manifest: Mapping[str, Any]) -> None:
    author = manifest["script"].get("author")
    add(element, "podcast:person", (author or show.author)[:NAME_CHARACTERS], role="author", group="writing")
    for member in manifest["cast"]:
        if member["speaker"]:
            add(element, "podcast:person", member["speaker"][:NAME_CHARACTERS], role="guest", group="cast")


def _short(title: str) -> str:
    """Cut a title to fewer than 40 characters, as Spotify wants it in time lines."""
    plain = " ".join(title.split())
    return plain if len(plain) < LIST_TITLE_CHARACTERS else plain[: LIST_TITLE_CHARACTERS - 2].rstrip() + "…"


def clock(ms: int) -> str:
    """Return a time as HH:MM:SS."""
    seconds = ms // 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def named_files(manifest: Mapping[str, Any]) -> list[str]:
    """Return the paths of every file that an item may name; none that leads out of the episode's folder."""
    pictures = [one.get("image") for one in manifest["chapters"]]
    wanted = [manifest.get("audio"), manifest.get("cover"), "chapters.json", *TRANSCRIPTS, *pictures]
    listed = {file["path"] for file in manifest["files"]}
    return [path for path in dict.fromkeys(wanted) if path in listed and not _leads_out(path)]


def _leads_out(path: str) -> bool:
    return Path(path).is_absolute() or ".." in path.replace("\\", "/").split("/")
