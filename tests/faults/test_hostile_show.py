"""Texts that would be markup, through a whole show: feed, page, transcripts, chapters."""

from __future__ import annotations

import json
import re
from pathlib import Path

import feedparser
import podcastparser
import pytest
from lxml import etree, html

from tests.cli.test_main import Run, run

__all__ = ["run"]

INJECTIONS = [
    "]]>", "<![CDATA[x]]>", "<script>alert(1)</script>", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", '" onload="alert(1)',
    "' onmouseover='alert(1)", "javascript:alert(1)", "&#x0;", "&#0;", "&lt;b&gt;", "&amp;amp;", "&unbekannt;", "<!--", "-->", "<?xml version='1.0'?>",
    "<!DOCTYPE x [<!ENTITY a 'b'>]>&a;", "{{ 7*7 }}", "{% include 'x' %}", "${7*7}", "#{7*7}", "%s%n", "</title><svg onload=alert(1)>", "</item></channel></rss>",
    "NOTE x --> y", "00:00:00.000 --> 99:00:00.000", "<v Jemand Anders>", "\\u003cscript\\u003e", "\u2028alert(1)\u2029", '{"@context":"x"}</script>',
    "<iframe srcdoc='<script>alert(1)</script>'>", "<base href=//x.example>",
]  # fmt: skip


def toml(text: str) -> str:
    """Write a text as TOML does."""
    return json.dumps(text)


def script_of(first: int) -> str:
    """Return a script file with injections in every place that holds text."""
    said = INJECTIONS[first : first + 8]
    lines = [
        "version = 1",
        f"title = {toml('Titel ' + said[0])}",
        f"teaser = {toml('Vorspann ' + said[1])}",
        f"author = {toml('Ada ' + said[2])}",
    ]
    lines += ['url = "javascript:alert(1)"', "[cast]", f'{toml("Frau " + said[3])} = {{ gender = "f" }}']
    lines += ["[[chapter]]", "[[chapter.segment]]", 'role = "narration"', 'text = "Ein Anfang."']
    for number, text in enumerate(said):
        lines += [
            "[[chapter]]",
            f"heading = {toml(f'Kapitel {number} {text}')}",
            f"anchor = {toml(text)}",
            "[[chapter.segment]]",
            'role = "narration"',
        ]
        lines += [
            f"text = {toml(f'Satz {number} {text} Ende.')}",
            "[[chapter.segment]]",
            'role = "quote"',
            f"speaker = {toml('Frau ' + said[3])}",
        ]
        lines += [f"text = {toml(f'Zitat {number} {text} Ende.')}"]
    return "\n".join(lines) + "\n"


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, len(INJECTIONS), 8))
def test_texts_stay_texts(run: Run, tmp_path: Path, first: int) -> None:
    """Row 25: thirty-two strings in title, teaser, names, headings, anchors and sentences stay what they are."""
    said = INJECTIONS[first : first + 8]
    done = run(
        "init", "show", "--title", f"Zum {said[4]}", "--author", f"R {said[5]}", "--base-url", "https://p.example/h"
    )
    assert done.returncode == 0, done.stderr
    (tmp_path / "a.script.toml").write_text(script_of(first), "utf-8")
    done = run("render", "a.script.toml", "--show", "show", "-q", "--slug", "folge")
    assert done.returncode == 0, done.stderr
    episode = tmp_path / "show" / "folge"
    feed = (tmp_path / "show" / "feed.xml").read_bytes()
    items = etree.fromstring(feed, etree.XMLParser(resolve_entities=False)).findall("channel/item")
    assert len(items) == 1
    title = " ".join(str(items[0].findtext("title")).split())
    assert title == " ".join(f"Titel {said[0]}".split())
    parsed = feedparser.parse(feed)
    assert not parsed.bozo
    assert len(parsed.entries) == 1
    assert (
        len(
            podcastparser.parse("https://p.example/h/feed.xml", (tmp_path / "show" / "feed.xml").open("rb"))["episodes"]
        )
        == 1
    )
    for page in (tmp_path / "show" / "index.html", episode / "index.html"):
        check_page(page)
    for svg in episode.glob("*.svg"):
        assert not [one for one in etree.parse(str(svg)).iter() if "script" in str(one.tag)]
    transcript = html.fromstring((episode / "transcript.html").read_bytes())
    assert not transcript.xpath(
        "//script | //iframe | //img | //svg | //base | //@onload | //@onerror | //@onmouseover"
    )
    assert len((episode / "transcript.vtt").read_text("utf-8").split(" --> ")) - 1 == len(
        json.loads((episode / "transcript.json").read_text("utf-8"))["segments"]
    )
    assert "javascript:" not in " ".join(
        str(one.get("url", "")) for one in json.loads((episode / "chapters.json").read_text("utf-8"))["chapters"]
    )
    checked = run("feed", "check", "show")
    assert checked.returncode == 0, checked.stdout
    # verify takes a long name that SRT cuts, "-->" that it replaces and U+2028 in a title for other words.
    found = re.findall(r"error: .*\[([\w-]+)\]$", run("verify", "show").stdout, re.MULTILINE)
    assert set(found) <= {"transcript-text", "clip-chapter"}


def check_page(path: Path) -> None:
    """Check that a page runs its own script only, whatever its texts say."""
    tree = html.fromstring(path.read_bytes())
    policy = "".join(tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content"))
    assert "default-src 'none'" in policy or "default-src 'self'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    assert "unsafe-eval" not in policy
    scripts = tree.xpath("//script[not(@type) or @type='text/javascript' or @type='module']")
    assert all("alert(1)" not in (one.text or "") for one in scripts)
    assert not tree.xpath(
        "//iframe | //object | //embed | //base | //*[@onload or @onerror or @onmouseover or @onclick]"
    )
    links = tree.xpath("//@href | //@src | //@action | //@formaction")
    assert not [link for link in links if str(link).strip().lower().startswith(("javascript:", "vbscript:"))]
    for data in tree.xpath("//script[@type='application/json' or @type='application/ld+json']"):
        json.loads(data.text)
