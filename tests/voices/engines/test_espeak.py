"""The embedded engine."""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import espeakng_loader
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.audio.loudness import to_samples
from narrate.model import Voice
from narrate.model.errors import EngineUnavailable, NarrateError
from narrate.voices.engines.espeak.engine import TIMBRES, EspeakEngine, pitch_parameter
from narrate.voices.engines.espeak.text import word_marks
from tests.measure import median_f0_hz

TEXT = (
    "Am frühen Morgen legen die Boote an. Die Händler tragen Kisten über den Platz, und bald riecht es nach Brot. "
    "Niemand hat es eilig, denn der Markt öffnet erst um acht."
)


@pytest.fixture
def fresh() -> Iterator[EspeakEngine]:
    """Return an engine that has not spoken."""
    engine = EspeakEngine()
    yield engine
    engine.close()


def f0_hz(engine: EspeakEngine, voice: Voice) -> float:
    """Return the median F0 of a voice."""
    speech = engine.synthesize(TEXT, voice)
    return median_f0_hz(to_samples(speech.pcm), speech.rate_hz)


def test_the_sound_does_not_depend_on_what_was_said_before(fresh: EspeakEngine, espeak: EspeakEngine) -> None:
    """Each voice says a text with the same samples in a fresh process as after other texts and voices."""
    for voice in reversed(espeak.voices()):
        espeak.synthesize("Etwas ganz anderes, mit 12 Zahlen.", voice)
    for voice in espeak.voices():
        assert espeak.synthesize(TEXT, voice).pcm == fresh.synthesize(TEXT, voice).pcm


@pytest.mark.slow
def test_hundreds_of_texts_leave_no_trace(fresh: EspeakEngine) -> None:
    """After any number of texts and voices in the same processes, a text still gives the same samples."""
    expected = {voice: fresh.synthesize("Der Markt am Fluss.", voice) for voice in fresh.voices()}
    for number in range(25):
        for voice, speech in expected.items():
            assert fresh.synthesize("Der Markt am Fluss.", voice) == speech, number
            fresh.synthesize("Noch ein Satz mit Zahlen: " + "1 " * number, voice)


