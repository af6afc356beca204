"""The feed of a show, as other programs read it."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import closing
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import lxml.html
import podcastparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec import structs
from PIL import Image

from narrate.checks.show import verify_show
from narrate.model.errors import InputUnreadable
from narrate.model.show import Show
from narrate.show import index_pages, listing, site
from narrate.show.feed import item_text, new_item
from narrate.show.item import fill_item, named_files
from narrate.show.site import write_site
from narrate.show.xml import NAMESPACES
from narrate.system.cache import Cache
from tests.show.shows import add_episode, episode_of, make_show, manifest_of, member

BASE = "https://podcast.example/hoeren"


def read(show: Show) -> Any:
    """Return the feed as a tree."""
    return etree.parse(str(show.folder / "feed.xml")).getroot().find("channel")


def texts(element: Any, path: str) -> list[str]:
    """Return the texts at a path with the feed's prefixes."""
    return [each.text for each in element.findall(path, NAMESPACES)]


def test_the_channel_says_what_shops_ask_for(tmp_path: Path, tmp_cache: Cache) -> None:
    """Everything that PSP-1 and Apple require of a channel is there, and said once."""
    show = make_show(tmp_path / "s", 'category = "News > Politics"\ncopyright = "Verlag"\n[owner]\nemail = "a@b.example"\n'
                     '[funding]\nurl = "https://a.example/geben"\n')  # fmt: skip
    add_episode(show.folder, 1)
    write_site(show, tmp_cache)
    channel = read(show)
    link = channel.find("atom:link", NAMESPACES)
    assert dict(link.attrib) == {"href": f"{BASE}/feed.xml", "rel": "self", "type": "application/rss+xml"}
    assert texts(channel, "title") == ["Zum Hören"]
    assert texts(channel, "link") == [f"{BASE}/"]
    assert texts(channel, "language") == ["de"]
    assert texts(channel, "itunes:explicit") == ["false"]
    assert texts(channel, "itunes:author") == ["Redaktion"]
    assert texts(channel, "podcast:guid") == [show.guid]
    assert texts(channel, "podcast:locked") == ["no"]
    assert texts(channel, "copyright") == ["Verlag"]
    assert texts(channel, "itunes:owner/itunes:email") == ["a@b.example"]
    assert channel.find("podcast:funding", NAMESPACES).get("url") == "https://a.example/geben"
    assert channel.find("itunes:category/itunes:category", NAMESPACES).get("text") == "Politics"
    assert channel.find("podcast:txt", NAMESPACES).get("purpose") == "ai-content"
    cover = channel.find("itunes:image", NAMESPACES).get("href").rpartition("/")[2]
    with Image.open(show.folder / cover) as picture:
        assert (picture.size, picture.mode) == ((1400, 1400), "RGB")


def test_the_feed_names_the_newest(tmp_path: Path, tmp_cache: Cache) -> None:
    """With feed.newest the feed has so many, the index page all; verify finds one that is too old, or is lacking."""
    show = make_show(tmp_path / "s", "[feed]\nnewest = 2\n")
    for number in (1, 2, 3):
        add_episode(show.folder, number)
    site = write_site(show, tmp_cache)
    assert [text[-1] for text in texts(read(show), "item/title")] == ["3", "2"]
    assert site.episodes == 3
    index = lxml.html.document_fromstring((show.folder / "index.html").read_bytes())
    assert index.xpath("//ol[@class='episodes']/li//h3/a/@href") == [f"teil-{n}/index.html" for n in (3, 2, 1)]

    def told() -> list[str]:
        found = verify_show(show.folder, lambda _: ())
        return [one.message for one in found if one.rule == "feed-lacks"]

    assert told() == []
    (show.folder / "show.toml").write_text(
        (show.folder / "show.toml").read_text("utf-8").replace("= 2", "= 3"), "utf-8"
    )
    assert told() == ["The feed does not name teil-1; write the feed again with narrate feed."]


