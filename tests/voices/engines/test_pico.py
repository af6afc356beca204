"""Pico: the real library, from the wheel or from Debian, and what it is given."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrate.audio.loudness import to_samples
from narrate.model import Speech, Voice
from narrate.model.errors import EngineUnavailable, SynthesisError
from narrate.voices.engines import open_engine
from narrate.voices.engines.pico import engine as pico
from narrate.voices.engines.pico import worker as pico_worker
from narrate.voices.engines.pico.engine import DEBIAN_LANGUAGES, PicoEngine, with_resonance
from narrate.voices.engines.pico.voices import CAST
from tests.measure import median_f0_hz

TEXT = "Am frühen Morgen legen die Boote an. Die Händler tragen Kisten über den Platz."
VOICE = Voice("pico", "de-DE", "de-DE")
needed = pytest.mark.skipif(PicoEngine().missing() is not None, reason="py-nanotts is not installed")


@pytest.fixture(scope="module")
def engine() -> Iterator[PicoEngine]:
    """Return an engine for all tests of this file."""
    made = PicoEngine(timeout_s=30)
    if made.missing():
        pytest.skip(str(made.missing()))
    yield made
    made.close()


def hertz(engine: PicoEngine, name: str) -> float:
    """Return the median pitch of a voice."""
    speech = engine.synthesize(TEXT, Voice("pico", name))
    return median_f0_hz(to_samples(speech.pcm), speech.rate_hz)


def seconds(speech: Speech) -> float:
    """Return the length of speech."""
    return len(speech.pcm) / 2 / speech.rate_hz


def test_there_are_six_voices_or_more_that_are_told_apart() -> None:
    """Any two voices are 3 semitones apart, or a tenth in the length of their vocal tracts."""
    assert len(CAST) >= 6
    for one, other in itertools.combinations(CAST, 2):
        semitones = abs(12 * np.log2(one.f0_hz / other.f0_hz))
        tract = max(one.resonance, other.resonance) / min(one.resonance, other.resonance)
        assert semitones >= 3 or tract >= 1.1, (one, other)


@pytest.mark.parametrize("gender", ["m", "f"])
def test_the_first_other_voice_is_far_from_the_reporter(gender: str) -> None:
    """The first man and the first woman are 8 semitones or more from the reporter."""
    first = next(variant for variant in CAST if variant.gender == gender)
    assert abs(12 * np.log2(CAST[0].f0_hz / first.f0_hz)) >= 8


def test_somebody_of_unknown_gender_has_a_voice() -> None:
    """Beside the reporter's there is a voice that fits both."""
    assert [variant.gender for variant in CAST[1:]].count(None) >= 1


def test_the_voices_sound_as_listed(engine: PicoEngine) -> None:
    """Each voice has its listed pitch within a semitone; men are low with a long tract, women high with a short one."""
    for variant in CAST:
        measured = hertz(engine, variant.name)
        assert abs(12 * np.log2(measured / variant.f0_hz)) < 1, variant
        assert variant.gender is None or (measured > 140) == (variant.gender == "f")
        assert variant.gender is None or (variant.resonance >= 1) == (variant.gender == "f")


def test_a_voice_is_the_same_in_every_process_and_after_any_other_text(engine: PicoEngine) -> None:
    """Samples and marks of a text are those of a fresh engine, whatever was said before."""
    expected = [engine.synthesize(TEXT, voice) for voice in engine.voices()[:3]]
    engine.synthesize("Etwas ganz anderes, mit 12 Zahlen!", engine.voices()[0])
    fresh = PicoEngine()
    assert [fresh.synthesize(TEXT, voice) for voice in reversed(engine.voices()[:3])] == expected[::-1]
    fresh.close()


def test_the_libraries_of_the_wheel_and_of_debian_say_the_same(engine: PicoEngine) -> None:
    """Debian's library over the same German data gives the same times, and the same sound to a rounding of its noise."""
    libraries = sorted(path for pattern in pico.DEBIAN_LIBRARIES for path in Path("/").glob(pattern.lstrip("/")))
    data = next((folder for folder in DEBIAN_LANGUAGES if folder.is_dir()), None)
    if not libraries or data is None:
        pytest.skip("libttspico-utils is not installed")
    debian = PicoEngine(str(libraries[0]), str(data))
    assert debian.missing() is None
    one, other = debian.synthesize(TEXT, VOICE), engine.synthesize(TEXT, VOICE)
    assert one.marks == other.marks
    assert np.corrcoef(to_samples(one.pcm), to_samples(other.pcm))[0, 1] > 0.99
    debian.close()


