"""The preview server: what a host owes a player, and nothing to anybody else."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from narrate.show.site import write_site
from narrate.system.cache import Cache
from narrate.web.serve import Preview, byte_range
from tests.episode.test_tags import mp3, tag
from tests.show.shows import add_episode, make_show

BASE = "https://podcast.example/hoeren"
SOUND = bytes(range(256)) * 800


@contextmanager
def previewed(folder: Path, base_url: str | None = BASE, any_origin: bool = False) -> Iterator[str]:
    """Serve a folder in a thread; yield its address."""
    with Preview(folder, 0, base_url, any_origin) as preview:
        thread = Thread(target=preview.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield preview.url
        finally:
            preview.shutdown()
            thread.join()


@pytest.fixture
def show(tmp_path: Path, tmp_cache: Cache) -> Path:
    """Make a show of one episode, with things beside it that are nobody's business."""
    made = make_show(tmp_path / "show")
    episode = add_episode(made.folder, 1)
    write_site(made, tmp_cache)
    (episode / "teil-1.mp3").write_bytes(SOUND)
    (episode / "transcript.vtt").write_text("WEBVTT\n", "utf-8")
    (episode / "waveform.svg").write_text("<svg/>", "utf-8")
    (made.folder / "index.html").write_text("<title>Zum Hören</title>", "utf-8")
    (made.folder / ".cache").mkdir()
    (made.folder / ".cache" / "a.txt").write_text("geheim", "utf-8")
    (made.folder / "key.pem").write_text("geheim", "utf-8")
    (tmp_path / "outside.txt").write_text("geheim", "utf-8")
    return made.folder


@pytest.fixture
def url(show: Path) -> Iterator[str]:
    """Serve the show."""
    with previewed(show) as address:
        yield address


def raw(url: str, target: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Send a request just as it is written, without a client's tidying; return status, headers and body."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    connection.putrequest(method, target, skip_host="Host" in headers, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return found


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("teil-1/teil-1.mp3", "audio/mpeg"),
        ("teil-1/transcript.vtt", "text/vtt; charset=utf-8"),
        ("teil-1/transcript.srt", "application/x-subrip"),
        ("teil-1/chapters.json", "application/json+chapters"),
        ("teil-1/episode.json", "application/json"),
        ("teil-1/waveform.svg", "image/svg+xml"),
        ("teil-1/cover-00000000.jpg", "image/jpeg"),
        ("feed.xml", "application/rss+xml; charset=utf-8"),
        ("index.html", "text/html; charset=utf-8"),
        ("", "text/html; charset=utf-8"),
    ],
)
def test_every_file_has_the_type_that_players_ask_for(url: str, path: str, kind: str) -> None:
    """GET and HEAD say the same: type, length, ranges, and that players on the web may read it."""
    got, head = requests.get(f"{url}/{path}", timeout=10), requests.head(f"{url}/{path}", timeout=10)
    assert (got.status_code, head.status_code, head.content) == (200, 200, b"")
    for name in ("Content-Type", "Content-Length", "Accept-Ranges", "ETag", "Last-Modified"):
        assert got.headers[name] == head.headers[name]
    assert got.headers["Content-Type"] == kind
    assert got.headers["Content-Length"] == str(len(got.content))
    assert (got.headers["Accept-Ranges"], got.headers["Access-Control-Allow-Origin"]) == ("bytes", "*")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-", 0, len(SOUND) - 1),
        ("bytes=1000-1999", 1000, 1999),
        ("bytes=-100", len(SOUND) - 100, len(SOUND) - 1),
        ("bytes=-99999999", 0, len(SOUND) - 1),
        (f"bytes={len(SOUND) - 1}-99999999", len(SOUND) - 1, len(SOUND) - 1),
    ],
)
def test_players_seek(url: str, asked: str, first: int, last: int) -> None:
    """A range is sent with 206, its place and its length, over a connection that stays open."""
    with requests.Session() as session:
        for _ in range(2):
            got = session.get(f"{url}/teil-1/teil-1.mp3", headers={"Range": asked}, timeout=10)
            assert got.status_code == 206
            assert got.headers["Content-Range"] == f"bytes {first}-{last}/{len(SOUND)}"
            assert got.content == SOUND[first : last + 1]
            assert got.headers["Content-Length"] == str(len(got.content))


