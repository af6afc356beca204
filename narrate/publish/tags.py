"""ID3v2.3 tags with chapters, ready to stand before the frames of an MP3.

Source:
    id3.org: ID3v2.3.0 and the ID3v2 Chapter Frame Addendum 1.0.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mutagen import id3

from narrate.errors import NarrateError
from narrate.model import Chapter

HEADER_BYTES = 10
LARGEST_TAG_BYTES = 300_000  # above it, hosts and players begin to choke
TITLE_CHARACTERS = 200
MAX_CHAPTERS = 255  # a CTOC counts its children in one byte
UTF16, LATIN1 = 1, 0
NO_OFFSET = 0xFFFFFFFF
PADDING_BYTES = 1024
# IPTC's identifiers for sound made by rules and by a trained model. They are names, never opened.
RULE_BASED = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


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


def tag_bytes(tag: Tag) -> bytes:
    """Return the whole tag, CHAP frames in order of time.

    Raises:
        NarrateError: It has more than 255 chapters.
    """
    if len(tag.chapters) > MAX_CHAPTERS:
        raise NarrateError(f"An episode holds at most {MAX_CHAPTERS} chapters, not {len(tag.chapters)}.")
    text = tag.text
    body = _frames(tag, text)
    if len(body) > LARGEST_TAG_BYTES:
        room = (len(text.encode("utf-16-le")) - (len(body) - LARGEST_TAG_BYTES)) // 2 - 2
        body = _frames(tag, text[: max(room, 0)].rpartition(" ")[0] + " …")
    ordered = _in_time_order(body)
    size = len(ordered) + PADDING_BYTES
    synchsafe = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + synchsafe + ordered + bytes(PADDING_BYTES)


def _frames(tag: Tag, text: str) -> bytes:
    """Return the frames as mutagen writes them, without header and padding."""
    tags = id3.ID3()
    for name, value in (
        ("TIT2", tag.title[:TITLE_CHARACTERS]),
        ("TPE1", tag.artist),
        ("TALB", tag.album),
        ("TCON", "Podcast"),
        ("TENC", tag.encoded_by),
    ):
        tags.add(getattr(id3, name)(encoding=UTF16, text=value))
    tags.add(id3.TLAN(encoding=LATIN1, text=tag.language))
    tags.add(id3.TLEN(encoding=LATIN1, text=str(tag.length_ms)))
    if tag.published is not None:
        tags.add(id3.TYER(encoding=LATIN1, text=f"{tag.published.year:04}"))
        tags.add(id3.TDAT(encoding=LATIN1, text=f"{tag.published:%d%m}"))
    if tag.track is not None:
        tags.add(id3.TRCK(encoding=LATIN1, text="{}/{}".format(*tag.track)))
    tags.add(id3.COMM(encoding=UTF16, lang=tag.language, desc="", text=tag.disclosure))
    tags.add(id3.TXXX(encoding=UTF16, desc="AI-DISCLOSURE", text=tag.disclosure))
    tags.add(id3.TXXX(encoding=LATIN1, desc="DigitalSourceType", text=tag.source_type))
    tags.add(id3.USLT(encoding=UTF16, lang=tag.language, desc="", text=text))
    if tag.cover:
        tags.add(id3.APIC(encoding=LATIN1, mime="image/jpeg", type=id3.PictureType.COVER_FRONT, data=tag.cover))
    ids = [f"chp{number}" for number in range(len(tag.chapters))]
    for element_id, chapter in zip(ids, tag.chapters, strict=True):
        tags.add(_chap(element_id, chapter))
    if ids:
        flags = id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
        title = [id3.TIT2(encoding=UTF16, text="Inhalt")]
        tags.add(id3.CTOC(element_id="toc", flags=flags, child_element_ids=ids, sub_frames=title))
    file = io.BytesIO()
    tags.save(file, v1=0, v2_version=3, padding=lambda _: 0)
    return file.getvalue()[HEADER_BYTES:]


def _chap(element_id: str, chapter: Chapter) -> id3.CHAP:
    sub_frames: list[id3.Frame] = [id3.TIT2(encoding=UTF16, text=chapter.title[:TITLE_CHARACTERS])]
    if chapter.url:
        sub_frames.append(id3.WXXX(encoding=LATIN1, desc="", url=chapter.url))
    return id3.CHAP(
        element_id=element_id,
        start_time=chapter.start_ms,
        end_time=chapter.end_ms,
        start_offset=NO_OFFSET,
        end_offset=NO_OFFSET,
        sub_frames=sub_frames,
    )


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