def test_every_word_has_its_time(engine: PicoEngine) -> None:
    """Each printed word has a mark where it begins, in order, number words that are said as one too."""
    text = "Es kamen ein tausend sieben hundert Gäste – mehr als (je) zuvor!"
    speech = engine.synthesize(text, VOICE)
    assert [mark.word for mark in speech.marks] == [word for word in text.split() if word != "–"]
    starts = [mark.start_ms for mark in speech.marks]
    assert starts == sorted(starts)
    assert starts[-1] < speech.marks[-1].end_ms <= 1000 * seconds(speech)


def test_a_mark_is_where_the_word_is_heard(engine: PicoEngine) -> None:
    """Cut before the mark of a word, the sound up to there is that of the words before it, to a tenth of a second."""
    text = "Haus, Garten und Hof."
    speech = engine.synthesize(text, VOICE)
    garden = next(mark for mark in speech.marks if mark.word == "Garten")
    loud = np.abs(to_samples(speech.pcm)) > 0.02
    step = speech.rate_hz // 100
    heard = [loud[at : at + step].any() for at in range(0, len(loud), step)]
    around = int(garden.start_ms / 10)
    assert not any(heard[around - 8 : around - 3])
    assert any(heard[around : around + 12])


def test_long_sentences_keep_their_times(engine: PicoEngine) -> None:
    """Pico never ends over a sentence with many marks; such a sentence is spoken once, and its words have times."""
    words = "und der Mann ging weiter " * 40
    speech = engine.synthesize(words, VOICE)
    assert [mark.word for mark in speech.marks] == words.split()
    assert seconds(speech) == pytest.approx(20 * seconds(engine.synthesize(words[:50], VOICE)), rel=0.3)


@pytest.mark.parametrize("rate", [0.7, 1.5])
def test_rate_changes_the_length(engine: PicoEngine, rate: float) -> None:
    """Speech at another rate is longer or shorter by it, its pauses a little less."""
    plain, other = (seconds(engine.synthesize(TEXT, replace(VOICE, rate=one))) for one in (1.0, rate))
    assert other / plain == pytest.approx(1 / rate, abs=0.13)


@pytest.mark.parametrize(
    "text",
    [
        "Der Markt & der Fluss.",
        "Zwei < drei.",
        "Ä" * 300,
        "ü" * 200,
        "1" * 100,
        "a\nb\0c",
        "x" * 5000,
        "Привет 中文 Čapek",
    ],
)
def test_odd_texts_are_spoken_whole(engine: PicoEngine, text: str) -> None:
    """Markup signs, endless words, control signs and other scripts neither end the text nor the program."""
    end = engine.synthesize("Und Ende.", VOICE)
    assert seconds(engine.synthesize(f"{text} Und Ende.", VOICE)) > seconds(end) * 1.3


@pytest.mark.parametrize("text", ["", " \n", "…", "—", "\u200b", "😀", "<b>", "!?"])
def test_a_text_without_a_word_is_refused(engine: PicoEngine, text: str) -> None:
    """Nothing to say is a SynthesisError."""
    if text == "<b>":
        assert engine.synthesize(text, VOICE).marks[0].word == "<b>"
        return
    with pytest.raises(SynthesisError, match="pronounce nothing"):
        engine.synthesize(text, VOICE)


def test_signs_that_have_no_letters_stop_no_article(engine: PicoEngine) -> None:
    """A text of nothing but rare signs is spoken as one word; beside other words such signs are left out."""
    assert engine.synthesize("ʔʕ", VOICE).pcm == engine.synthesize("Zeichen", VOICE).pcm
    assert engine.synthesize("Haus ʔʕ Hof", VOICE).pcm == engine.synthesize("Haus Hof", VOICE).pcm


@pytest.mark.parametrize(
    "tag",
    [
        '<pitch level="200">Hallo</pitch>',
        "<genfile file='{file}'>Hallo</genfile>",
        "<break time='9s'/>Hallo",
        "<phoneme",
    ],
)
def test_no_tag_of_a_text_is_obeyed(engine: PicoEngine, tmp_path: Path, tag: str) -> None:
    """Pico's own tags write files and change the voice; in a text they are words like all others."""
    file = tmp_path / "written.wav"
    tag = tag.replace("{file}", str(file))
    words = tag.replace("<", " ").replace(">", " ")
    spoken, plain = engine.synthesize(tag, VOICE), engine.synthesize(words, VOICE)
    assert seconds(spoken) == pytest.approx(seconds(plain), rel=0.05)
    f0_hz = [median_f0_hz(to_samples(speech.pcm), speech.rate_hz) for speech in (spoken, plain)]
    assert f0_hz[0] == pytest.approx(f0_hz[1], rel=0.05)
    assert not file.exists()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_spoken_or_refused(engine: PicoEngine, text: str) -> None:
    """Whatever a text holds, it is spoken with marks inside, or there is nothing to say."""
    try:
        speech = engine.synthesize(text, VOICE)
    except SynthesisError as error:
        assert "pronounce nothing" in error.message or "no audio" in error.message
        return
    assert all(0 <= mark.start_ms <= mark.end_ms <= 1000 * seconds(speech) + 0.1 for mark in speech.marks)