@pytest.mark.parametrize("asked", [f"bytes={len(SOUND)}-", "bytes=-0", "bytes=99999999-999999999"])
def test_a_range_behind_the_end_is_told(url: str, asked: str) -> None:
    """416 names the length."""
    got = requests.get(f"{url}/teil-1/teil-1.mp3", headers={"Range": asked}, timeout=10)
    assert (got.status_code, got.headers["Content-Range"]) == (416, f"bytes */{len(SOUND)}")


@pytest.mark.parametrize(
    "asked", ["bytes=5-3", "bytes=-", "bytes=a-b", "lines=0-1", "bytes=0-1,5-6", "bytes=" + "9" * 5000 + "-"]
)
def test_a_range_that_is_not_understood_is_ignored(url: str, asked: str) -> None:
    """The whole is sent instead, as the standard allows."""
    got = requests.get(f"{url}/teil-1/teil-1.mp3", headers={"Range": asked}, timeout=10)
    assert (got.status_code, got.content) == (200, SOUND)


def test_a_range_of_a_file_that_changed_is_the_whole(url: str) -> None:
    """If-Range holds the part to the file that the player knows; HEAD knows no parts."""
    place = f"{url}/teil-1/teil-1.mp3"
    facts = requests.head(place, headers={"Range": "bytes=0-9"}, timeout=10)
    assert facts.status_code == 200
    for known, status in ((facts.headers["ETag"], 206), (facts.headers["Last-Modified"], 206), ('"other"', 200)):
        got = requests.get(place, headers={"Range": "bytes=0-9", "If-Range": known}, timeout=10)
        assert got.status_code == status


def test_what_a_player_has_is_not_sent_again(url: str, show: Path) -> None:
    """The same ETag is 304; a changed file is sent."""
    for path in ("teil-1/transcript.vtt", "feed.xml"):
        tag = requests.get(f"{url}/{path}", timeout=10).headers["ETag"]
        got = requests.get(f"{url}/{path}", headers={"If-None-Match": tag}, timeout=10)
        assert (got.status_code, got.content) == (304, b"")
        (show / path).write_text("WEBVTT\n\nneu", "utf-8")
        got = requests.get(f"{url}/{path}", headers={"If-None-Match": tag}, timeout=10)
        assert (got.status_code, got.text) == (200, "WEBVTT\n\nneu")


@given(st.text(st.sampled_from("bytes=-,0123456789 x"), max_size=30), st.integers(0, 1000))
def test_any_range_lies_in_the_file(header: str, size: int) -> None:
    """Whatever is asked, what is sent is in the file."""
    for asked in (byte_range(header, size), byte_range(f"bytes={header}", size)):
        assert asked is None or (asked.step == 1 and all(0 <= place < size for place in (*asked[:1], *asked[-1:])))


def test_a_folder_shows_its_page(url: str) -> None:
    """Without its slash it is redirected, so that the page finds its files; nothing is listed."""
    got = requests.get(f"{url}/teil-1?t=5", allow_redirects=False, timeout=10)
    assert (got.status_code, got.headers["Location"]) == (301, "/teil-1/?t=5")
    assert requests.get(f"{url}/", timeout=10).text == "<title>Zum Hören</title>"
    assert requests.get(f"{url}/teil-1/clips/", timeout=10).status_code == 404
    assert requests.get(f"{url}/index.html/", timeout=10).status_code == 404


@pytest.mark.parametrize(
    "target",
    [
        "/../outside.txt", "/%2e%2e/outside.txt", "/teil-1/../../outside.txt", "/..%2foutside.txt",
        "/%2e%2e%2foutside.txt", "/teil-1/%2e%2e/%2e%2e/outside.txt", "/..\\outside.txt", "/..%5coutside.txt",
        "//outside.txt", "/.cache/a.txt", "/%2ecache/a.txt", "/teil-1/..;/outside.txt", "/a%00b", "/%ff", "/%",
        "/key.pem", "/show.toml", "/.show.lock", "/link.txt", "/inner.txt", "/etc/passwd", "/nichts", "/" + "a/" * 3000,
        "/" + "x" * 5000, "/pipe.txt",
    ],
)  # fmt: skip
def test_nothing_beside_the_show_is_served(url: str, show: Path, target: str) -> None:
    """Neither by dots, however they are written, nor by links, nor by hidden names, nor what narrate never publishes."""
    (show / "link.txt").symlink_to(show.parent / "outside.txt")
    (show / "inner.txt").symlink_to(show / ".cache" / "a.txt")
    os.mkfifo(show / "pipe.txt")
    for method in ("GET", "HEAD"):
        status, _, body = raw(url, target, method)
        assert status == 404
        assert b"geheim" not in body


