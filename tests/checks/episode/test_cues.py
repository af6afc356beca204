"""Cues of a decoded MP3 against the manifest: real voices are well, planted faults have error findings, nothing crashes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from narrate.checks.episode.cues import MOST_FINDINGS, cues_heard
from narrate.checks.episode.verify import verify
from narrate.model import Cue, Speech, Voice
from narrate.model.episode import CastMember, Episode, StandIn
from narrate.system.cache import Cache
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.cast import make_cast
from narrate.voices.engines.espeak.engine import EspeakEngine
from tests.articles import small_script
from tests.dummies import ToneEngine
from tests.episodes import Rendered, Renderer
from tests.show.shows import episode_of

RATE_HZ = 44_100
Samples = np.ndarray[Any, np.dtype[np.float64]]
Fault = Callable[[Samples], Samples]


class Altered(ToneEngine):
    """Lets an engine speak, and does something to the sound of texts that hold a word.

    Args:
        engine: Who speaks.
        word: In the texts that are altered.
        fault: What is done.
    """

    name = "espeak"

    def __init__(self, engine: EspeakEngine, word: str, fault: Fault) -> None:
        super().__init__()
        self._engine, self._word, self._fault = engine, word, fault

    def version(self, voice: Voice) -> str:
        """Return that of the engine."""
        return self._engine.version(voice)

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Speak a text, and alter it."""
        speech = self._engine.synthesize(text, voice)
        if self._word not in text:
            return speech
        altered = self._fault(np.frombuffer(speech.pcm, "<i2").astype(np.float64))
        return Speech(np.rint(altered).clip(-32_768, 32_767).astype("<i2").tobytes(), speech.rate_hz)


def rendered(engine: EspeakEngine, word: str, fault: Fault, folder: Path) -> Rendered:
    """Render a small article that espeak-ng speaks, with a fault in the sentences that hold a word."""
    cache = Cache(folder / "cache")
    script = small_script()
    altered = CachedEngine(Altered(engine, word, fault), cache)
    cast = make_cast(script, list(engine.voices())[:1], {})
    made = Renderer(folder / "episode", {"espeak": altered}, cache).render(script, cast=cast)
    cache.close()
    return made