def test_without_fork_and_marks_the_sound_is_whole(engine: PicoEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library shows one function only, as on Windows, a fresh process speaks each text, without marks."""
    found = pico._installed()
    if found is None or "_nanotts" not in found[0].name:
        pytest.skip("py-nanotts is not installed")
    monkeypatch.setattr(pico, "MARKED", False)
    alone = PicoEngine()
    speech = alone.synthesize(TEXT, VOICE)
    assert speech.marks == ()
    assert alone.synthesize(TEXT, VOICE) == speech
    alone.close()
    assert seconds(speech) == pytest.approx(seconds(engine.synthesize(TEXT, VOICE)), rel=0.05)


def test_a_text_that_takes_too_long_is_given_up(engine: PicoEngine) -> None:
    """After its time the worker is gone, the message says how to go on, and the next text is spoken."""
    hasty = PicoEngine(timeout_s=0.1)
    with pytest.raises(SynthesisError, match="timeout_s"):
        hasty.synthesize("Am Fluss ist heute Markt. " * 60, VOICE)
    assert hasty.synthesize("Ja.", VOICE).pcm
    hasty.close()


def test_without_the_package_its_installation_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Absent, it has no voices, its offers are not installed, and every call says what to install."""
    monkeypatch.setattr(pico, "_installed", lambda: None)
    lacking = open_engine("pico")
    assert "narrate-de[pico]" in str(lacking.missing())
    assert lacking.voices() == []
    assert not any(offer.installed for offer in lacking.offers())
    lacking.prepare()
    for call in (lambda: lacking.version(VOICE), lambda: lacking.synthesize("Hallo.", VOICE)):
        with pytest.raises(EngineUnavailable, match="apt install libttspico-utils"):
            call()


@needed
def test_a_broken_library_is_told(tmp_path: Path) -> None:
    """A file that is no library, and data that is missing, are sentences that name the setting."""
    library = tmp_path / "libttspico.so"
    library.write_bytes(b"\x7fELF and nothing more")
    assert "[engines.pico]" in str(PicoEngine(str(library)).missing())
    (tmp_path / "lang").mkdir()
    for name in ("de-DE_ta.bin", "de-DE_gl0_sg.bin"):
        (tmp_path / "lang" / name).write_bytes(b"nothing")
    with pytest.raises(EngineUnavailable, match=r"\[engines.pico\]"):
        PicoEngine(str(library)).synthesize("Hallo.", VOICE)
    found = pico._installed()
    assert found is not None
    with pytest.raises(EngineUnavailable, match="German data"):
        PicoEngine(str(found[0]), str(tmp_path / "lang")).synthesize("Hallo.", VOICE)


def test_another_voice_is_unknown(engine: PicoEngine) -> None:
    """A name that is no voice is refused."""
    with pytest.raises(EngineUnavailable, match="no voice 'en-GB'"):
        engine.synthesize("Hallo.", replace(VOICE, name="en-GB"))


@given(st.binary(min_size=200, max_size=4000), st.floats(0.8, 1.25))
def test_a_longer_tract_lowers_all_frequencies(noise: bytes, resonance: float) -> None:
    """The length becomes the inverse of the factor; a factor of one changes nothing."""
    pcm = noise[: len(noise) // 2 * 2]
    assert with_resonance(pcm, 1.0) == pcm
    assert len(with_resonance(pcm, resonance)) == 2 * round(len(pcm) / 2 / resonance)


def test_a_tone_moves_with_the_tract() -> None:
    """A tone of 1,000 Hz is one of 1,100 Hz with resonances a tenth higher."""
    rate_hz = 16_000
    tone = np.sin(2 * np.pi * 1000 * np.arange(rate_hz) / rate_hz) * np.hanning(rate_hz) * 20_000
    moved = np.frombuffer(with_resonance(tone.astype("<i2").tobytes(), 1.1), "<i2")
    spectrum = np.abs(np.fft.rfft(moved))
    assert spectrum.argmax() * rate_hz / len(moved) == pytest.approx(1100, abs=3)


@needed
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_the_worker_ends_with_its_input() -> None:
    """A worker whose owner is gone ends by itself."""
    found = pico._installed()
    assert found is not None
    command = [sys.executable, "-I", "-S", str(pico_worker.__file__), str(found[0]), "30", "serve"]
    done = subprocess.run(command, input=b"", cwd=found[1], capture_output=True, timeout=30, check=True)
    assert done.stdout.startswith(b"H")
