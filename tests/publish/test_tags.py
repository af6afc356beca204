"""ID3 tags, read back by readers that are not the writer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import eyed3
import pytest
from eyed3.id3 import ID3_V2_3
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen import id3
from mutagen.mp3 import MP3

from narrate import audio, frames
from narrate.errors import NarrateError
from narrate.model import Chapter
from narrate.publish.cover import generated_cover
from narrate.publish.tags import LARGEST_TAG_BYTES, RULE_BASED, Tag, tag_bytes
from narrate.settings import Encoding

TITLES = ["Anfang – „Über“", "B", "Ein viel längerer Titel als alle anderen in dieser Reihe", "Cäsar"]


def tag(**changes: object) -> Tag:
    """Return a tag of four chapters whose titles have different lengths."""
    chapters = tuple(Chapter(n * 1000, (n + 1) * 1000, title) for n, title in enumerate(TITLES))
    whole = Tag(
        "Titel Ä", "Redaktion", "Sendung", 4000, "Mit synthetischen Stimmen.", RULE_BASED, "narrate 1 (espeak)",
        chapters, "Der Text.", generated_cover("Titel Ä", "Sendung"),
    )  # fmt: skip
    return replace(whole, **changes)  # type: ignore[arg-type]


def mp3(path: Path, whole: Tag) -> Path:
    """Write four seconds of silence with a tag."""
    stream = audio.encode(bytes(2 * 22_050 * 4), 22_050, Encoding())
    count = frames.count_frames(stream)
    path.write_bytes(tag_bytes(whole) + frames.info_frame(count, len(stream), 96, 44_100, 0) + stream)
    return path


def test_mutagen_reads_everything_back(tmp_path: Path) -> None:
    """Titles, people, language, length, notices, text, cover and day are where players look for them."""
    read = MP3(mp3(tmp_path / "a.mp3", tag(published=date(2026, 3, 7))))
    tags = read.tags
    assert tags is not None
    assert tags.version == (2, 3, 0)
    assert str(tags["TIT2"]) == "Titel Ä"
    assert (str(tags["TPE1"]), str(tags["TALB"]), str(tags["TCON"])) == ("Redaktion", "Sendung", "Podcast")
    assert (str(tags["TLAN"]), str(tags["TLEN"])) == ("deu", "4000")
    assert str(tags["TDRC"]) == "2026-03-07"
    assert str(tags["COMM::deu"]) == str(tags["TXXX:AI-DISCLOSURE"]) == "Mit synthetischen Stimmen."
    assert str(tags["TXXX:DigitalSourceType"]) == RULE_BASED
    assert str(tags["USLT::deu"]) == "Der Text."
    assert tags["APIC:"].mime == "image/jpeg"
    toc = tags["CTOC:toc"]
    assert toc.flags == id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
    assert str(toc.sub_frames["TIT2"]) == "Inhalt"
    assert [str(tags[f"CHAP:{child}"].sub_frames["TIT2"]) for child in toc.child_element_ids] == TITLES


def test_no_date_no_year(tmp_path: Path) -> None:
    """Without a day of publication there is no date frame: equal input gives equal bytes on any day."""
    read = MP3(mp3(tmp_path / "a.mp3", tag()))
    assert read.tags is not None
    assert "TDRC" not in read.tags


def test_eyed3_agrees_on_order_and_table(tmp_path: Path) -> None:
    """Another reader lists the chapters in order of time, and the table as top-level and ordered."""
    read = eyed3.load(mp3(tmp_path / "a.mp3", tag())).tag
    assert read.version == ID3_V2_3
    assert [chapter.title for chapter in read.chapters] == TITLES
    assert [chapter.times for chapter in read.chapters] == [(n * 1000, n * 1000 + 1000) for n in range(4)]
    tables = list(read.table_of_contents)
    assert len(tables) == 1
    assert (tables[0].toplevel, tables[0].ordered) == (True, True)
    assert [child.decode() for child in tables[0].child_ids] == ["chp0", "chp1", "chp2", "chp3"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=120), min_size=1, max_size=40)
)
def test_chapters_lie_in_the_file_in_order_of_time(titles: list[str]) -> None:
    """Whatever the titles' lengths, the CHAP frames follow each other by start, with unset byte offsets."""
    chapters = [Chapter(n * 7, n * 7 + 7, title) for n, title in enumerate(titles)]
    data = tag_bytes(tag(chapters=chapters))
    position, starts = 10, []
    while data[position]:
        size = int.from_bytes(data[position + 4 : position + 8], "big")
        if data[position : position + 4] == b"CHAP":
            times = data.index(0, position + 10) + 1
            starts.append(int.from_bytes(data[times : times + 4], "big"))
            assert data[times + 8 : times + 16] == b"\xff" * 8
        position += 10 + size
    assert starts == [chapter.start_ms for chapter in chapters]


def test_a_long_text_is_cut_to_the_largest_tag(tmp_path: Path) -> None:
    """The whole tag stays under 300 kB however long the article is, and still holds most of the text."""
    text = "Ein Satz mit Umlauten: ä, ö, ü. " * 20_000
    data = tag_bytes(tag(text=text))
    assert len(data) <= LARGEST_TAG_BYTES + 2048
    kept = str(MP3(mp3(tmp_path / "a.mp3", tag(text=text))).tags["USLT::deu"])  # type: ignore[index]
    assert kept.endswith(" …")
    assert text.startswith(kept[:-2])
    assert len(kept) > 100_000 - 50_000


def test_too_many_chapters_are_refused() -> None:
    """A table counts its children in one byte; more is a sentence, not a ValueError."""
    with pytest.raises(NarrateError, match="255"):
        tag_bytes(tag(chapters=[Chapter(n, n + 1, "x") for n in range(256)]))
