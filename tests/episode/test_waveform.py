"""The picture of the sound."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from narrate.audio.mix import EncodedUnit, MixUnit
from narrate.audio.timeline import Timeline
from narrate.episode.waveform import BARS, HEIGHT, WIDTH, waveform
from narrate.model import Chapter, Cue
from narrate.model.settings import Encoding
from narrate.web.colours import colour_of

FRAMES_A_SECOND = 44_100 / 1152
SVG = "{http://www.w3.org/2000/svg}"


def encoded(*loud: float) -> list[EncodedUnit]:
    """Return a mix unit of ten seconds for each loudness (mean square)."""
    frames = round(10 * FRAMES_A_SECOND)
    steps = [np.full(100, value, np.float32).tobytes() for value in loud]
    return [EncodedUnit(MixUnit(0, (), (0,), 44_100), "", frames, 0, one, 0.0) for one in steps]


def cue(start_ms: int, end_ms: int, speaker: str | None) -> Cue:
    """Return a cue."""
    return Cue(start_ms, end_ms, 0, 0, "narration", speaker, 0, "x")


CUES = (cue(0, 10_000, None), cue(10_000, 20_000, "Ada"), cue(20_000, 30_000, "Ben & Co."))
WHEN = Timeline(CUES, (Chapter(0, 15_000, "Eins"), Chapter(15_000, 30_000, "Zwei <b>")), 0, 0)


def bars(content: bytes) -> dict[str, list[tuple[float, float]]]:
    """Return place and height of each bar, by the class of its speaker."""
    tree = etree.fromstring(content)
    found: dict[str, list[tuple[float, float]]] = {}
    for path in tree.iter(f"{SVG}path"):
        pieces = re.findall(r"M([\d.]+) [\d.]+v([\d.]+)", path.get("d"))
        found.setdefault(path.get("class"), []).extend((float(x), float(height)) for x, height in pieces)
    return found


def test_bars_have_the_colour_of_who_speaks_and_the_height_of_the_sound() -> None:
    """Each third is its speaker's; loud is tall, soft is small, silence is a dot; a line stands at a chapter."""
    shown = bars(waveform(encoded(0.01, 0.0025, 0.0), WHEN, ["Ada", "Ben & Co."], Encoding(), "Titel"))
    third = WIDTH / 3
    assert all(place < third for place, _ in shown["s0"])
    assert all(third < place < 2 * third for place, _ in shown["s1"])
    assert all(2 * third < place for place, _ in shown["s2"])
    assert sum(len(shown[name]) for name in ("s0", "s1", "s2")) == BARS
    tall, small, none = ({height for _, height in shown[name][2:-2]} for name in ("s0", "s1", "s2"))
    assert tall == {HEIGHT - 8}
    assert small == {(HEIGHT - 8) / 2}
    assert none == {2}
    assert shown["c"] == [(WIDTH / 2, HEIGHT)]


def test_it_has_words_for_those_who_do_not_see_it() -> None:
    """Role, title and who is heard are told; the same input gives the same bytes, and nothing is asked of anybody."""
    content = waveform(encoded(0.01, 0.01, 0.01), WHEN, ["Ada"], Encoding(), 'Ein "Titel" & mehr')
    tree = etree.fromstring(content)
    assert tree.get("role") == "img"
    assert tree.findtext(f"{SVG}title") == 'Wellenform: Ein "Titel" & mehr'
    assert tree.findtext(f"{SVG}desc") == "Reporter, Ada, Ben & Co."
    assert content == waveform(encoded(0.01, 0.01, 0.01), WHEN, ["Ada"], Encoding(), 'Ein "Titel" & mehr')
    assert not re.search(rb"https?://(?!www\.w3\.org/2000/svg)|<script|href=", content)
    assert len(content) < 60_000


@given(st.text(), st.text(min_size=1), st.text())
def test_any_text_is_text(title: str, speaker: str, chapter: str) -> None:
    """Whatever a title or name holds, the picture is XML."""
    chapters = (Chapter(0, 15_000, "Eins"), Chapter(15_000, 30_000, chapter))
    content = waveform(
        encoded(0.01, 0.0, 0.01), Timeline((cue(0, 9000, speaker),), chapters, 0, 0), [speaker], Encoding(), title
    )
    assert etree.fromstring(content).tag == f"{SVG}svg"


def test_colours_begin_again_but_never_at_the_reporters() -> None:
    """The reporter's colour is nobody else's; the ninth person has that of the first."""
    names = [f"P{number}" for number in range(12)]
    colours = [colour_of(names, name) for name in names]
    assert colour_of(names, None) == 0
    assert colours == [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4]
