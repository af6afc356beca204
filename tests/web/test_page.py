"""Pages without a browser: the same bytes each time, and any text as text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from narrate.model import Cue
from narrate.model.episode import CastMember, Clip, Episode, EpisodeFile
from narrate.model.show import Show
from narrate.show.listing import Entry
from narrate.system.text import plain
from narrate.web import PageParts, episode_page, index_page
from narrate.web.colours import DARK, LIGHT
from narrate.web.rendering import FOLDER
from narrate.web.texts import ENGLISH, GERMAN
from tests.show.shows import episode_of

SHOW = Show(Path(), "Sendung", "Worum", "Redaktion", "de", ("News", None), False, None, "https://p.example/s", "0" * 36)
KEY = "0" * 64
WILD = st.text(min_size=1, max_size=200) | st.sampled_from(
    ["</script>", "]]>", "<!--", "{{ 7 * 7 }}", "\u2028", "\ud800", '"', "\x00", "&amp;", "x" * 500]
)


PARTS = PageParts(KEY)
CUES = (Cue(0, 900, 0, 0, "narration", None, 0, "Eins."), Cue(1000, 1900, 0, 0, "quote", "Ada", 1, "Zwei."))


def episode(**changes: Any) -> Episode:
    """Return an episode of two sentences."""
    return structs.replace(episode_of(1), **{"cues": CUES, **changes})


def test_equal_input_gives_equal_bytes() -> None:
    """Both pages are the same each time, say what they were made of, and ask nobody for anything."""
    entry = Entry("teil-1", "", (), "g", "s", "Titel", None, "2026-11-02T06:00:00+00:00", None, True, 1000, None, ())
    for content, again in (
        (episode_page(episode(), PARTS, SHOW), episode_page(episode(), PARTS, SHOW)),
        (index_page(SHOW, [entry], key=KEY), index_page(SHOW, [entry], key=KEY)),
    ):
        assert content == again
        assert f'name="narrate-key" content="{KEY}"'.encode() in content[:2000]
        tree = lxml.html.document_fromstring(content)
        loaded = [each.get("src") or "" for each in tree.iter("script", "img", "audio", "source", "iframe")]
        loaded += [
            each.get("href") for each in tree.iter("link") if each.get("rel") in ("stylesheet", "icon", "preload")
        ]
        assert not [address for address in loaded if address.startswith(("http", "//"))]


@given(title=WILD, text=WILD, name=WILD)
def test_any_text_is_text(title: str, text: str, name: str) -> None:
    """Whatever titles, sentences and names hold stands in the page as it is, and the data of the script stays JSON."""
    cast = tuple(CastMember(speaker=who, engine="tone", voice="low") for who in (None, name))
    made = episode(title=title, cast=cast, cues=(CUES[0], replace(CUES[1], text=text, speaker=name)))
    tree = lxml.html.document_fromstring(episode_page(made, PARTS).decode())
    shown = " ".join(tree.text_content().split())
    for wanted in (title, text, name):
        assert " ".join(plain(wanted).split()) in shown
    scripts = [each for each in tree.iter("script") if "json" in (each.get("type") or "")]
    assert scripts
    assert all(isinstance(json.loads(each.text), dict) for each in scripts)


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_interface_has_two_languages(language: str) -> None:
    """The page's own words are German or English; the article's language is told apart."""
    tree = lxml.html.document_fromstring(episode_page(episode(), PARTS, language=language))
    assert tree.get("lang") == language
    assert ("Kapitel" if language == "de" else "Chapters") in tree.text_content()


def test_both_languages_say_the_same_things() -> None:
    """No word of the interface is missing in either language."""
    assert GERMAN.keys() == ENGLISH.keys()
    assert all({**GERMAN, **ENGLISH}.values())


def test_the_policy_names_just_what_the_page_holds() -> None:
    """Style and script are let in by their digests, and nothing on the page needs more than that."""
    tree = lxml.html.document_fromstring(episode_page(episode(), PARTS, SHOW))
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    (style,) = tree.iter("style")
    (script,) = tree.xpath("//script[not(@type)]")
    for kind, element in (("style", style), ("script", script)):
        digest = base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert not tree.xpath("//@style | //@*[starts-with(name(), 'on')]")


def test_links_lead_to_files_that_are_there() -> None:
    """Every link inside the folder is to a file of the manifest; a link that would run something is none."""
    plain = episode()
    script = structs.replace(plain.script, url="javascript:alert(1)")
    first = replace(plain.chapters[0], url="data:text/html,x", image="gone.jpg")
    clip = Clip(path="clips/01-gone.mp3", chapter=0, title="x", start_ms=0, end_ms=1)
    made = structs.replace(plain, script=script, chapters=(first, *plain.chapters[1:]), clips=(clip,))
    tree = lxml.html.document_fromstring(episode_page(made, PARTS))
    found = {str(link).partition("#")[0] for link in tree.xpath("//body//@href | //body//@src")} - {"", "index.html"}
    assert found == {file.path for file in made.files if file.path != "chapters.json"} | {"https://a.example/"}


@pytest.mark.parametrize("words", [None, [], {}, {"cues": 1}, {"cues": [[]]}, {"cues": [[[0, 1]], [["a", 1, 2, 3]]]}])
def test_words_that_do_not_fit_are_left_out(words: object) -> None:
    """A broken words.json costs the highlighting of words, not the page."""
    tree = lxml.html.document_fromstring(episode_page(episode(), PageParts(KEY, words, b"<svg>junk")))
    assert json.loads(tree.get_element_by_id("played").text)["words"] == [[], []]
    assert not tree.find_class("wave")


def test_an_episode_of_clips_only_has_no_player() -> None:
    """Where there is no whole MP3 the chapters lead to their clips, and nothing promises a player."""
    clip = Clip(path="clips/01-anfang.mp3", chapter=0, title="Anfang", start_ms=0, end_ms=20_500)
    file = EpisodeFile(path=clip.path, type="audio/mpeg", size_bytes=5, sha256="0" * 64)
    made = episode(audio=None, files=(file, *episode().files[1:]), clips=(clip,))
    tree = lxml.html.document_fromstring(episode_page(made, PARTS))
    assert not list(tree.iter("audio"))
    assert GERMAN["transcript_how"] not in tree.text_content()
    assert tree.xpath("//a[@data-chapter]/@href") == [clip.path]


def test_the_key_is_in_the_first_bytes() -> None:
    """Whoever asks whether a page is up to date reads its beginning only."""
    assert KEY.encode() in episode_page(episode(), PARTS, SHOW)[:200]


def test_names_can_be_read_in_every_colour() -> None:
    """Each speaker's colour has 4.5 to 1 against both grounds of its scheme.

    Source:
        WCAG 2.2, success criterion 1.4.3.
    """
    grounds = re.findall(r"--(?:ground|raised): (#[0-9a-f]{3,6});", (FOLDER / "page.css").read_text("utf-8"))
    for colours, behind in ((LIGHT, grounds[:2]), (DARK, grounds[2:4])):
        assert min(contrast(colour, ground) for colour in colours for ground in behind) >= 4.5


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG defines it."""
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of #rgb or #rrggbb."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
