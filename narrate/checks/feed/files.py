"""Rules for what a feed names: sound, transcripts, chapters, pictures; and whether those files are there.

Source:
    PSP-1, Apple's requirements for audio, artwork and transcripts, Podcasting 2.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from narrate.checks.feed.rules import Feed, all_named, is_file
from narrate.checks.feed.values import language
from narrate.checks.finding import Finding
from narrate.system.text import shown

SOUND = {
    "audio/mpeg": (".mp3",),
    "audio/x-m4a": (".m4a",),
    "audio/mp4": (".m4a", ".mp4"),
    "video/mp4": (".mp4",),
    "video/x-m4v": (".m4v",),
    "video/quicktime": (".mov",),
}
TRANSCRIPTS = {
    "text/vtt": ".vtt",
    "application/x-subrip": ".srt",
    "application/json": ".json",
    "text/html": ".html",
    "text/plain": ".txt",
}
CHAPTERS_TYPE = "application/json+chapters"
LARGEST_CHAPTERS_BYTES = 5_000_000
LEAST_SIDE_PX, MOST_SIDE_PX = 1400, 3000
LARGEST_PICTURE_BYTES = 512_000
FORMATS = {"JPEG": (".jpg", ".jpeg"), "PNG": (".png",)}
RENDER = "write the feed again with narrate feed"


def enclosure(feed: Feed, item: Any) -> Iterator[Finding]:
    """Look at the sound that an item names, and at its file."""
    found = list(all_named(item, "enclosure"))
    if not found:
        yield feed.error(item, "enclosure", "The episode has no enclosure; add its audio file.")
    for more in found[1:]:
        yield feed.error(more, "enclosure", "The episode has a second enclosure; keep one.")
    for element in found[:1]:
        yield from _enclosure(feed, element)


def _enclosure(feed: Feed, element: Any) -> Iterator[Finding]:
    url, kind, length = (element.get(name, "").strip() for name in ("url", "type", "length"))
    if not url:
        yield feed.error(element, "enclosure-url", "The enclosure has no url; write the address of the audio file.")
        return
    if kind not in SOUND:
        yield feed.error(element, "enclosure-type", f"The enclosure's type is {shown(kind)}; write audio/mpeg.")
    elif _ending(url) not in SOUND[kind]:
        yield feed.error(
            element, "enclosure-extension", f"{shown(url)} does not end like {kind}; end it with {SOUND[kind][0]}."
        )
    sized = re.fullmatch(r"[1-9][0-9]{0,14}", length)
    if not sized:
        yield feed.error(
            element, "enclosure-length", f"The enclosure's length is {shown(length)}; write its bytes; {RENDER}."
        )
    path = feed.place(url)
    if path is None:
        return
    if not is_file(path):
        yield feed.error(element, "enclosure-file", f"There is no file for {shown(url)}; render the episode again.")
    elif sized and path.stat().st_size != int(length):
        yield feed.error(
            element,
            "enclosure-size",
            f"The enclosure's length is {length}, its file has {path.stat().st_size} bytes; {RENDER}.",
        )


def _ending(url: str) -> str:
    try:
        return PurePosixPath(unquote(urlsplit(url).path)).suffix.lower()
    except ValueError:
        return ""


def transcripts(feed: Feed, item: Any) -> Iterator[Finding]:
    """Look at the transcripts that an item names, and at their files."""
    for element in all_named(item, "podcast:transcript"):
        url, kind = element.get("url", "").strip(), element.get("type", "").strip()
        if not url:
            yield feed.error(element, "transcript-url", "podcast:transcript has no url; write where it is.")
            continue
        if kind not in TRANSCRIPTS:
            yield feed.error(
                element, "transcript-type", f"The transcript's type is {shown(kind)}; write one like text/vtt."
            )
        elif _ending(url) != TRANSCRIPTS[kind]:
            wanted = TRANSCRIPTS[kind]
            yield feed.error(
                element, "transcript-extension", f"{shown(url)} does not end like {kind}; end it with {wanted}."
            )
        if element.get("language") is not None:
            yield from language(feed, element, element.get("language").strip())
        path = feed.place(url)
        if path is not None and not is_file(path):
            yield feed.error(
                element, "transcript-file", f"There is no file for {shown(url)}; render the episode again."
            )


def chapters(feed: Feed, item: Any) -> Iterator[Finding]:
    """Look at the chapters' file that an item names."""
    for element in all_named(item, "podcast:chapters"):
        url, kind = element.get("url", "").strip(), element.get("type", "").strip()
        if not url:
            yield feed.error(element, "chapters-url", "podcast:chapters has no url; write where they are.")
            continue
        if kind != CHAPTERS_TYPE:
            yield feed.error(element, "chapters-type", f"The chapters' type is {shown(kind)}; write {CHAPTERS_TYPE}.")
        path = feed.place(url)
        if path is None:
            continue
        if not is_file(path):
            yield feed.error(element, "chapters-file", f"There is no file for {shown(url)}; render the episode again.")
        elif problem := chapters_problem(path):
            yield feed.error(element, "chapters-json", f"{shown(url)} {problem}; render the episode again.")


