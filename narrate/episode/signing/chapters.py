"""Chapters that players still find after the signer has written the tag anew.

It writes ID3v2.4, where the size of a frame has seven bits a byte. Players built on ffmpeg read the sizes inside a
chapter as plain 32 bits: the two agree up to 127 bytes, and beyond them such players lose every chapter.

Source:
    ID3v2.4.0, section 4; ID3v2 Chapter Frame Addendum 1.0; measured with ffprobe 5.1.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from narrate.audio.timeline import chapter_link, one_line
from narrate.episode.raw_tag import raw_tag
from narrate.episode.tags import HEADER_BYTES
from narrate.model import Chapter

# Of the 127 bytes the encoding takes one, and a link's empty description and end two more.
TITLE_BYTES = 126
LINK_BYTES = 124
ELLIPSIS = "…"
JOINER = "\u200d"


def signable(chapters: Sequence[Chapter]) -> tuple[Chapter, ...]:
    """Return chapters as the tag of a file that will be signed may name them.

    A title over 126 bytes of UTF-8, a link over 124 or a picture would hide every chapter from players built on ffmpeg
    once the file is signed. Titles are cut, such links and all pictures left out; both stay in the JSON chapters.
    """
    links = [chapter_link(chapter.url, None) for chapter in chapters]
    return tuple(
        replace(
            chapter,
            title=signable_title(chapter.title),
            url=link if link and len(link) <= LINK_BYTES else None,
            image=None,
        )
        for chapter, link in zip(chapters, links, strict=True)
    )


def signable_title(title: str) -> str:
    """Return a chapter's title in at most 126 bytes of UTF-8, cut between words where it can be."""
    title = one_line(title)
    if len(title.encode()) <= TITLE_BYTES:
        return title
    room = TITLE_BYTES - len(ELLIPSIS.encode())
    kept = len(title.encode()[:room].decode("utf-8", "ignore"))
    while kept and _continues(title, kept):
        kept -= 1
    short = title[:kept]
    words, _, rest = short.rpartition(" ")
    if not title[kept].isspace() and len(words) > len(rest):
        short = words
    return short.rstrip() + ELLIPSIS


def _continues(text: str, place: int) -> bool:
    """Tell whether the sign at a place belongs to the one before it."""
    return text[place - 1] == JOINER or unicodedata.category(text[place]) in ("Mn", "Me", "Mc", "Cf", "Sk")


def tag_of(path: Path) -> bytes:
    """Return the ID3 tag at the head of a file, or nothing."""
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
        if len(head) < HEADER_BYTES or head[:3] != b"ID3":
            return b""
        return head + file.read(head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])


def chapters_by_standard(path: Path) -> list[tuple[int, int, str]]:
    """Return the chapters as a reader finds them that keeps to the standard."""
    from mutagen import MutagenError, id3

    try:
        found = id3.ID3(path).getall("CHAP")
    except (MutagenError, ValueError):
        return []
    return sorted((chap.start_time, chap.end_time, str(chap.sub_frames.get("TIT2", ""))) for chap in found)


def starts_in_players(content: bytes) -> list[int]:
    """Return the chapters' starts as players find them that take every size in a chapter for plain 32 bits."""
    raw = raw_tag(content) if content else None
    found = []
    for body in raw.all("CHAP") if raw else ():
        rest = body.partition(b"\0")[2]
        at, end = 16, len(rest)
        while end - at > HEADER_BYTES:
            at += HEADER_BYTES + int.from_bytes(rest[at + 4 : at + 8], "big")
        if at <= end and len(rest) >= 16:
            found.append(int.from_bytes(rest[:4], "big"))
    return found
