"""What is odd about a cue as it sounds: planted faults are named, good speech is not."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.checks.episode.verify import verify_episode
from narrate.episode.cue_checks import MOST_WARNINGS, Measured, hole_s, oddities, spoken_signs, take_warnings
from narrate.model import Speech, Take, Utterance, Voice
from narrate.system.cache import Cache
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.cast import make_cast
from tests.articles import small_script
from tests.dummies import ToneEngine
from tests.episodes import Renderer

TEXT = "Am frühen Morgen legen die Boote im Hafen an."
GOOD = Measured(1, TEXT, "pico:de-DE+r1", 1.0, len(TEXT) / 16, -18.0)


def rules(*changes: dict[str, object]) -> list[tuple[int, str]]:
    """Return number and rule of what is found in ten good cues and changed ones after them."""
    cues = [replace(GOOD, number=number) for number in range(1, 11)]
    cues += [replace(GOOD, number=11 + at, **change) for at, change in enumerate(changes)]  # type: ignore[arg-type]
    return [(one.number, one.rule) for one in oddities(cues)]


def test_good_speech_is_not_named() -> None:
    """Speech of the usual level and length has nothing odd, nor has a sentence a third faster or slower."""
    assert rules({"length_s": GOOD.length_s * 0.7}, {"length_s": GOOD.length_s * 1.4}) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"level_dbfs": -60.0}, "cue-silent"),
        ({"level_dbfs": -40.0}, "cue-silent"),
        ({"length_s": GOOD.length_s / 2.2}, "cue-short"),
        ({"length_s": GOOD.length_s * 2.2}, "cue-long"),
        ({"length_s": 0.0}, "cue-empty"),
        ({"hole_s": 3.0}, "cue-hole"),
        ({"clipped": 0.01}, "cue-clipped"),
    ],
)
def test_each_fault_is_named(change: dict[str, object], rule: str) -> None:
    """Silence, a hole, half a sentence, a sentence twice, nothing at all, and clipping are found, each by its rule."""
    assert rules(change) == [(11, rule)]


def test_a_voice_that_says_little_is_judged_by_what_anybody_can_say() -> None:
    """One cue of a voice is compared with 7 to 30 signs a second; numbers count as they are read."""
    alone = replace(GOOD, voice="espeak:de")
    assert oddities([alone]) == []
    assert [one.rule for one in oddities([replace(alone, length_s=0.5)])] == ["cue-short"]
    assert [one.rule for one in oddities([replace(alone, length_s=20.0)])] == ["cue-long"]
    assert (spoken_signs("1.794 Gäste") or 0) > 30
    assert spoken_signs("中文") is None
    for markup in ("<b>fett</b>", "eine &amp;amp; Folge", "{{ 7*7 }}", "ein_name_im_code"):
        assert spoken_signs(f"Hier steht {markup} im Satz.") is None
    assert spoken_signs("Er kauft bei C&A; sie nicht.") is not None


def test_a_message_names_cue_voice_and_first_words() -> None:
    """Whoever reads it finds the place: number, voice, first words, and what is wrong."""
    (found,) = oddities([replace(GOOD, level_dbfs=-70.0)])
    assert found.message.startswith("Cue 1 (pico:de-DE+r1, 'Am frühen Morgen legen die Boote im …') is almost silent")


@given(
    st.lists(
        st.builds(
            Measured,
            st.integers(),
            st.text(max_size=60),
            st.sampled_from(["a:b", "", "x"]),
            st.floats(),
            st.floats(-1e6, 1e6),
            st.floats(),
            st.floats(),
            st.floats(),
        ),
        max_size=20,
    )
)
def test_any_numbers_are_judged(cues: list[Measured]) -> None:
    """Whatever a stranger's manifest makes of it, nothing raises, and each cue is named once at most."""
    assert len(oddities(cues)) <= len(cues)


@given(st.lists(st.floats(0, 1, width=32), max_size=50))
def test_a_hole_is_no_longer_than_the_sound(powers: list[float]) -> None:
    """A silence is at most as long as what it lies in."""
    assert 0 <= hole_s(np.array(powers, np.float32)) <= len(powers) / 10 + 1e-9


class Faulty(ToneEngine):
    """Hums, but alters the sound of texts that hold a word."""

    def __init__(self, word: str, fault: str) -> None:
        super().__init__()
        self._word, self._fault = word, fault

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Hum a text, with its fault."""
        speech = super().synthesize(text, voice)
        if self._word not in text:
            return speech
        samples = np.frombuffer(speech.pcm, "<i2").astype(float)
        changed = {
            "silent": samples / 60,
            "cut": samples[: len(samples) // 5],
            "twice": np.concatenate([samples, samples, samples]),
        }[self._fault]
        return Speech(np.rint(changed).clip(-32768, 32767).astype("<i2").tobytes(), speech.rate_hz)


@pytest.mark.parametrize(("fault", "rule"), [("silent", "cue-silent"), ("cut", "cue-short"), ("twice", "cue-long")])
def test_a_render_warns_and_verify_fails(tmp_path: Path, fault: str, rule: str) -> None:
    """A planted fault is a warning right after the render, and an error of `verify`, which hears the MP3."""
    cache = Cache(tmp_path / "cache")
    engine = CachedEngine(Faulty("Hafen", fault), cache)
    rendered = Renderer(tmp_path / "out", {"tone": engine}, cache).render(small_script("Hafen"))
    assert any("Cue " in warning and "Hafen" in warning for warning in rendered.warnings), rendered.warnings
    found = {finding.rule for finding in verify_episode(tmp_path / "out") if finding.severity == "error"}
    assert rule in found
    cache.close()


def test_not_more_than_a_handful_of_warnings_is_printed() -> None:
    """Where every take is odd, five are told and the rest are counted."""
    script = small_script("Hafen")
    voice = make_cast(script, ToneEngine().voices(), {}).reporter
    said = Utterance(0, None, "narration", None, voice, TEXT, TEXT, 0)
    silent = np.full(20, 1e-9, np.float32).tobytes()
    takes = [Take(said, str(number), 16_000, 0, 16_000 * 2, silent) for number in range(9)]
    told = take_warnings(takes, {voice: math.inf})
    assert len(told) == MOST_WARNINGS + 1
    assert told[-1].startswith("And 4 more cues")