@pytest.mark.parametrize("most", [0, 1, 2000])
def test_what_is_remembered_makes_the_same_feed(
    tmp_path: Path, tmp_cache: Cache, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """However few items are kept on the way: remembered, made again, or of a folder renamed, the feed is the same."""
    monkeypatch.setattr(listing, "MOST_ITEMS", most)
    show = make_show(tmp_path / "s", "[feed]\nnewest = 2\n")
    for number in (1, 2, 3):
        add_episode(show.folder, number)

    def same_as_from_nothing() -> bool:
        write_site(show, tmp_cache)
        remembered = (show.folder / "feed.xml").read_bytes()
        with closing(Cache(None)) as empty:
            write_site(show, empty)
        return (show.folder / "feed.xml").read_bytes() == remembered

    assert same_as_from_nothing()
    (show.folder / "teil-3").rename(show.folder / "drittes")
    assert same_as_from_nothing()
    assert "/drittes/" in (show.folder / "feed.xml").read_text("utf-8")
    (show.folder / "teil-2" / "transcript.srt").unlink()
    assert same_as_from_nothing()
    assert "/teil-2/transcript.srt" not in (show.folder / "feed.xml").read_text("utf-8")


def test_an_item_says_what_shops_ask_for(tmp_path: Path, tmp_cache: Cache) -> None:
    """Enclosure from the real file, one guid, duration, transcripts, chapters, persons, soundbite, disclosure."""
    show = make_show(tmp_path / "s")
    add_episode(show.folder, 1)
    write_site(show, tmp_cache)
    item = read(show).find("item")
    base = f"{BASE}/teil-1"
    assert dict(item.find("enclosure").attrib) == {"url": f"{base}/teil-1.mp3", "length": "5", "type": "audio/mpeg"}
    assert item.find("guid").get("isPermaLink") == "false"
    assert texts(item, "itunes:duration") == ["61"]
    assert parsedate_to_datetime(item.find("pubDate").text).isoformat() == "2026-11-02T06:00:00+00:00"
    kinds = {each.get("url"): each.get("type") for each in item.findall("podcast:transcript", NAMESPACES)}
    assert kinds == {f"{base}/transcript.vtt": "text/vtt", f"{base}/transcript.srt": "application/x-subrip"}
    chapters = item.find("podcast:chapters", NAMESPACES)
    assert dict(chapters.attrib) == {"url": f"{base}/chapters.json", "type": "application/json+chapters"}
    listed = [(one.get("start"), one.get("title")) for one in item.findall("psc:chapters/psc:chapter", NAMESPACES)]
    assert listed == [("00:00:00.000", "Anfang"), ("00:00:20.500", "Mitte & mehr"), ("00:00:40.000", "Ende")]
    assert texts(item, "podcast:person") == ["Ada Beispiel", "Ada Beispiel"]
    assert item.find("podcast:soundbite", NAMESPACES).get("startTime") == "1.500"
    assert texts(item, "podcast:txt") == ["true"]
    description = item.find("description").text
    assert "Synthetische Stimmen." in description
    assert "\n00:00:00 Anfang\n00:00:20 Mitte & mehr\n00:00:40 Ende" in description


def test_feedparser_and_podcastparser_read_it(tmp_path: Path, tmp_cache: Cache) -> None:
    """Two readers that none of us wrote find the same episodes, files, lengths and chapters."""
    show = make_show(tmp_path / "s")
    for number in (1, 2, 3):
        add_episode(show.folder, number)
    write_site(show, tmp_cache)
    content = (show.folder / "feed.xml").read_bytes()
    parsed = feedparser.parse(io.BytesIO(content))
    assert not parsed.bozo
    assert [entry.title for entry in parsed.entries] == [f"Der Markt am Fluss, Teil {n}" for n in (3, 2, 1)]
    heard = podcastparser.parse(f"{BASE}/feed.xml", io.BytesIO(content))
    assert [episode["enclosures"][0]["file_size"] for episode in heard["episodes"]] == [5, 5, 5]
    assert [episode["total_time"] for episode in heard["episodes"]] == [61, 61, 61]
    assert [one["title"] for one in heard["episodes"][0]["chapters"]] == ["Anfang", "Mitte & mehr", "Ende"]
    assert heard["explicit"] is False


def test_nothing_changes_where_nothing_changed(tmp_path: Path, tmp_cache: Cache) -> None:
    """A second run writes no file; a cache that was lost gives the same bytes."""
    show = make_show(tmp_path / "s")
    add_episode(show.folder, 1)
    assert set(write_site(show, tmp_cache).written) >= {"feed.xml"}
    first = (show.folder / "feed.xml").read_bytes()
    assert write_site(show, tmp_cache).written == ()
    (show.folder / "feed.xml").unlink()
    with closing(Cache(None)) as empty:
        assert "feed.xml" in write_site(show, empty).written
    assert (show.folder / "feed.xml").read_bytes() == first


def test_the_feed_follows_the_manifests(tmp_path: Path, tmp_cache: Cache) -> None:
    """A manifest that changes changes its item, with the cache in place; an unlisted episode is not named."""
    show = make_show(tmp_path / "s")
    add_episode(show.folder, 1)
    add_episode(show.folder, 2)
    write_site(show, tmp_cache)
    add_episode(show.folder, 1, title="Neuer Titel")
    hidden = manifest_of(2)["publication"] | {"listed": False}
    add_episode(show.folder, 2, publication=hidden)
    site = write_site(show, tmp_cache)
    assert site.episodes == 1
    assert texts(read(show), "item/title") == ["Neuer Titel"]


def test_the_feed_names_only_what_is_there(tmp_path: Path, tmp_cache: Cache) -> None:
    """A missing transcript is not named; an episode without its MP3, or with another, is left out with a sentence."""
    show = make_show(tmp_path / "s")
    add_episode(show.folder, 1)
    (show.folder / "teil-1" / "transcript.srt").unlink()
    (add_episode(show.folder, 2) / "teil-2.mp3").unlink()
    (add_episode(show.folder, 3) / "teil-3.mp3").write_bytes(b"another sound")
    site = write_site(show, tmp_cache)
    item = read(show).find("item")
    assert [each.get("type") for each in item.findall("podcast:transcript", NAMESPACES)] == ["text/vtt"]
    assert site.episodes == 1
    assert len(site.warnings) == 2
    assert all("leaves it out" in warning for warning in site.warnings)
    (show.folder / "teil-2" / "teil-2.mp3").write_bytes(b"sound")
    assert write_site(show, tmp_cache).episodes == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff", b'{"publication": {}}', b"null", b"[" * 5000, b'{"title": 3, "files": 7}'],
)
def test_a_broken_manifest_stops_nobody(tmp_path: Path, tmp_cache: Cache, content: bytes) -> None:
    """A manifest that cannot be used leaves its episode out, with a sentence, and harms no other."""
    show = make_show(tmp_path / "s")
    add_episode(show.folder, 1)
    broken = add_episode(show.folder, 2)
    (broken / "episode.json").write_bytes(content)
    site = write_site(show, tmp_cache)
    assert site.episodes == 1
    assert [warning.partition(":")[0] for warning in site.warnings] == ["teil-2"]
    assert (broken / "episode.json").read_bytes() == content


@pytest.mark.parametrize("key", sorted(set(manifest_of(1)) - {"schema_version", "digital_source_type", "cues", "slug"}))
@pytest.mark.parametrize("value", [None, 7, "x", [1], {"a": 1}])
def test_wrong_types_in_a_manifest_stop_nobody(tmp_path: Path, tmp_cache: Cache, key: str, value: Any) -> None:
    """Whatever a manifest holds, the feed is written and is XML; either the episode is in it or a sentence says why."""
    show = make_show(tmp_path / "s")
    add_episode(show.folder, 1)
    folder = add_episode(show.folder, 2)
    manifest = json.loads((folder / "episode.json").read_text("utf-8")) | {key: value}
    (folder / "episode.json").write_text(json.dumps(manifest), "utf-8")
    site = write_site(show, tmp_cache)
    assert site.episodes + len(site.warnings) >= 2
    assert len(read(show).findall("item")) == site.episodes


def test_a_copied_episode_is_told_of(tmp_path: Path, tmp_cache: Cache) -> None:
    """Two folders with one guid: the first stays in the feed, the second is a sentence."""
    show = make_show(tmp_path / "s")
    add_episode(show.folder, 1)
    add_episode(show.folder, 2, publication=manifest_of(1)["publication"])
    site = write_site(show, tmp_cache)
    assert site.episodes == 1
    assert "guid" in site.warnings[0]


def test_superseded_files_go_when_no_feed_names_them(tmp_path: Path, tmp_cache: Cache) -> None:
    """What an earlier version left is removed after the feed was written; a path that leads out is not followed."""
    show = make_show(tmp_path / "s")
    folder = add_episode(show.folder, 1, superseded=["alt.mp3", "../../fremd.txt"])
    (folder / "alt.mp3").write_bytes(b"old")
    (tmp_path / "fremd.txt").write_bytes(b"foreign")
    write_site(show, tmp_cache)
    assert not (folder / "alt.mp3").exists()
    assert (tmp_path / "fremd.txt").exists()


@pytest.mark.slow
def test_an_old_cover_goes_and_the_new_one_has_another_name(tmp_path: Path, tmp_cache: Cache) -> None:
    """A picture that changes has another address, and the one before does not stay behind."""
    (tmp_path / "s").mkdir()
    Image.new("RGB", (2000, 1600), "red").save(tmp_path / "s" / "a.png")
    show = make_show(tmp_path / "s", 'cover = "a.png"\n')
    write_site(show, tmp_cache)
    first = {path.name for path in show.folder.glob("cover-*.jpg")}
    Image.new("RGB", (4000, 4000), "blue").save(tmp_path / "s" / "a.png")
    write_site(show, tmp_cache)
    (second,) = show.folder.glob("cover-*.jpg")
    assert {second.name} != first
    with Image.open(second) as picture:
        assert picture.size == (3000, 3000)


def test_a_cover_that_is_none_loses_nothing(tmp_path: Path, tmp_cache: Cache) -> None:
    """A show's cover that is no picture is a sentence, and the feed stays as it was."""
    show = make_show(tmp_path / "s")
    add_episode(show.folder, 1)
    write_site(show, tmp_cache)
    before = (show.folder / "feed.xml").read_bytes()
    (tmp_path / "s" / "bild.png").write_bytes(b"no picture")
    add_episode(show.folder, 2)
    with pytest.raises(InputUnreadable, match="picture"):
        write_site(make_show(show.folder, 'cover = "bild.png"\n'), tmp_cache)
    assert (show.folder / "feed.xml").read_bytes() == before


WILD = st.text(min_size=1, max_size=500) | st.sampled_from(
    ["]]>", "<script>alert(1)</script>", '"', "a\nb", "\0", "😀", "../../x", "W" * 500, "!?!", "\ud800", "&amp;"]
)


@given(title=WILD, teaser=WILD, chapter=WILD, speaker=WILD)
def test_any_text_makes_xml(title: str, teaser: str, chapter: str, speaker: str) -> None:
    """Whatever titles and names hold, the item is XML 1.0 that says the same, but for what XML cannot hold."""
    show = Show(Path(), "T", "D", "A", "de", ("News", None), False, None, BASE, "0" * 36)
    plain = episode_of(1, cast=[member(speaker)])
    chapters = (plain.chapters[0], replace(plain.chapters[1], title=chapter), plain.chapters[2])
    script = structs.replace(plain.script, teaser=teaser)
    episode = structs.replace(plain, title=title, script=script, chapters=chapters)
    item = new_item()
    fill_item(item, show, "teil-1", episode, set(named_files(episode)))
    again = etree.fromstring(item_text(item))
    expected = "".join(sign for sign in title[:255] if etree_can_hold(sign)).strip()
    assert (again.find("title").text or "") == expected.replace("\r\n", "\n").replace("\r", "\n") or "\r" in title
    assert len(again.find("description").text.encode()) <= 4000


def etree_can_hold(sign: str) -> bool:
    """Tell whether lxml takes a character."""
    try:
        etree.Element("a").text = sign
    except ValueError:
        return False
    return True


@pytest.mark.slow
def test_many_episodes_stay_in_one_feed(tmp_path: Path, tmp_cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    """All episodes are in the feed, whatever their number; past a thousand a sentence says what that means."""
    assert site.MOST_EPISODES == 1000
    monkeypatch.setattr(site, "MOST_EPISODES", 100)
    show = make_show(tmp_path / "s")
    for number in range(1, 102):
        add_episode(show.folder, number)
    written = site.write_site(show, tmp_cache)
    assert len(read(show).findall("item")) == 101
    assert "names 101 episodes; past 100" in written.warnings[-1]


def listed(number: int) -> list[listing.Entry]:
    """Return so many entries, the newest first."""
    return [
        listing.Entry(f"teil-{one}", f"{one:064}", (), str(one), "", f"Teil {one}", None, "2026-11-02T06:00:00+00:00",
                      None, True, 1000, None, ())
        for one in range(number, 0, -1)
    ]  # fmt: skip


@given(st.integers(0, 3000), st.integers(0, 600))
def test_an_index_has_every_episode_once_and_keeps_its_old_pages(number: int, more: int) -> None:
    """In order over all pages, none above 999; when episodes come, pages with older pages and newer ones stay the same."""
    show = Show(Path("s"), "T", "", "A", "de", ("News", None), False, None, BASE, "g")
    before, after = (index_pages.index_pages(show, listed(many), "c.jpg") for many in (number, number + more))
    assert [one for page in before for one in page.entries] == listed(number)
    assert [page.name for page in before] == index_pages.page_names(number)
    assert all(len(page.entries) <= 999 for page in before)
    assert [page.older for page in before] == [*(page.name for page in before[1:]), None]
    assert [page.newer for page in before] == [None, *(page.name for page in before[:-1])]
    keys = {page.name: page.key for page in after}
    assert all(keys[page.name] == page.key for page in before[2:])


def test_a_long_index_is_parted(tmp_path: Path, tmp_cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page links to its neighbours; verify misses one; too many go, but nobody's own file."""
    monkeypatch.setattr(index_pages, "PER_PAGE", 2)
    show = make_show(tmp_path / "s")
    for number in range(1, 8):
        add_episode(show.folder, number)
    (show.folder / "index-9.html").write_text("Von Hand.", "utf-8")
    written = write_site(show, tmp_cache).written
    names = ["index.html", "index-2.html", "index-1.html"]
    assert [name for name in written if name.startswith("index")] == names[::-1]
    pages = [lxml.html.document_fromstring((show.folder / name).read_bytes()) for name in names]
    held = [page.xpath("//ol[@class='episodes']/li//h3/a/@href") for page in pages]
    assert [len(one) for one in held] == [3, 2, 2]
    assert [one.partition("/")[0] for page in held for one in page] == [f"teil-{number}" for number in range(7, 0, -1)]
    links = [page.xpath("//nav[@class='links']/a/@href") for page in pages]
    assert links == [["index-2.html"], ["index.html", "index-1.html"], ["index-2.html"]]
    assert [page.xpath("//link[@rel='canonical']/@href")[0] for page in pages] == [
        f"{BASE}/", f"{BASE}/index-2.html", f"{BASE}/index-1.html"
    ]  # fmt: skip
    assert write_site(show, tmp_cache).written == ()

    (show.folder / "index-1.html").unlink()
    found = [one.file for one in verify_show(show.folder, lambda _: ()) if one.rule == "page-missing"]
    assert found == ["index-1.html"]
    for number in (7, 6):
        shutil.rmtree(show.folder / f"teil-{number}")
    assert set(write_site(show, tmp_cache).written) >= {"index.html", "index-1.html"}
    assert sorted(path.name for path in show.folder.glob("index*")) == ["index-1.html", "index-9.html", "index.html"]