def test_a_link_within_the_show_is_served(url: str, show: Path) -> None:
    """A link to a file of the show is that file."""
    (show / "neu.mp3").symlink_to(show / "teil-1" / "teil-1.mp3")
    assert requests.get(f"{url}/neu.mp3", timeout=10).content == SOUND


@pytest.mark.parametrize("host", ["podcast.example", "podcast.example:8000", "127.0.0.1.example", "", "[", "evil@x"])
def test_other_names_for_this_machine_are_refused(url: str, host: str) -> None:
    """A web site that points its own name at this machine reads nothing."""
    for method in ("GET", "HEAD", "OPTIONS"):
        assert raw(url, "/feed.xml", method, Host=host)[0] == 421
    assert raw(url, "http://podcast.example/feed.xml")[0] == 421


def test_the_usual_names_for_this_machine_are_served(url: str) -> None:
    """Its number, its name, and neither for an old client."""
    port = urlsplit(url).port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", "localhost", "[::1]"):
        assert raw(url, "/feed.xml", Host=host)[0] == 200
    with socket.create_connection(("127.0.0.1", port or 0), timeout=10) as connection:
        connection.sendall(b"GET /teil-1/transcript.vtt HTTP/1.0\r\n\r\n")
        assert connection.makefile("rb").read().endswith(b"WEBVTT\n")


def test_pages_of_other_sites_may_not_read(url: str, show: Path) -> None:
    """An article that is not out yet is not for any page that is open in the browser, unless that was asked for."""
    for origin, read in (("http://localhost:3000", True), ("https://evil.example", False), ("null", False)):
        got = requests.get(f"{url}/feed.xml", headers={"Origin": origin}, timeout=10)
        assert ("Access-Control-Allow-Origin" in got.headers) is read
    with previewed(show, any_origin=True) as open_url:
        got = requests.options(f"{open_url}/feed.xml", headers={"Origin": "https://player.example"}, timeout=10)
        assert got.headers["Access-Control-Allow-Origin"] == "*"
        assert "Range" in got.headers["Access-Control-Allow-Headers"]


def test_a_player_subscribes_here(url: str, show: Path) -> None:
    """Every address of the show in the feed is this server's, and leads to the file; the file is as it was."""
    before = (show / "feed.xml").read_bytes()
    got = requests.get(f"{url}/feed.xml", timeout=10)
    assert BASE not in got.text
    assert got.text == before.decode().replace(BASE, url)
    (entry,) = feedparser.parse(got.content).entries
    (enclosure,) = entry.enclosures
    assert requests.get(enclosure.href, timeout=10).content == SOUND
    named = re.findall(rf'"({re.escape(url)}/[^"]+)"', got.text)
    assert len(named) > 5
    assert {requests.head(one, timeout=10).status_code for one in named} == {200}
    assert (show / "feed.xml").read_bytes() == before


@pytest.mark.parametrize("base_url", [None, "https://podcast.example/hoe", "https://other.example"])
def test_only_the_shows_own_addresses_are_replaced(show: Path, base_url: str | None) -> None:
    """An address that only begins alike stays."""
    with previewed(show, base_url) as address:
        assert requests.get(f"{address}/feed.xml", timeout=10).content == (show / "feed.xml").read_bytes()


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="ffprobe is not installed")
def test_ffprobe_reads_an_episode(tmp_path: Path) -> None:
    """A player that none of us wrote finds length and chapters over HTTP."""
    mp3(tmp_path / "a.mp3", tag())
    with previewed(tmp_path) as address:
        asked = ["ffprobe", "-v", "error", "-show_chapters", "-show_format", "-of", "json", f"{address}/a.mp3"]
        told: dict[str, Any] = json.loads(subprocess.run(asked, capture_output=True, check=True, timeout=60).stdout)
    assert len(told["chapters"]) == 4
    assert 3.9 < float(told["format"]["duration"]) < 4.2


def test_many_listen_at_once(url: str) -> None:
    """A listener that says nothing holds nobody up."""
    idle = [socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=10) for _ in range(20)]
    assert requests.get(f"{url}/teil-1/teil-1.mp3", timeout=10).content == SOUND
    for connection in idle:
        connection.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"\x00\xff\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_what_is_no_request_is_told(url: str, sent: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    """Rubbish gets an answer or none, never a traceback, and the server goes on."""
    with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        assert b"200 OK" not in connection.makefile("rb").read()
    assert requests.get(f"{url}/", timeout=10).status_code == 200
    assert capfd.readouterr().err == ""
