"""Podcasting 2.0 chapters, their links, and how many there may be."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.audio.mix import EncodedUnit, MixUnit
from narrate.audio.timeline import chapter_link, one_line, timeline
from narrate.episode.chapters import chapters_json, merged
from narrate.model import Chapter
from narrate.model.settings import Encoding


@given(st.lists(st.tuples(st.integers(1, 10**7), st.text(min_size=1)), min_size=1, max_size=20))
def test_times_and_titles_come_back(parts: list[tuple[int, str]]) -> None:
    """The version is a string; start times are ascending numbers in seconds; titles are whole."""
    chapters, at = [], 0
    for length, title in parts:
        chapters.append(Chapter(at, at + length, title, "https://example.org/a"))
        at += length
    read = json.loads(chapters_json(chapters, "Titel"))
    assert isinstance(read["version"], str)
    assert read["version"].startswith("1.2")
    assert [entry["title"] for entry in read["chapters"]] == [title for _, title in parts]
    starts = [entry["startTime"] for entry in read["chapters"]]
    assert starts == sorted(starts)
    assert starts[0] == 0
    assert [round(start * 1000) for start in starts] == [chapter.start_ms for chapter in chapters]


def test_pictures_and_links() -> None:
    """A picture is named as seen from the file, or by address; chapters without have no such key."""
    chapters = [Chapter(0, 1, "A", "https://a.example/#x", "chapter-01-ab.jpg"), Chapter(1, 2, "\ud83d")]
    first, second = json.loads(chapters_json(chapters, "T"))["chapters"]
    assert (first["img"], first["url"]) == ("chapter-01-ab.jpg", "https://a.example/#x")
    assert set(second) == {"startTime", "endTime", "title"}
    placed = json.loads(chapters_json(chapters, "T", "https://b.example/show/folge/"))["chapters"]
    assert placed[0]["img"] == "https://b.example/show/folge/chapter-01-ab.jpg"


def unit_of(chapter: int, frames: int) -> EncodedUnit:
    """Return a stretch of a chapter without any sound."""
    return EncodedUnit(MixUnit(chapter, (), (0,), 44_100), f"k{chapter}", frames, 0, b"", 0.0)


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 50)), min_size=1, max_size=40), st.integers(1, 12))
def test_the_shortest_chapters_are_joined(parts: list[tuple[int, int]], most: int) -> None:
    """No more are left than may be; nothing else of a unit changes; what is kept is never shorter than what went."""
    encoded = [unit_of(2 * number, frames) for number, (count, frames) in enumerate(parts) for _ in range(count)]
    joined, warning = merged(encoded, most)
    left = list(dict.fromkeys(each.unit.chapter for each in joined))
    before = list(dict.fromkeys(each.unit.chapter for each in encoded))
    assert len(left) == min(most, len(before))
    assert [each.key for each in joined] == [each.key for each in encoded]
    assert left == sorted(left)
    assert (warning is None) == (len(before) <= most)
    for was, now in zip(encoded, joined, strict=True):
        assert now.unit.chapter == max(chapter for chapter in left if chapter <= was.unit.chapter)
    lengths = {2 * number: count * frames for number, (count, frames) in enumerate(parts)}
    gone = [lengths[chapter] for chapter in before if chapter not in left]
    assert max(gone, default=0) <= min((lengths[chapter] for chapter in left[1:]), default=10**6)


def test_the_warning_counts() -> None:
    """A person is told how many chapters there were and how many are left."""
    joined, warning = merged([unit_of(number, 1 + number % 7) for number in range(300)])
    assert len({each.unit.chapter for each in joined}) == 255
    assert warning is not None
    assert "300 chapters" in warning
    assert "255" in warning


def placed(titles: list[str], url: str | None, **more: Any) -> list[Chapter]:
    """Return the chapters of stretches of one silent take each."""
    take: Any = SimpleNamespace(first=0, last=1152, rate_hz=44_100, utterance=SimpleNamespace(
        role="narration", speaker=None, text="", segment=0))  # fmt: skip
    encoded = [
        EncodedUnit(MixUnit(number, (take,), (0, 0), 44_100), "", 1, 0, b"", 0.0) for number in range(len(titles))
    ]
    return list(timeline(encoded, titles, url, Encoding(), **more).chapters)


def test_chapters_on_the_timeline() -> None:
    """Each chapter has its own link and picture; a title is one line; one of nothing visible is a number."""
    url = "https://a.example/hafen"
    chapters = placed(["Eins\nzwei", "\0"], url, anchors=["oben", None], images=[None, "b.jpg"])
    assert [(one.title, one.url, one.image) for one in chapters] == [
        ("Eins zwei", f"{url}#oben", None), ("Kapitel 2", url, "b.jpg"),
    ]  # fmt: skip
    assert [one.url for one in placed(["A", "B"], url)] == [url, url]


@pytest.mark.parametrize(
    ("url", "anchor", "link"),
    [
        ("https://a.example/b?c=1#alt", None, "https://a.example/b?c=1#alt"),
        ("https://a.example/b#alt", "neu", "https://a.example/b#neu"),
        ("https://a.example/über uns%20x", "Straße 100%", "https://a.example/%C3%BCber%20uns%20x#Stra%C3%9Fe%20100%25"),
        ("https://müller.example:8080/", None, "https://xn--mller-kva.example:8080/"),
        ("javascript:alert(1)", "x", None), ("hafen.html", "x", None), (None, "x", None), ("https://[x", None, None),
        ("https://a b/", None, None), ("https:///x", None, None),
    ],
)  # fmt: skip
def test_links_into_the_article(url: str | None, anchor: str | None, link: str | None) -> None:
    """A chapter's link is the article's address and the anchor, in ASCII; nothing but web addresses is linked to."""
    assert chapter_link(url, anchor) == link


@given(
    st.one_of(st.none(), st.text(st.characters()), st.text().map("https://a.example/{}".format)),
    st.text(st.characters()),
)
def test_any_link_is_ascii(url: str | None, anchor: str) -> None:
    """No address and anchor raises; what comes is ASCII, and comes back the same."""
    link = chapter_link(url, anchor)
    if link is not None:
        assert link.isascii() and link.isprintable() and " " not in link
        assert urlsplit(link).scheme in ("http", "https")
        assert chapter_link(link, None) == link


@given(st.text(st.characters()))
def test_any_title_is_one_writable_line(title: str) -> None:
    """Titles have no line breaks and can be written in every encoding of Unicode; what is writable stays."""
    line = one_line(title)
    assert len(line.splitlines()) <= 1
    assert line.encode("utf-16").decode("utf-16") == line
    assert one_line(line) == line
    if title.isprintable() and title.encode("utf-8", "ignore") == title.encode("utf-8", "replace"):
        assert line == title.strip()
