"""Pages without a browser: the same bytes each time, and any text as text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.publish.page import episode_page, index_page
from narrate.publish.show import Show
from narrate.publish.site import Entry
from narrate.publish.transcript import plain
from tests.publish.shows import manifest_of

SHOW = Show(Path(), "Sendung", "Worum", "Redaktion", "de", ("News", None), False, None, "https://p.example/s", "0" * 36)
KEY = "0" * 64
WILD = st.text(min_size=1, max_size=200) | st.sampled_from(
    ["</script>", "]]>", "<!--", "{{ 7 * 7 }}", "\u2028", "\ud800", '"', "\x00", "&amp;", "x" * 500]
)


def manifest(**changes: Any) -> dict[str, Any]:
    """Return a manifest with two sentences."""
    cues = [
        {"start_ms": 0, "end_ms": 900, "role": "narration", "speaker": None, "segment": 0, "text": "Eins."},
        {"start_ms": 1000, "end_ms": 1900, "role": "quote", "speaker": "Ada", "segment": 1, "text": "Zwei."},
    ]
    return manifest_of(1, cues=cues, **changes)


def test_equal_input_gives_equal_bytes() -> None:
    """Both pages are the same each time, say what they were made of, and ask nobody for anything."""
    entry = Entry("teil-1", "", (), "g", "Titel", None, "2026-11-02T06:00:00+00:00", None, True, 1000, None, "", ())
    for content, again in (
        (episode_page(manifest(), None, None, SHOW, key=KEY), episode_page(manifest(), None, None, SHOW, key=KEY)),
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
    made = manifest(title=title)
    made["cues"][1] |= {"text": text, "speaker": name}
    made["cast"] = [{"speaker": None}, {"speaker": name}]
    tree = lxml.html.document_fromstring(episode_page(made, None, None, None, key=KEY).decode())
    shown = " ".join(tree.text_content().split())
    for wanted in (title, text, name):
        assert " ".join(plain(wanted).split()) in shown
    scripts = [each for each in tree.iter("script") if "json" in (each.get("type") or "")]
    assert scripts
    assert all(isinstance(json.loads(each.text), dict) for each in scripts)


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_interface_has_two_languages(language: str) -> None:
    """The page's own words are German or English; the article's language is told apart."""
    tree = lxml.html.document_fromstring(episode_page(manifest(), None, None, None, key=KEY, language=language))
    assert tree.get("lang") == language
    assert ("Kapitel" if language == "de" else "Chapters") in tree.text_content()
