"""ID3v2.3 tags with chapters, ready to stand before the frames of an MP3.

Source:
    id3.org: ID3v2.3.0 and the ID3v2 Chapter Frame Addendum 1.0.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from mutagen import id3

from narrate.audio.timeline import chapter_link, one_line
from narrate.model import Chapter
from narrate.model.errors import NarrateError

HEADER_BYTES = 10
LARGEST_TAG_BYTES = 300_000  # above it, hosts and players begin to choke
TITLE_CHARACTERS = 200
MAX_CHAPTERS = 255  # a CTOC counts its children in one byte
DISCLOSURE_CHARACTERS = 1000
CHAPTER_TITLE_CHARACTERS = 500
SHORTER_TITLES = (200, 40)  # characters, where the tag would be too large even without pictures
LONGEST_LINK = 1000  # characters
UTF16, LATIN1 = 1, 0
NO_OFFSET = 0xFFFFFFFF
PADDING_BYTES = 1024
# All but line feeds; and byte order marks, which readers of UTF-16 take for such.
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]+")
# IPTC's identifiers for sound made by rules and by a trained model, each also together with recordings. They are
# names, never opened.
_SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
RULE_BASED = f"{_SOURCE_TYPES}algorithmicMedia"
TRAINED = f"{_SOURCE_TYPES}trainedAlgorithmicMedia"
RULE_BASED_AND_RECORDED = f"{_SOURCE_TYPES}compositeSynthetic"
TRAINED_AND_RECORDED = f"{_SOURCE_TYPES}compositeWithTrainedAlgorithmicMedia"


@dataclass(frozen=True, slots=True)
class Tag:
    """What an MP3 says of itself.

    Attributes:
        title: Of the episode or clip.
        artist: Who publishes or wrote it.
        album: The show.
        length_ms: Of the sound.
        disclosure: Sentence that tells that the voices are synthetic.
        source_type: IPTC digital source type, a URI.
        encoded_by: Program and engine.
        chapters: At most 255; empty for a clip.
        text: The words, for lyrics; cut where the tag would grow over 300 kB.
        cover: JPEG; empty for none.
        published: Day, or None.
        track: Number and count for a clip, or None.
        language: ISO 639-2.
        pictures: JPEG of each chapter that has one, by the path in its ``image``.
        chapter_characters: Longest title of a chapter.
    """

    title: str
    artist: str
    album: str
    length_ms: int
    disclosure: str
    source_type: str
    encoded_by: str
    chapters: Sequence[Chapter]
    text: str
    cover: bytes
    published: date | None = None
    track: tuple[int, int] | None = None
    language: str = "deu"
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    chapter_characters: int = CHAPTER_TITLE_CHARACTERS


def tag_bytes(tag: Tag) -> bytes:
    """Return the whole tag, CHAP frames in order of time; one that is too large is fitted.

    Raises:
        NarrateError: It has more than 255 chapters.
    """
    if len(tag.chapters) > MAX_CHAPTERS:
        raise NarrateError(f"An episode holds at most {MAX_CHAPTERS} chapters, not {len(tag.chapters)}.")
    body = _frames(tag)
    if len(body) > LARGEST_TAG_BYTES:
        body = _frames(fitted(tag)[0])
    ordered = _in_time_order(body)
    size = len(ordered) + PADDING_BYTES
    synchsafe = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + synchsafe + ordered + bytes(PADDING_BYTES)


def fitted(tag: Tag) -> tuple[Tag, str | None]:
    """Return a tag as it fits into 300 kB, and a warning about that, or None.

    The text is cut first, then pictures are left out from the last chapter on, then titles of chapters are
    shortened, then their links left out. The other files of an episode still hold all of them.

    Args:
        tag: However large, of at most 255 chapters.

    Returns:
        The tag, and a sentence where more than its text was cut, else None.
    """
    over = len(_frames(tag)) - LARGEST_TAG_BYTES
    if over > 0:
        text = _writable(tag.text)
        room = max((len(text.encode("utf-16-le")) - over) // 2 - 2, 0)
        tag = replace(tag, text=text[:room].rpartition(" ")[0] + " …" if room else "")
        over = len(_frames(tag)) - LARGEST_TAG_BYTES
    chapters, left_out = list(tag.chapters), 0
    for number in reversed(range(len(chapters))):
        picture = tag.pictures.get(chapters[number].image or "")
        if over > 0 and picture:
            chapters[number] = replace(chapters[number], image=None)
            over -= len(picture)
            left_out += 1
    tag = replace(tag, chapters=chapters)
    for characters in SHORTER_TITLES:
        if over > 0:
            tag = replace(tag, chapter_characters=characters)
            over = len(_frames(tag)) - LARGEST_TAG_BYTES
    if over > 0:
        tag = replace(tag, chapters=[replace(chapter, url=None) for chapter in chapters])
    if left_out:
        have = "1 chapter has" if left_out == 1 else f"{left_out} chapters have"
        return (
            tag,
            f"{have} no picture in the MP3, since its tag would grow over 300 kB; page and feed show them all.",
        )
    return tag, None


def _frames(tag: Tag) -> bytes:
    """Return the frames as mutagen writes them, without header and padding."""
    tags = id3.ID3()
    for name, value in (
        ("TIT2", tag.title),
        ("TPE1", tag.artist),
        ("TALB", tag.album),
        ("TCON", "Podcast"),
        ("TENC", tag.encoded_by),
    ):
        tags.add(getattr(id3, name)(encoding=UTF16, text=one_line(value)[:TITLE_CHARACTERS]))
    tags.add(id3.TLAN(encoding=LATIN1, text=tag.language))
    tags.add(id3.TLEN(encoding=LATIN1, text=str(tag.length_ms)))
    if tag.published is not None:
        tags.add(id3.TYER(encoding=LATIN1, text=f"{tag.published.year:04}"))
        tags.add(id3.TDAT(encoding=LATIN1, text=f"{tag.published:%d%m}"))
    if tag.track is not None:
        tags.add(id3.TRCK(encoding=LATIN1, text="{}/{}".format(*tag.track)))
    disclosure = one_line(tag.disclosure)[:DISCLOSURE_CHARACTERS]
    tags.add(id3.COMM(encoding=UTF16, lang=tag.language, desc="", text=disclosure))
    tags.add(id3.TXXX(encoding=UTF16, desc="AI-DISCLOSURE", text=disclosure))
    tags.add(id3.TXXX(encoding=LATIN1, desc="DigitalSourceType", text=tag.source_type))
    tags.add(id3.USLT(encoding=UTF16, lang=tag.language, desc="", text=_writable(tag.text)))
    if tag.cover:
        tags.add(_picture(tag.cover))
    ids = [f"chp{number}" for number in range(len(tag.chapters))]
    for element_id, chapter in zip(ids, tag.chapters, strict=True):
        tags.add(_chap(element_id, chapter, tag))
    if ids:
        flags = id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
        title = [id3.TIT2(encoding=UTF16, text="Inhalt")]
        tags.add(id3.CTOC(element_id="toc", flags=flags, child_element_ids=ids, sub_frames=title))
    file = io.BytesIO()
    tags.save(file, v1=0, v2_version=3, padding=lambda _: 0)
    return file.getvalue()[HEADER_BYTES:]


def _chap(element_id: str, chapter: Chapter, tag: Tag) -> id3.CHAP:
    title = _title(chapter.title, tag.chapter_characters)
    link = chapter_link(chapter.url, None)
    picture = tag.pictures.get(chapter.image or "")
    sub_frames: list[id3.Frame] = [id3.TIT2(encoding=UTF16, text=title)]
    if link and len(link) <= LONGEST_LINK:
        sub_frames.append(id3.WXXX(encoding=LATIN1, desc="", url=link))
    if picture:
        sub_frames.append(_picture(picture))
    return id3.CHAP(
        element_id=element_id,
        start_time=chapter.start_ms,
        end_time=chapter.end_ms,
        start_offset=NO_OFFSET,
        end_offset=NO_OFFSET,
        sub_frames=sub_frames,
    )


def _picture(jpeg: bytes) -> id3.APIC:
    """Return a front cover, the only kind that some players show, with the empty description that all can read."""
    return id3.APIC(encoding=LATIN1, mime="image/jpeg", type=id3.PictureType.COVER_FRONT, desc="", data=jpeg)


def _title(title: str, characters: int) -> str:
    """Return a chapter's title, cut to a number of characters."""
    whole = one_line(title) or "…"
    return whole if len(whole) <= characters else whole[: characters - 1].rstrip() + "…"


def _writable(text: str) -> str:
    """Return text of several lines without what no frame or reader can hold."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROLS.sub(" ", whole)


def _in_time_order(body: bytes) -> bytes:
    """Put the frames that mutagen sorted by size into an order players show as it is.

    Most readers list chapters in file order. Pictures go last, so that a reader that
    stops at a large frame has seen everything else.
    """
    frames: list[bytes] = []
    position = 0
    while position + HEADER_BYTES <= len(body) and body[position]:
        size = int.from_bytes(body[position + 4 : position + 8], "big")
        frames.append(body[position : position + HEADER_BYTES + size])
        position += HEADER_BYTES + size
    if sum(map(len, frames)) != len(body):
        raise NarrateError("The tag could not be put in order; please report this.")
    chapters = sorted((frame for frame in frames if frame[:4] == b"CHAP"), key=_start_ms)
    pictures = [frame for frame in frames if frame[:4] == b"APIC"]
    rest = sorted(frame for frame in frames if frame[:4] not in (b"CHAP", b"APIC"))
    return b"".join((*rest, *chapters, *pictures))


def _start_ms(frame: bytes) -> int:
    after_id = frame.index(0, HEADER_BYTES) + 1
    return int.from_bytes(frame[after_id : after_id + 4], "big")
