"""A script as JSON, and back."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.episode.script_text import script_text
from narrate.model import Script, ScriptSection, Segment, Speaker
from narrate.model.errors import InputUnreadable
from narrate.script.serialize import script_from_json, script_to_json

SPEAKERS = st.none() | st.builds(Speaker, st.text(min_size=1), st.sampled_from(["f", "m", None]))
SEGMENTS = st.builds(
    Segment, st.sampled_from(["headline", "quote", "post", "narration"]), SPEAKERS, st.text(), st.booleans()
)
MAYBE = st.none() | st.text()
SECTIONS = st.builds(ScriptSection, MAYBE, st.lists(SEGMENTS, max_size=3).map(tuple), MAYBE, MAYBE)
SCRIPTS = st.builds(
    Script,
    st.text(),
    st.none() | st.text(),
    st.lists(SECTIONS, max_size=3).map(tuple),
    st.none() | st.text(),
    st.none() | st.dates(),
    st.none() | st.text(),
    st.just("de"),
)


@given(SCRIPTS)
def test_round_trip(script: Script) -> None:
    """What is written as JSON is read back equal."""
    assert script_from_json(json.loads(json.dumps(script_to_json(script)))) == script


@given(SCRIPTS, st.text(), st.text())
def test_pictures_are_no_words(script: Script, image: str, anchor: str) -> None:
    """A section without picture and anchor names neither; with them the words are the same, other words are not."""
    bare = replace(script, sections=tuple(replace(one, image=None, anchor=None) for one in script.sections))
    shown = replace(script, image=image, sections=tuple(replace(one, image=image) for one in script.sections))
    facts = script_to_json(bare)
    sections: Any = facts["sections"]
    assert all(set(section) == {"heading", "segments"} for section in sections)
    assert script_text(shown).words() == script_text(bare).words()
    assert script_text(replace(bare, title=f"{bare.title}!")).words() != script_text(bare).words()


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ([], "the script"),
        ({}, "sections"),
        ({"title": "T", "sections": [1]}, r"sections\[0\]"),
        ({"title": 1, "sections": []}, "title"),
        ({"title": "T", "sections": [{"segments": [{"role": "x", "text": ""}]}]}, "role"),
        ({"title": "T", "sections": [{"segments": [{"role": "post"}]}]}, "text"),
        ({"title": "T", "sections": [], "published": "gestern"}, "published"),
        ({"title": "T", "sections": [{"segments": [], "image": 1}]}, r"sections\[0\].image"),
    ],
)
def test_what_is_no_script_is_explained(value: Any, where: str) -> None:
    """The message names the place that is wrong."""
    with pytest.raises(InputUnreadable, match=where):
        script_from_json(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["title", "sections", "segments", "role", "x"]), inner)
    ),
)


@given(JSON)
def test_any_json_is_read_or_explained(value: Any) -> None:
    """Whatever the value, there is a script or a deliberate failure."""
    with suppress(InputUnreadable):
        assert script_from_json(value) is not None
