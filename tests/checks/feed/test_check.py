"""The rules over a feed: a good one has no finding, and every rule finds its own fault and no other does."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from narrate.checks.feed.check import check_feed, check_show
from narrate.episode.chapters import chapters_json
from narrate.episode.cover import generated_cover
from narrate.model import Chapter
from narrate.model.show import Show
from narrate.show.site import write_site
from narrate.system.cache import Cache
from tests.show.shows import add_episode, make_show, manifest_of

BASE = "https://podcast.example/hoeren"
COVER = generated_cover("Titel", "Sendung")
COVER_NAME = f"cover-{hashlib.sha256(COVER).hexdigest()[:8]}.jpg"
PICTURE = "chapter-01-00000000.jpg"
MORE = """category = "News > Politics"
copyright = "Verlag"
[owner]
email = "a@b.example"
[funding]
url = "https://a.example/geben"
"""
TRANSCRIPTS = ("transcript.vtt", "transcript.srt", "transcript.json", "transcript.html", "transcript.txt")


def made(paths: list[str]) -> list[dict[str, Any]]:
    """Return what a manifest says of files of five bytes."""
    return [{"path": path, "type": "x", "size_bytes": 5, "sha256": "0" * 64} for path in paths]


def good_show(folder: Path) -> Show:
    """Write a show of two episodes in which every rule has something to look at."""
    show = make_show(folder, MORE)
    for number in (1, 2):
        chapters = manifest_of(number)["chapters"]
        chapters[1]["image"] = PICTURE
        files = made([f"teil-{number}.mp3", "chapters.json", *TRANSCRIPTS, COVER_NAME, PICTURE])
        episode = add_episode(show.folder, number, cover=COVER_NAME, files=files, chapters=chapters)
        (episode / COVER_NAME).write_bytes(COVER)
        listed = [Chapter(one["start_ms"], one["end_ms"], one["title"]) for one in chapters]
        (episode / "chapters.json").write_bytes(chapters_json(listed, "Titel"))
        (episode / "index.html").touch()
    (show.folder / "index.html").touch()
    cache = Cache(folder.parent / "cache")
    write_site(show, cache)
    cache.close()
    return show


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Show:
    """Return a show without fault; nobody may change it."""
    return good_show(tmp_path_factory.mktemp("good") / "show")


@pytest.fixture(scope="module")
def text(good: Show) -> str:
    """Return its feed."""
    return (good.folder / "feed.xml").read_text("utf-8")


def rules(content: str | bytes, show: Show) -> set[str]:
    """Return the rules that a feed breaks."""
    raw = content.encode() if isinstance(content, str) else content
    return {finding.rule for finding in check_feed(raw, show.folder, show.base_url)}


def test_a_feed_of_narrate_has_no_fault(good: Show) -> None:
    """What narrate feed writes passes every rule, with its files and without."""
    assert check_show(good) == []
    assert check_feed((good.folder / "feed.xml").read_bytes(), None, None) == []


LONG = "x" * 256
# Rule; a pattern in the good feed; what stands there instead. The first place counts; (?s) reaches over lines.
HEAD, ITEM = r"(?s)(<channel>.*?)", r"(?s)(<item>.*?)"
FAULTS = [
    ("declaration", r"<\?xml[^>]*\?>\s*", ""),
    ("doctype", r"<rss", '<!DOCTYPE rss [<!ENTITY a "b">]><rss'),
    ("xml", r"</channel>", ""),
    ("rss", r'version="2.0"', 'version="0.91"'),
    ("channel-title", HEAD + "<title>Zum Hören</title>", r"\1<title/>"),
    ("channel-description", HEAD + "<description>.*?</description>", r"\1"),
    ("channel-link", HEAD + "<link>.*?</link>", r"\1"),
    ("channel-language", HEAD + "<language>.*?</language>", r"\1"),
    ("channel-explicit", HEAD + "<itunes:explicit>.*?</itunes:explicit>", r"\1"),
    ("channel-author", HEAD + "<itunes:author>.*?</itunes:author>", r"\1"),
    ("channel-guid", HEAD + "<podcast:guid>.*?</podcast:guid>", r"\1"),
    ("channel-locked", HEAD + "<podcast:locked>.*?</podcast:locked>", r"\1"),
    ("channel-category", HEAD + "<itunes:category.*</itunes:category>", r"\1"),
    ("channel-image", HEAD + "<itunes:image[^>]*/>", r"\1"),
    ("category", 'text="News"', 'text="Nachrichten"'),
    ("subcategory", 'text="Politics"', 'text="Politik"'),
    ("self", r"<atom:link[^>]*>", ""),
    ("self-twice", r"(<atom:link[^>]*>)", r"\1\1"),
    ("self-type", "application/rss.xml", "text/xml"),
    ("self-url", f'{BASE}/feed.xml"', f'{BASE}/other.xml"'),
    ("language", "<language>de</language>", "<language>deutsch</language>"),
    ("podcast-guid", r"<podcast:guid>.*?<", "<podcast:guid>17<"),
    ("locked", "<podcast:locked>no<", "<podcast:locked>true<"),
    ("medium", "<podcast:medium>podcast<", "<podcast:medium>radio<"),
    ("type", "<itunes:type>episodic<", "<itunes:type>weekly<"),
    ("owner", "a@b.example", "a at b"),
    ("funding", '<podcast:funding url="[^"]*"', '<podcast:funding url=""'),
    ("copyright", "<copyright>Verlag<", "<copyright>© Verlag<"),
    ("explicit", "<itunes:explicit>false<", "<itunes:explicit>no<"),
    ("yes-only", "<channel>", "<channel><itunes:block>no</itunes:block>"),
    ("ai-content", HEAD + "<podcast:txt.*?</podcast:txt>", r"\1"),
    ("ai-content", ITEM + "<podcast:txt.*?</podcast:txt>", r"\1"),
    ("ai-content-value", '"ai-content">true<', '"ai-content">yes<'),
    ("txt-purpose", "<channel>", f'<channel><podcast:txt purpose="{"x" * 129}">a</podcast:txt>'),
    ("tag-twice", "<channel>", "<channel><title>Noch einer</title>"),
    ("tag-unknown", "<channel>", "<channel><itunes:Author>A</itunes:Author>"),
    ("value-blanks", "<itunes:author>", "<itunes:author> "),
    ("value-blanks", 'href="https', 'href=" https'),
    ("value-length", "<title>Zum Hören<", f"<title>{LONG}<"),
    ("value-length", r"(<podcast:person[^>]*>)", r"\1" + "x" * 129),
    ("value-length", '"ai-content">true</podcast:txt>', '"ai-content">true</podcast:txt><podcast:txt purpose="verify">' + "x" * 4001 + "</podcast:txt>"),
    ("description-length", HEAD + "(<description>)", r"\1\2" + "ä" * 1990),
    ("url", "https://a.example/geben", "a.example/geben"),
    ("url-https", "https://a.example/geben", "http://a.example/geben"),
    ("url-ascii", "https://a.example/geben", "https://a.example/schön"),
    ("page-missing", f"<link>{BASE}/teil-2/<", f"<link>{BASE}/teil-9/<"),
    ("item-title", ITEM + "<title>.*?</title>", r"\1"),
    ("title-number", ITEM + "<title>", r"\1<title>Folge 7: "),
    ("item-link", ITEM + "<link>.*?</link>", r"\1"),
    ("item-pubdate", ITEM + "<pubDate>.*?</pubDate>", r"\1"),
    ("item-description", ITEM + "<description>.*?</description>", r"\1"),
    ("item-duration", ITEM + "<itunes:duration>.*?</itunes:duration>", r"\1"),
    ("item-explicit", ITEM + "<itunes:explicit>.*?</itunes:explicit>", r"\1"),
    ("item-image", ITEM + "<itunes:image[^>]*>", r"\1"),
    ("item-transcript", ITEM + "(?:<podcast:transcript[^>]*>\\s*)+", r"\1"),
    ("guid", r"<guid[^>]*>.*?</guid>", ""),
    ("guid-permalink", ' isPermaLink="false"', ""),
    ("guid-permalink", 'isPermaLink="false"', 'isPermaLink="no"'),
    ("guid-twice", r"(?s)(<guid.*?</guid>)(.*)<guid.*?</guid>", r"\1\2\1"),
    ("pubdate", "<pubDate>.*?<", "<pubDate>2026-11-03T06:00:00Z<"),
    ("pubdate", r"(<pubDate>.*?) \+0000<", r"\1<"),
    ("pubdate", "<pubDate>..., ", "<pubDate>Fri, "),
    ("pubdate", r"<pubDate>.*?<", "<pubDate>31 Feb 2026 06:00:00 +0000<"),
    ("order", r"<pubDate>.*?<", "<pubDate>Sun, 01 Nov 2026 06:00:00 +0000<"),
    ("duration", "<itunes:duration>.*?<", "<itunes:duration>01:01<"),
    ("duration", "<itunes:duration>.*?<", "<itunes:duration>PT61S<"),
    ("duration", "<itunes:duration>.*?<", "<itunes:duration>0<"),
    ("number", "<item>", "<item><itunes:season>0</itunes:season>"),
    ("episode-number", "<itunes:type>episodic<", "<itunes:type>serial<"),
    ("episode-type", "<itunes:episodeType>full<", "<itunes:episodeType>whole<"),
    ("person", r"(<podcast:person[^>]*>)[^<]*", r"\1"),
    ("person-group", 'group="writing"', 'group="text"'),
    ("enclosure", r"<enclosure[^>]*>", ""),
    ("enclosure", r"(<enclosure[^>]*>)", r"\1\1"),
    ("enclosure-url", r'<enclosure url="[^"]*"', '<enclosure url=""'),
    ("enclosure-type", "audio/mpeg", "audio/mp3"),
    ("enclosure-extension", "audio/mpeg", "audio/x-m4a"),
    ("enclosure-length", 'length="5"', 'length="None"'),
    ("enclosure-file", "teil-2.mp3", "teil-3.mp3"),
    ("enclosure-file", "teil-2/teil-2.mp3", "../show/teil-2/teil-2.mp3"),
    ("enclosure-size", 'length="5"', 'length="61"'),
    ("enclosure-twice", r"(?s)(<enclosure[^>]*>)(.*)<enclosure[^>]*>", r"\1\2\1"),
    ("transcript-url", r'<podcast:transcript url="[^"]*"', '<podcast:transcript url=""'),
    ("transcript-type", '"application/x-subrip"', '"application/srt"'),
    ("transcript-extension", '"application/x-subrip"', '"text/vtt"'),
    ("transcript-file", "teil-2/transcript.vtt", "teil-9/transcript.vtt"),
    ("language", '" language="de"', '" language="d"'),
    ("chapters-url", r'<podcast:chapters url="[^"]*"', '<podcast:chapters url=""'),
    ("chapters-type", r"application/json\+chapters", "application/json"),
    ("chapters-file", "teil-2/chapters.json", "teil-9/chapters.json"),
    ("chapter-image", PICTURE, "chapter-02-00000000.jpg"),
    ("image-href", HEAD + '<itunes:image href="[^"]*"', r'\1<itunes:image href=""'),
    ("image-extension", HEAD + r"(<itunes:image href=)[^>]*", r'\1\2"https://a.example/bild.gif"/'),
    ("image-file", ITEM + r"(<itunes:image href=[^>]*cover-)", r"\1\g<2>1"),
    ("psc-version", '<psc:chapters version="1.2"', '<psc:chapters version="2"'),
    ("psc-empty", r"(?s)<psc:chapter .*?</psc:chapters>", "</psc:chapters>"),
    ("psc-time", 'start="00:00:20.500"', 'start="00:00:20"'),
    ("psc-first", 'start="00:00:00.000"', 'start="00:00:00.001"'),
    ("psc-order", 'start="00:00:20.500"', 'start="00:00:40.500"'),
    ("psc-late", 'start="00:00:40.000"', 'start="00:01:40.000"'),
    ("psc-title", 'title="Anfang"', 'title=""'),
    ("soundbite-time", 'startTime="1.500"', 'startTime="one"'),
    ("soundbite-inside", 'startTime="1.500"', 'startTime="51.500"'),
    ("soundbite-length", 'duration="20.000"', 'duration="2.000"'),
    ("lines-few", "00:00:20 Mitte &amp; mehr\n", ""),
    ("lines-first", "00:00:00 Anfang\n", "00:00:01 Anfang\n"),
    ("lines-order", "00:00:20 Mitte", "00:00:50 Mitte"),
    ("lines-title", "00:00:20 Mitte", "00:00:20 " + "Mitte" * 8),
    ("lines-late", "00:00:40 Ende", "00:02:40 Ende"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "pattern", "instead"), FAULTS, ids=lambda value: str(value)[:30])
def test_each_rule_finds_its_fault(good: Show, text: str, rule: str, pattern: str, instead: str) -> None:
    """A fault sown into a good feed is found by the rule that it breaks and by no other."""
    harmed = re.sub(pattern, instead, text, count=1)
    assert harmed != text
    assert rules(harmed, good) == {rule}


def no_namespace(text: str) -> str:
    """Return a feed whose iTunes namespace is misspelt."""
    return text.replace("http://www.itunes.com/dtds", "http://www.itunes.com/DTDs", 1)


def test_a_misspelt_namespace_is_named(good: Show, text: str) -> None:
    """A namespace with another address makes its tags unknown to every player, and that is said."""
    assert {"namespace", "namespace-address"} <= rules(no_namespace(text), good)


def png(size: tuple[int, int] = (1400, 1400), mode: str = "RGB") -> bytes:
    """Return a plain picture."""
    file = io.BytesIO()
    Image.new(mode, size).save(file, "PNG")
    return file.getvalue()


def noise() -> bytes:
    """Return a picture of over half a megabyte."""
    file = io.BytesIO()
    Image.effect_noise((1400, 1400), 90).convert("RGB").save(file, "PNG")
    return file.getvalue()


def cmyk() -> bytes:
    """Return a picture for print."""
    file = io.BytesIO()
    Image.new("CMYK", (1400, 1400)).save(file, "JPEG")
    return file.getvalue()


PICTURES: list[tuple[str, str, Callable[[], bytes]]] = [
    ("image-square", "png", lambda: png((1400, 1500))),
    ("image-side", "png", lambda: png((1000, 1000))),
    ("image-side", "png", lambda: png((3001, 3001))),
    ("image-alpha", "png", lambda: png(mode="RGBA")),
    ("image-mode", "jpg", cmyk),
    ("image-format", "jpg", png),
    ("image-format", "jpg", lambda: b"no picture"),
    ("image-bytes", "png", noise),
]


@pytest.fixture
def mine(good: Show, tmp_path: Path) -> Show:
    """Return a copy of the good show, to be harmed."""
    shutil.copytree(good.folder, tmp_path / "show")
    return make_show(tmp_path / "show", MORE)


@pytest.mark.parametrize(("rule", "ending", "content"), PICTURES)
def test_covers_keep_apples_rules(mine: Show, text: str, rule: str, ending: str, content: Callable[[], bytes]) -> None:
    """A cover is square, 1400 to 3000 pixels, RGB without transparency, a JPEG or PNG with the right ending."""
    picture = content()
    name = f"cover-{hashlib.sha256(picture).hexdigest()[:8]}.{ending}"
    (mine.folder / "teil-2" / name).write_bytes(picture)
    assert rules(text.replace(f"teil-2/{COVER_NAME}", f"teil-2/{name}"), mine) == {rule}


def test_a_new_picture_has_a_new_name(mine: Show, text: str) -> None:
    """A picture replaced under its old name stays unseen, so it is named after its content."""
    (mine.folder / "teil-2" / COVER_NAME).write_bytes(generated_cover("Anders", "Sendung"))
    assert rules(text, mine) == {"image-name"}


@pytest.mark.parametrize(
    "whole",
    [
        b"{",
        b"[]",
        json.dumps({"version": 1.2, "chapters": []}).encode(),
        json.dumps({"version": "1.2.0", "chapters": {}}).encode(),
        json.dumps({"version": "1.2.0", "chapters": [{"startTime": "0"}]}).encode(),
        json.dumps({"version": "1.2.0", "chapters": [{"startTime": 2}, {"startTime": 1}]}).encode(),
        json.dumps({"version": "1.2.0", "chapters": [{"startTime": 0, "title": 1}]}).encode(),
        b"[" * 100_000,
    ],
)
def test_chapter_files_keep_their_format(mine: Show, text: str, whole: bytes) -> None:
    """The version is a string, start times are numbers in order, titles are texts."""
    (mine.folder / "teil-2" / "chapters.json").write_bytes(whole)
    assert rules(text, mine) == {"chapters-json"}


def test_a_finding_names_its_line(good: Show, text: str) -> None:
    """The line is that of the element, also past line 65535, where XML readers lose count."""
    for padding in ("", "\n" * 70_000):
        harmed = text.replace("<item>", f"{padding}<item>", 1).replace('length="5"', 'length="7"', 1)
        wanted = next(n for n, line in enumerate(harmed.splitlines(), 1) if 'length="7"' in line)
        assert [finding.line for finding in check_feed(harmed.encode(), good.folder, BASE)] == [wanted]


def test_broken_xml_has_a_line(good: Show) -> None:
    """Malformed XML is a finding with the line where reading stopped."""
    (finding,) = check_feed(b"<rss>\n<channel>\n</rss>", good.folder, BASE)
    assert (finding.rule, finding.line) == ("xml", 3)


def test_other_encodings_are_refused(good: Show, text: str) -> None:
    """A feed in Latin-1 or UTF-16 is refused before anything reads it."""
    assert rules(text.encode("cp1252"), good) == {"encoding"}
    assert rules(text.encode("utf-16"), good) == {"encoding"}


@pytest.mark.parametrize("prolog", ["<!-- <rss> -->", "<?pi ?>\n<!-- a -->\n", "\ufeff"])
def test_no_entity_is_ever_read(good: Show, prolog: str, tmp_path: Path) -> None:
    """A document type is refused wherever it hides: it may name local files or grow without end."""
    bomb = '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel>&a;</channel></rss>'
    assert rules(prolog + bomb, good) == {"doctype"}


def test_a_missing_feed_is_said(mine: Show) -> None:
    """A show without a feed has one finding that says how to write it."""
    (mine.folder / "feed.xml").unlink()
    (finding,) = check_show(mine)
    assert (finding.rule, finding.severity) == ("feed-missing", "error")
    assert "narrate feed" in str(finding)


def test_severity_is_what_the_standards_say(good: Show, text: str) -> None:
    """What is required is an error, what is recommended a warning."""
    without_guid = re.sub(r"<guid[^>]*>.*?</guid>", "", text)
    without_author = re.sub("<itunes:author>.*?</itunes:author>", "", text)
    assert {one.severity for one in check_feed(without_guid.encode(), None, None)} == {"error"}
    assert {one.severity for one in check_feed(without_author.encode(), None, None)} == {"warning"}


@given(st.data())
def test_any_bytes_give_findings_and_no_traceback(good: Show, text: str, data: st.DataObject) -> None:
    """A feed cut, spliced or filled with anything is judged, not crashed over."""
    raw = text.encode()
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 200)))
    foreign = data.draw(st.binary(max_size=20) | st.sampled_from([b"<a/>", b"&#x0;", b'"', b"]]>", b"\xff", b"<!--"]))
    for finding in check_feed(raw[:start] + foreign + raw[end:], good.folder, BASE):
        assert finding.message.endswith(".")
        assert "\n" not in str(finding)


@given(st.text(max_size=60))
def test_any_address_is_judged(good: Show, text: str, address: str) -> None:
    """Whatever stands as an address of a file: the folder is not left, and nothing fails."""
    from xml.sax.saxutils import quoteattr

    try:
        attribute = quoteattr(f"{BASE}/{address}").encode().decode()
    except UnicodeEncodeError:
        return
    harmed = re.sub(r'<enclosure url="[^"]*"', lambda _: f"<enclosure url={attribute}", text, count=1)
    check_feed(harmed.encode(), good.folder, BASE)