def test_the_sound_is_the_same_in_another_run(espeak: EspeakEngine) -> None:
    """Another process of Python gets the same samples."""
    program = (
        "import hashlib; from narrate.voices.engines import open_engine; e = open_engine('espeak');"
        f"print([hashlib.sha256(e.synthesize({TEXT!r}, v).pcm).hexdigest() for v in e.voices()]); e.close()"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    told = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    own = [hashlib.sha256(espeak.synthesize(TEXT, voice).pcm).hexdigest() for voice in espeak.voices()]
    assert told.stdout.strip() == str(own)


def test_without_fork_the_sound_is_the_same(espeak: EspeakEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no fork, a fresh process speaks each text, with the same samples and marks."""
    voices = espeak.voices()[:3]
    expected = [espeak.synthesize(TEXT, voice) for voice in voices]
    monkeypatch.delattr(os, "fork")
    engine = EspeakEngine()
    engine.prepare()
    assert [engine.synthesize(TEXT, voice) for voice in voices] == expected
    engine.close()


def test_voices_can_be_told_apart(espeak: EspeakEngine) -> None:
    """Any two voices of the pool are 3 semitones apart or more, and sound like the gender they are listed with."""
    measured = {voice: f0_hz(espeak, voice) for voice in espeak.voices()}
    for low, high in itertools.combinations(measured.values(), 2):
        assert abs(12 * np.log2(high / low)) >= 3, measured
    for timbre, (voice, hertz) in zip(TIMBRES, measured.items(), strict=True):
        assert abs(12 * np.log2(hertz / timbre.f0_hz)) < 1, voice
        assert voice.gender is None or (hertz >= 135) == (voice.gender == "f")


@pytest.mark.parametrize("name", ["de+m3", "de+m8", "de+steph"])
@pytest.mark.parametrize("semitones", [-3.0, -1.5, 2.0, 4.0])
def test_pitch_moves_by_semitones(espeak: EspeakEngine, name: str, semitones: float) -> None:
    """A shift in semitones is heard as such, within 0.6."""
    plain = Voice("espeak", name)
    moved = f0_hz(espeak, replace(plain, pitch_semitones=semitones))
    assert 12 * np.log2(moved / f0_hz(espeak, plain)) == pytest.approx(semitones, abs=0.6)


@given(st.floats(-1000, 1000))
def test_pitch_stays_in_range(semitones: float) -> None:
    """Any shift becomes one of espeak's 100 pitches."""
    assert 0 <= pitch_parameter(Voice("espeak", "de", pitch_semitones=semitones)) <= 99
    assert pitch_parameter(Voice("espeak", "de")) == 50


def test_rate_changes_the_length(espeak: EspeakEngine) -> None:
    """A rate of 1.5 makes speech shorter by about a third."""
    voice = espeak.voices()[0]
    plain, fast = (len(espeak.synthesize(TEXT, replace(voice, rate=rate)).pcm) for rate in (1.0, 1.5))
    assert fast / plain == pytest.approx(1 / 1.5, abs=0.08)


def test_an_unknown_voice_is_refused_and_the_engine_goes_on(espeak: EspeakEngine) -> None:
    """A wrong name is an error, not the voice before it; the next text is spoken."""
    right = espeak.voices()[0]
    before = espeak.synthesize("Eins.", right)
    with pytest.raises(EngineUnavailable, match=r"de\+niemand"):
        espeak.synthesize("Zwei.", Voice("espeak", "de+niemand"))
    with pytest.raises(EngineUnavailable, match="niemand"):
        espeak.version(Voice("espeak", "de+niemand"))
    assert espeak.synthesize("Eins.", right) == before


@pytest.mark.parametrize("text", ["Vor\0nach", "Zeile eins\nZeile zwei", "[[f'ju:tS@]] <b>fett</b> & so", "a" * 5000])
def test_odd_texts_are_spoken_whole(espeak: EspeakEngine, text: str) -> None:
    """NUL, line breaks, phoneme brackets, markup and endless words neither end the text nor the engine."""
    voice = espeak.voices()[1]
    assert len(espeak.synthesize(text, voice).pcm) > len(espeak.synthesize(text[:3], voice).pcm)


def test_a_long_data_path_works(tmp_path: Path) -> None:
    """espeak-ng fails on data paths of 160 characters; deep virtual environments have them, and work."""
    folder = tmp_path / ("tief" * 20) / ("unten" * 20)
    data = folder / "espeak-ng-data"
    shutil.copytree(espeakng_loader.get_data_path(), data)
    assert len(str(data)) > 200
    engine = EspeakEngine(data=data)
    assert engine.synthesize("Es geht.", engine.voices()[0]).pcm
    engine.close()


def test_a_missing_library_is_told(tmp_path: Path) -> None:
    """A library that cannot be loaded is an error in a sentence, not a hang."""
    engine = EspeakEngine(library=tmp_path / "nichts.so")
    with pytest.raises(EngineUnavailable, match="fix"):
        engine.synthesize("Hallo.", Voice("espeak", "de"))
    engine.close()


@pytest.mark.parametrize(
    "setting",
    [
        {"library": "/etc/passwd"}, {"data": "/etc"}, {"library": "/etc"}, {"data": "/nowhere/x"}, {"library": "~nouser/x"},
        {"library": "\0"}, {"data": "\0"}, {"library": "x" * 5000}, {"data": "x" * 5000},
    ],
)  # fmt: skip
def test_a_wrong_setting_is_told_as_such(setting: dict[str, str], capfd: pytest.CaptureFixture[str]) -> None:
    """Where a setting leads astray it is named, not the package; the worker and the library print nothing."""
    with pytest.raises(EngineUnavailable, match=r"\[engines\.espeak\]") as raised:
        engine = EspeakEngine(**setting)
        try:
            engine.version(Voice("espeak", "de"))
            engine.synthesize("Hallo.", Voice("espeak", "de"))
        finally:
            engine.close()
    assert "reinstall" not in raised.value.message
    assert capfd.readouterr() == ("", "")


def test_a_killed_worker_does_not_hang(fresh: EspeakEngine) -> None:
    """When its process is killed, the engine fails with a sentence, and speaks again afterwards."""
    voice = fresh.voices()[0]
    fresh.synthesize("Eins.", voice)
    worker = fresh._workers._idle.queue[-1]
    os.kill(worker._process.pid, signal.SIGKILL)
    worker._process.wait()
    with pytest.raises(NarrateError):
        fresh.synthesize("Zwei.", voice)
    assert fresh.synthesize("Drei.", voice).pcm


def test_close_ends_the_processes() -> None:
    """After close no worker is left."""
    engine = EspeakEngine()
    engine.prepare()
    processes = [worker._process for worker in engine._workers._idle.queue]
    assert processes
    engine.close()
    assert all(process.returncode is not None for process in processes)


EVENTS = st.lists(st.tuples(st.integers(-5, 200), st.integers(-5, 10_000)), max_size=60).map(sorted)


@given(st.text(max_size=150), EVENTS)
def test_word_marks_name_words_whatever_the_events(text: str, events: list[tuple[int, int]]) -> None:
    """Each mark is a whole word of the text, once, in order, inside the sound; no event breaks it."""
    marks = word_marks(text, [number for event in events for number in event], 9000, 22_050)
    words = text.split()
    assert all(text[mark.position : mark.position + len(mark.word)] == mark.word for mark in marks)
    assert all(mark.word in words for mark in marks)
    assert [mark.position for mark in marks] == sorted({mark.position for mark in marks})
    assert all(0 <= mark.start_ms <= 9000 / 22.05 for mark in marks)


def test_marks_begin_at_quotes_and_brackets_and_numbers_count_once(espeak: EspeakEngine) -> None:
    """A word in quotation marks or brackets has its mark at the mark or bracket; a number has one mark."""
    text = "Im Jahr 2023 sagte sie „Nein“ (leise)."
    marks = espeak.synthesize(text, espeak.voices()[0]).marks
    assert [mark.word for mark in marks] == text.split()
