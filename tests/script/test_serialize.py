"""A script as JSON, and back."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.errors import InputUnreadable
from narrate.model import Script, ScriptSection, Segment, Speaker
from narrate.script.serialize import script_from_json, script_to_json

SPEAKERS = st.none() | st.builds(Speaker, st.text(min_size=1), st.sampled_from(["f", "m", None]))
SEGMENTS = st.builds(
    Segment, st.sampled_from(["headline", "quote", "post", "narration"]), SPEAKERS, st.text(), st.booleans()
)
SECTIONS = st.builds(ScriptSection, st.none() | st.text(), st.lists(SEGMENTS, max_size=3).map(tuple))
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