def chapters_problem(path: Path) -> str | None:
    """Return what is wrong with a file of chapters, or None.

    Source:
        Podcastindex-org/podcast-namespace, chapters/jsonChapters.md, version 1.2.
    """
    try:
        if path.stat().st_size > LARGEST_CHAPTERS_BYTES:
            return "is too large"
        whole = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return "is not JSON"
    if not isinstance(whole, dict) or not isinstance(whole.get("version"), str):
        return "has a version that is not a string"
    listed = whole.get("chapters")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        return "has no list of chapters"
    starts = [one.get("startTime") for one in listed]
    if not all(isinstance(start, int | float) and not isinstance(start, bool) and abs(start) < 1e9 for start in starts):
        return "has a startTime that is not a number"
    if starts != sorted(starts) or (starts and starts[0] < 0):
        return "has chapters that are not in order"
    if not all(isinstance(one.get("title", ""), str) for one in listed):
        return "has a title that is not a string"
    return None


def pictures(feed: Feed, root: Any) -> Iterator[Finding]:
    """Look at the cover of a channel or item, and at its file."""
    for element in all_named(root, "itunes:image"):
        url = element.get("href", "").strip()
        if not url:
            yield feed.error(element, "image-href", "itunes:image has no href; write where the picture is.")
            continue
        if _ending(url) not in (".jpg", ".jpeg", ".png"):
            yield feed.error(
                element, "image-extension", f"{shown(url)} does not end in .jpg or .png; save it as one of them."
            )
        path = feed.place(url)
        if path is None:
            continue
        if not is_file(path):
            yield feed.error(element, "image-file", f"There is no file for {shown(url)}; {RENDER}.")
            continue
        for rule, message in picture_problems(path):
            severe = rule not in ("image-bytes", "image-name")
            yield feed.found(element, "error" if severe else "warning", rule, f"{shown(path.name)} {message}")
        if not re.search(rf"-{feed.digest(path)[:8]}\.[a-z]+$", path.name):
            yield feed.warning(
                element, "image-name", f"{shown(path.name)} is not named after its content; give it a new name."
            )


def picture_problems(path: Path) -> list[tuple[str, str]]:
    """Return the rules that a cover breaks, each with what to do.

    Source:
        Apple's requirements for artwork.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            size, mode, form = picture.size, picture.mode, picture.format or ""
            clear = picture.has_transparency_data
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError):
        return [("image-format", "is not a readable picture; give a JPEG or PNG.")]
    problems = []
    if form not in FORMATS or path.suffix.lower() not in FORMATS[form]:
        problems.append(
            ("image-format", f"is a {form or 'file'} with the wrong file extension; save it as JPEG or PNG.")
        )
    if size[0] != size[1]:
        problems.append(("image-square", f"has {size[0]} x {size[1]} pixels; make it square."))
    elif not LEAST_SIDE_PX <= size[0] <= MOST_SIDE_PX:
        problems.append(("image-side", f"has {size[0]} pixels a side; make it {LEAST_SIDE_PX} to {MOST_SIDE_PX}."))
    if clear:
        problems.append(("image-alpha", "has transparency; save it without."))
    elif mode not in ("RGB", "L"):
        problems.append(("image-mode", f"has the colours {mode}; save it as RGB."))
    if path.stat().st_size > LARGEST_PICTURE_BYTES:
        problems.append(("image-bytes", f"has {path.stat().st_size} bytes; make it {LARGEST_PICTURE_BYTES} or less."))
    return problems


def other_pictures(feed: Feed, item: Any) -> Iterator[Finding]:
    """Look whether the pictures of chapters are there."""
    for group in all_named(item, "psc:chapters"):
        for chapter in all_named(group, "psc:chapter"):
            path = feed.place(chapter.get("image", "").strip())
            if path is not None and not is_file(path):
                yield feed.error(
                    chapter, "chapter-image", f"There is no file for {shown(chapter.get('image'))}; {RENDER}."
                )


FILE_RULES = (enclosure, transcripts, chapters, other_pictures)
