"""ID3 tags, read back by readers that are not the writer."""

from __future__ import annotations

import io
import json
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import which

import eyed3
import pytest
from eyed3.id3 import ID3_V2_3
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen import id3
from mutagen.mp3 import MP3
from PIL import Image

from narrate.audio import ffmpeg, mp3_frames
from narrate.audio.timeline import one_line
from narrate.episode.cover import generated_cover
from narrate.episode.tags import LARGEST_TAG_BYTES, RULE_BASED, Tag, fitted, tag_bytes
from narrate.model import Chapter
from narrate.model.errors import NarrateError
from narrate.model.settings import Encoding

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
    stream = ffmpeg.encode(bytes(2 * 22_050 * 4), 22_050, Encoding())
    count = mp3_frames.count_frames(stream)
    path.write_bytes(tag_bytes(whole) + mp3_frames.info_frame(count, len(stream), 96, 44_100, 0) + stream)
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


def jpeg(number: int, size_bytes: int = 0) -> bytes:
    """Return a picture, padded to a size behind its end."""
    file = io.BytesIO()
    Image.new("RGB", (60 + number, 60), (10 * number % 256, 80, 90)).save(file, "JPEG")
    return file.getvalue().ljust(size_bytes, b"\0")


def pictured(titles: list[str], size_bytes: int = 0) -> dict[str, object]:
    """Return chapters with links and pictures, and the pictures."""
    chapters = [
        Chapter(n * 500, n * 500 + 500, title, f"https://a.example/hafen#k{n}", f"chapter-{n:02}.jpg")
        for n, title in enumerate(titles)
    ]
    return {"chapters": chapters, "pictures": {f"chapter-{n:02}.jpg": jpeg(n, size_bytes) for n in range(len(titles))}}


def frames_in_chapters(data: bytes) -> list[tuple[str, int]]:
    """Return id and size of every frame inside a chapter."""
    found, position = [], 10
    while data[position]:
        end = position + 10 + int.from_bytes(data[position + 4 : position + 8], "big")
        if data[position : position + 4] == b"CHAP":
            inner = data.index(0, position + 10) + 17
            while inner < end:
                size = int.from_bytes(data[inner + 4 : inner + 8], "big")
                found.append((data[inner : inner + 4].decode(), size))
                inner += 10 + size
        position = end
    return found


def ffprobed(path: Path) -> list[str]:
    """Return the titles that ffprobe reads, which has nothing to complain of."""
    asked = ["ffprobe", "-v", "warning", "-show_chapters", "-of", "json", str(path)]
    run = subprocess.run(asked, capture_output=True, check=True)
    assert not run.stderr
    return [chapter["tags"].get("title", "") for chapter in json.loads(run.stdout)["chapters"]]


@pytest.mark.skipif(not (which("ffprobe") and which("mp3val")), reason="ffprobe or mp3val is not installed")
def test_pictures_and_links_of_chapters(tmp_path: Path) -> None:
    """Each chapter has its picture as a JPEG front cover and its link; three readers and a checker agree."""
    whole = tag(**pictured(TITLES))
    path = mp3(tmp_path / "a.mp3", whole)
    tags = MP3(path).tags
    assert tags is not None
    assert tags.version == (2, 3, 0)
    for number in range(4):
        inside = tags[f"CHAP:chp{number}"].sub_frames
        assert inside["APIC:"].data == jpeg(number)
        assert (inside["APIC:"].mime, inside["APIC:"].type, inside["APIC:"].encoding) == ("image/jpeg", 3, 0)
        assert inside["WXXX:"].url == f"https://a.example/hafen#k{number}"
    read = eyed3.load(path).tag
    assert [next(iter(chapter.sub_frames[b"APIC"])).image_data for chapter in read.chapters] == [*map(jpeg, range(4))]
    assert ffprobed(path) == TITLES
    checked = subprocess.run(["mp3val", str(path)], capture_output=True, text=True, check=True)
    assert not [line for line in checked.stdout.splitlines() if line.startswith(("WARNING", "ERROR"))]


ANY_TITLE = st.one_of(
    st.text(min_size=1, max_size=60),
    st.text(st.sampled_from("\0\n\r\t\ud83d\udf99\ufeff\ufffe\x85\u2028 a🎙👩‍🔬<&\"]>"), min_size=1, max_size=12),
    st.just("ß" * 500), st.just("🎙️" * 250), st.just("\ufeff\ufffe"), st.just("../../x"),
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(not which("ffprobe"), reason="ffprobe is not installed")
@settings(max_examples=25)
@given(st.lists(ANY_TITLE, min_size=1, max_size=5))
def test_readers_agree_on_any_title(titles: list[str]) -> None:
    """Whatever titles hold (NUL, halves of characters, byte order marks), three readers read the same, whole."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = mp3(Path(folder) / "a.mp3", tag(title=titles[0], artist=titles[-1], text=titles[0], **pictured(titles)))
        tags = MP3(path).tags
        assert tags is not None
        expected = [one_line(title) or "…" for title in titles]
        assert [str(tags[f"CHAP:chp{number}"].sub_frames["TIT2"]) for number in range(len(titles))] == expected
        assert ffprobed(path) == expected
        assert [chapter.title or "" for chapter in eyed3.load(path).tag.chapters] == expected
        assert str(tags.get("TIT2", "")) == one_line(titles[0])[:200]


def test_pictures_are_left_out_from_the_end() -> None:
    """A tag that would grow too large loses its text, then its last pictures, and says so; the first ones stay."""
    whole = tag(text="Wort " * 5000, cover=jpeg(0, 150_000), **pictured([f"Kapitel {n}" for n in range(30)], 20_000))
    smaller, note = fitted(whole)
    assert note is not None
    assert "have no picture in the MP3" in note
    data = tag_bytes(whole)
    assert data == tag_bytes(smaller)
    assert LARGEST_TAG_BYTES - 20_100 < len(data) <= LARGEST_TAG_BYTES + 1100
    kept = [chapter.image is not None for chapter in smaller.chapters]
    assert kept == sorted(kept, reverse=True)
    assert 5 <= sum(kept) < 8
    assert f"{30 - sum(kept)} chapters" in note
    assert fitted(smaller) == (smaller, None)


@pytest.mark.parametrize("url", [None, "https://a.example/" + "x" * 900])
def test_the_largest_tag_that_can_be(url: str | None) -> None:
    """255 chapters with endless titles, links and pictures still fit, all chapters with a title."""
    chapters = [Chapter(n, n + 1, "Ü" * 5000, url, "a.jpg") for n in range(255)]
    whole = tag(
        title="T" * 10**6, artist="A" * 10**6, disclosure="D" * 10**6, cover=jpeg(0, 200_000),
        chapters=chapters, pictures={"a.jpg": jpeg(1, 20_000)},
    )  # fmt: skip
    data = tag_bytes(whole)
    assert len(data) <= LARGEST_TAG_BYTES + 1100
    assert sum(name == "TIT2" for name, _ in frames_in_chapters(data)) == 255


def test_small_tags_are_left_as_they_are() -> None:
    """Nothing is cut from a tag that fits, and there is nothing to tell."""
    whole = tag(**pictured(TITLES))
    assert fitted(whole) == (replace(whole, chapters=list(whole.chapters)), None)


def test_too_many_chapters_are_refused() -> None:
    """A table counts its children in one byte; more is a sentence, not a ValueError."""
    with pytest.raises(NarrateError, match="255"):
        tag_bytes(tag(chapters=[Chapter(n, n + 1, "x") for n in range(256)]))
