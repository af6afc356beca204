"""Whether an ID3 tag shows its chapters in every player, says what the manifest says, and discloses the voices.

Source:
    id3.org: ID3v2.3.0, ID3v2.4.0 and the ID3v2 Chapter Frame Addendum 1.0.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from mutagen import id3

from narrate.checks.episode.manifest import AGAIN
from narrate.checks.finding import Finding
from narrate.episode.raw_tag import RawTag, raw_tag, size_of
from narrate.episode.tags import HEADER_BYTES, LARGEST_TAG_BYTES, LATIN1, NO_OFFSET, TITLE_CHARACTERS, UTF16
from narrate.model import Chapter
from narrate.model.episode import Episode

BOMS = (b"\xff\xfe", b"\xfe\xff")
TOP_LEVEL_ORDERED = 0x03
SHORTEST_CUT_TITLE = 20


def tag(content: bytes, path: str, episode: Episode, title: str, length_ms: int,
        chapters: Sequence[Chapter]) -> Iterator[Finding]:  # fmt: skip
    """Look at a tag.

    Args:
        content: The whole tag.
        path: Of the MP3, for the findings.
        episode: Read from its manifest.
        title: That the tag must have.
        length_ms: That the tag must have.
        chapters: That the tag must have; none for a clip.
    """
    raw = raw_tag(content)
    try:
        read = id3.ID3(io.BytesIO(content)) if raw else None
    except Exception:  # a reader of foreign bytes: mutagen lets out whatever happens to it
        read = None
    if raw is None or read is None:
        yield _error("tag-broken", f"Its tag cannot be read by every player; {AGAIN}.", path)
        return
    rules = (*_form(raw), *_chapter_frames(raw, bool(chapters)), *_says(read, raw, episode, title, length_ms))
    for rule, message in (*rules, *_chapters(read, raw, chapters)):
        yield _error(rule, f"{message}; {AGAIN}.", path)
    size = sum(len(frame.body) for frame in raw.frames if frame.name != "GEOB")
    if size > LARGEST_TAG_BYTES:
        told = f"Its tag has {size} bytes, which some hosts refuse; use a smaller cover."
        yield Finding(None, "warning", "tag-size", told, path)


def _form(raw: RawTag) -> Iterator[tuple[str, str]]:
    if raw.version == 4 and not raw.signed:
        yield "tag-version", "Its tag is ID3v2.4, whose chapters some players lose"
    for frame in raw.frames:
        if raw.version == 3 and frame.name.startswith("T") and not _is_text(frame.body):
            yield "tag-encoding", f"{frame.name} is neither Latin-1 nor UTF-16 with its mark"
            break


def _is_text(body: bytes) -> bool:
    return bool(body) and (body[0] == LATIN1 or (body[0] == UTF16 and (body[1:3] in BOMS)))


def _chapter_frames(raw: RawTag, wanted: bool) -> Iterator[tuple[str, str]]:
    """Look at CHAP and CTOC as they stand in the file, where their order counts."""
    chaps = [(body.partition(b"\0")[0], body.partition(b"\0")[2]) for body in raw.all("CHAP")]
    if any(len(rest) < 16 for _, rest in chaps):
        yield "chap-broken", "A chapter of the tag is cut"
        return
    starts = [int.from_bytes(rest[:4], "big") for _, rest in chaps]
    if starts != sorted(starts):
        yield "chap-order", "The tag's chapters do not stand in the order of time, which is how players list them"
    if any(rest[8:16] != NO_OFFSET.to_bytes(4, "big") * 2 for _, rest in chaps):
        yield "chap-offset", "A chapter of the tag is placed by bytes, which have changed since"
    tables = raw.all("CTOC")
    ids = [name for name, _ in chaps]
    if len(set(ids)) != len(ids) or set(ids) & {body.partition(b"\0")[0] for body in tables}:
        yield "chap-id", "Two chapters of the tag have one id"
    if raw.version == 4 and any(_is_long(rest[16:]) for _, rest in chaps):
        yield (
            "chap-hidden",
            "A part of a chapter is over 127 bytes, and players built on ffmpeg show none",
        )
    if not wanted:
        return
    if len(tables) != 1:
        yield "ctoc", f"The tag has {len(tables)} tables of contents, not one, so Apple and Overcast show no chapters"
        return
    in_time = [name for _, name in sorted(zip(starts, ids, strict=True), key=lambda pair: pair[0])]
    problem = _table(tables[0], in_time)
    if problem:
        yield "ctoc", f"The tag's table of contents {problem}"


def _is_long(sub_frames: bytes) -> bool:
    """Tell whether a frame inside a chapter has a size that ID3v2.3 and ID3v2.4 read differently."""
    at = 0
    while at + HEADER_BYTES <= len(sub_frames) and sub_frames[at]:
        four = sub_frames[at + 4 : at + 8]
        if size_of(four, 4) != size_of(four, 3):
            return True
        at += HEADER_BYTES + size_of(four, 4)
    return False


def _table(body: bytes, ids: Sequence[bytes]) -> str:
    rest = body.partition(b"\0")[2]
    if len(rest) < 2 or rest[0] & TOP_LEVEL_ORDERED != TOP_LEVEL_ORDERED:
        return "is not marked as the ordered, top-level one"
    *children, sub_frames = rest[2:].split(b"\0", rest[1])
    if children != list(ids):
        return "does not name every chapter in order"
    if not sub_frames.startswith(b"TIT2"):
        return "has no title of its own"
    return ""


def _says(read: id3.ID3, raw: RawTag, episode: Episode, title: str, length_ms: int) -> Iterator[tuple[str, str]]:
    if not _same_title(str(read.get("TIT2", "")), title):
        yield "tag-title", "Its tag has another title than the manifest"
    length = read.get("TLEN")
    if length is None or str(length) != str(length_ms) or (length.encoding != LATIN1 and raw.version == 3):
        yield "tag-length", f"Its tag says that it lasts {length or 'nothing'} ms, not {length_ms}"
    if not any(str(comment).strip() for comment in read.getall("COMM")):
        yield "disclosure-comment", "Its tag has no comment that tells of the synthetic voices"
    if not str(read.get("TXXX:AI-DISCLOSURE", "")).strip():
        yield "disclosure", "Its tag has no AI-DISCLOSURE"
    if str(read.get("TXXX:DigitalSourceType", "")) != episode.digital_source_type:
        yield "disclosure-source", "Its tag has no DigitalSourceType, or another than the manifest"
    pictures = read.getall("APIC")
    if episode.cover and not any(picture.type == id3.PictureType.COVER_FRONT for picture in pictures):
        yield "tag-cover", "Its tag has no cover"


def _chapters(read: id3.ID3, raw: RawTag, wanted: Sequence[Chapter]) -> Iterator[tuple[str, str]]:
    """Compare the tag's chapters with the manifest's."""
    found = sorted(read.getall("CHAP"), key=lambda chap: chap.start_time)
    if len(found) != len(wanted):
        yield "chap-count", f"Its tag has {len(found)} chapters and the manifest {len(wanted)}"
        return
    for number, (chap, chapter) in enumerate(zip(found, wanted, strict=True), 1):
        if (chap.start_time, chap.end_time) != (chapter.start_ms, chapter.end_ms):
            yield "chap-times", f"Chapter {number} lies elsewhere in the tag than in the manifest"
            return
        if not _same_title(str(chap.sub_frames.get("TIT2", "")), chapter.title):
            yield "chap-title", f"Chapter {number} has another title in the tag than in the manifest"
            return
        links = [frame.url for frame in chap.sub_frames.getall("WXXX")]
        # A signed tag leaves long links out, for their chapters would be lost.
        if chapter.url and not (raw.signed and not links) and (len(links) != 1 or not links[0].isascii()):
            yield "chap-link", f"Chapter {number} has no link in the tag, or one that is not ASCII"
            return


def _same_title(tagged: str, title: str) -> bool:
    """Tell whether a tag's title is the manifest's, which a tag may cut."""
    short, whole = _plain(tagged), _plain(title)
    kept = short.rstrip(" …")
    return short == whole or (
        whole.startswith(kept) and len(kept) >= min(SHORTEST_CUT_TITLE, TITLE_CHARACTERS) and len(kept) < len(whole)
    )


def _plain(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _error(rule: str, message: str, path: str) -> Finding:
    return Finding(None, "error", rule, message, path)