def holed(samples: Samples) -> Samples:
    """Return speech with three seconds of nothing in its midst."""
    return np.insert(samples, len(samples) // 2, np.zeros(3 * 22_050))


FAULTS: list[tuple[str, Fault]] = [
    ("cue-silent", lambda samples: samples / 200),
    ("cue-silent", lambda samples: samples / 10),
    ("cue-hole", holed),
    ("cue-short", lambda samples: samples[: len(samples) // 3]),
    ("cue-long", lambda samples: np.tile(samples, 3)),
]


def test_a_real_voice_is_well(espeak: EspeakEngine, tmp_path: Path) -> None:
    """Speech that nobody altered has neither warning nor finding."""
    assert rendered(espeak, "kein Wort", lambda samples: samples, tmp_path).warnings == []
    assert verify(tmp_path / "episode") == []


@pytest.mark.parametrize(("rule", "fault"), FAULTS)
def test_a_fault_is_told_twice(espeak: EspeakEngine, tmp_path: Path, rule: str, fault: Fault) -> None:
    """A fault in one sentence is a warning of the render and an error of `verify`, with number, voice and words."""
    word = "Fisch"
    made = rendered(espeak, word, fault, tmp_path)
    numbers = [number for number, cue in enumerate(made.episode.cues, 1) if word in cue.text]
    assert numbers and len(made.warnings) == len(numbers)
    found = [one for one in verify(tmp_path / "episode") if one.rule.startswith("cue-")]
    assert {(one.rule, one.severity) for one in found} == {(rule, "error")}
    for number, finding, warning in zip(numbers, found, made.warnings, strict=True):
        assert all(told.startswith(f"Cue {number} (espeak:de") for told in (finding.message, warning))


def test_a_clipped_take_is_told_after_the_render(espeak: EspeakEngine, tmp_path: Path) -> None:
    """Clipping is seen where it arose; a second render knows it from the cache and says it again."""
    for _ in range(2):
        made = rendered(espeak, "Fisch", lambda samples: samples * 20, tmp_path)
        assert made.warnings and all("is clipped in" in warning for warning in made.warnings)
        (tmp_path / "episode" / "episode.json").unlink()


def cue(number: int, text: str = "Am Morgen legen die Boote an.") -> Cue:
    """Return a cue of two seconds."""
    start_s, end_s = number * 2, (number + 1) * 2
    return Cue(start_s * 1000, end_s * 1000, start_s * RATE_HZ, end_s * RATE_HZ, "narration", None, 0, text)


def episode(*cues: Cue, **changes: Any) -> Episode:
    """Return an episode of some cues that espeak-ng spoke."""
    cast = (CastMember(speaker=None, engine="espeak", voice="de"),)
    return structs.replace(episode_of(1), sample_rate_hz=RATE_HZ, cast=cast, cues=cues, **changes)


def findings(made: Episode, power: float, seconds: int, clipped: int = 0) -> list[str]:
    """Return the rules that even sound breaks."""
    steps = np.full(seconds * 10, power, np.float32)
    full = np.full(seconds * 10, clipped, np.uint16)
    return [one.rule for one in cues_heard(made, steps, full, "x.mp3")]


def test_clipping_of_the_mp3_is_found() -> None:
    """More than one sample in a thousand at full scale is an error, fewer are none."""
    assert findings(episode(cue(0)), 0.01, 2, clipped=5) == ["cue-clipped"]
    assert findings(episode(cue(0)), 0.01, 2, clipped=4) == []


def test_who_stood_in_is_named() -> None:
    """A sentence that another voice spoke is told with that voice."""
    one = cue(0)
    stand_in = StandIn(segment=0, text=one.text, wanted="espeak:de", spoken_by="pico:de-DE+m1@95%")
    made = episode(one, stand_ins=(stand_in,))
    (found,) = cues_heard(made, np.zeros(20, np.float32), np.zeros(20, np.uint16), "x.mp3")
    assert found.message.startswith("Cue 1 (pico:de-DE+m1@95%, 'Am Morgen legen die Boote an.') is almost silent")


def test_a_broken_episode_has_not_thousands_of_findings() -> None:
    """Where every cue is silent, fifty are named and the rest are counted."""
    silent = episode(*(cue(number) for number in range(80)))
    assert findings(silent, 0.0, 160) == ["cue-silent"] * MOST_FINDINGS + ["cue-more"]


SAMPLES = st.integers(0, 10**12) | st.integers(0, 200_000)
CUES = st.builds(
    Cue,
    start_ms=st.just(0),
    end_ms=st.just(0),
    start_sample=SAMPLES,
    end_sample=SAMPLES,
    role=st.just("narration"),
    speaker=st.sampled_from([None, "A", "B"]),
    segment=st.none() | st.integers(0, 3),
    text=st.text(st.characters(), max_size=30),
)
VOICES = st.text(max_size=8) | st.just("a:b@0%")
STAND_INS = st.builds(
    StandIn, segment=st.none() | st.integers(0, 3), text=st.text(max_size=8), wanted=VOICES, spoken_by=VOICES
)


@given(st.lists(CUES, max_size=5), st.lists(STAND_INS, max_size=3), st.floats(0.001, 1000), st.floats(width=32))
def test_no_manifest_brings_it_down(cues: list[Cue], stand_ins: list[StandIn], rate: float, power: float) -> None:
    """Any voice, any rate, and times that lie anywhere are judged without a traceback."""
    cast = (CastMember(speaker=None, engine="espeak", voice="de", rate=rate),)
    findings(structs.replace(episode(*cues, stand_ins=tuple(stand_ins)), cast=cast), power, 3)
