"""File names."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.episode.slug import LONGEST, slug


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Die Mission der nächsten Phase", "die-mission-der-naechsten-phase"),
        ("Straße & Übermut", "strasse-und-uebermut"),
        ("Café Zoé – ein Fest", "cafe-zoe-ein-fest"),
        ("../../etc/passwd", "etc-passwd"),
        ("Öl", "oel"),
    ],
)
def test_german_titles(title: str, name: str) -> None:
    """German letters are written out, the rest becomes hyphens."""
    assert slug(title) == name


@given(st.text())
def test_any_title_becomes_a_safe_name(title: str) -> None:
    """Any title gives 1 to 100 lower-case ASCII letters, digits and hyphens, and no name a system reserves."""
    name = slug(title)
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", name)
    assert len(name) <= LONGEST
    assert name not in {"con", "nul", "aux", "prn", "com1", "lpt1"}


def test_titles_without_letters_stay_apart() -> None:
    """Two titles in another script do not share a name."""
    assert slug("一二三") != slug("四五六")
