"""Pico: the real program where it is installed, and programs that fail as it does."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from narrate.engines import open_engine
from narrate.engines.pico import LONGEST_PIECE, SHIFTS, PicoEngine
from narrate.errors import EngineUnavailable, SynthesisError
from narrate.loudness import to_samples
from narrate.model import Voice
from tests.engines.programs import alive, cut, on_path, put, tone
from tests.measure import median_f0_hz

TEXT = "Am frühen Morgen legen die Boote an. Die Händler tragen Kisten über den Platz."
VOICE = Voice("pico", "de-DE", "de-DE")
real = pytest.mark.skipif(shutil.which("pico2wave") is None, reason="pico2wave is not installed (libttspico-utils)")
# The file that Pico is told to write, the fourth argument; and the text, the fifth.
WRITES = 'cp "{wav}" "$4"; printf "%s\\n" "$5" >> "{log}"'


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let temporary files be made where a test sees them."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def fake(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> PicoEngine:
    """Return an engine whose program is a script."""
    put(folder / "bin", "pico2wave", script)
    on_path(monkeypatch, folder / "bin")
    return PicoEngine(timeout_s=20)


def given_to(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, voice: Voice = VOICE) -> list[str]:
    """Return what the program was given for a text."""
    wav, log = tone(folder / "tone.wav"), folder / "log"
    engine = fake(folder, monkeypatch, WRITES.format(wav=wav, log=log))
    speech = engine.synthesize(text, voice)
    lines = log.read_text("utf-8").splitlines()
    assert len(speech.pcm) == 3200 * len(lines)
    return lines


def test_markup_in_a_text_is_escaped_and_control_signs_are_spaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`&` and `<` would swallow what follows; a line break parts words, a soft hyphen does not."""
    said = given_to(tmp_path, monkeypatch, "Zeile & eins\nZwei <b>\0drei Don\u00adau \ud800")
    assert said == ['<pitch level="100"><speed level="100">Zeile &amp; eins Zwei &lt;b&gt; drei Donau</speed></pitch>']


@pytest.mark.parametrize(
    ("semitones", "rate", "levels"),
    [(-8.5, 1.5, ("61", "150")), (99, 99, ("200", "500")), (-99, 0.01, ("50", "20"))],
)
def test_pitch_and_rate_are_percents_that_pico_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, semitones: float, rate: float, levels: tuple[str, str]
) -> None:
    """Semitones and rate become percents, kept within what Pico takes."""
    said = given_to(tmp_path, monkeypatch, "Ja.", replace(VOICE, pitch_semitones=semitones, rate=rate))
    assert said == [f'<pitch level="{levels[0]}"><speed level="{levels[1]}">Ja.</speed></pitch>']


def test_long_texts_and_words_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No text of a call reaches 32 kB whatever its signs, no word 61 signs, and nothing is lost."""
    text = "Und & sofort. " * 2_000 + "&" * 7_000
    said = given_to(tmp_path, monkeypatch, text)
    plain = [line.partition('speed level="100">')[2].removesuffix("</speed></pitch>") for line in said]
    assert all(len(line.encode()) < 32_000 for line in said)
    assert max(len(word) for line in plain for word in line.replace("&amp;", "&").split()) <= 60
    # A last piece without a letter would be silent and is left out.
    assert "".join(plain).replace("&amp;", "&").replace(" ", "").startswith("Und&sofort." * 2_000)
    assert len(plain) == -(-len("Und & sofort. " * 2_000) // LONGEST_PIECE)


FAULTS = {
    "exit code": ("echo 'Cannot put Text (-102)'; exit 154", "154: Cannot put Text"),
    "error without an exit code": (WRITES + "; echo 'Cannot get Data (-200): error'", "Cannot get Data"),
    "no file": ("exit 0", "no file"),
    "empty file": (': > "$4"', "broken"),
    "text instead of sound": ('echo nothing > "$4"', "broken"),
    "killed": ("kill -9 $$", "-9"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_temporary_folder: Path, fault: str
) -> None:
    """Whatever the program does wrong is a SynthesisError that says it, and no file stays."""
    script, told = FAULTS[fault]
    wav = tone(tmp_path / "tone.wav")
    engine = fake(tmp_path, monkeypatch, script.format(wav=wav, log=tmp_path / "log"))
    with pytest.raises(SynthesisError, match=rf"Pico could not speak 'Hallo\.' \(.*{told}.*\); change the text\."):
        engine.synthesize("Hallo.", VOICE)
    assert list(own_temporary_folder.iterdir()) == []


@pytest.mark.parametrize(("kind", "told"), [("cut", "cut off"), ("silent", "no sound"), ("stereo", "mono")])
def test_a_wav_that_is_not_whole_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, told: str
) -> None:
    """A WAV that is cut off, empty or of another form is no speech."""
    wav = tone(tmp_path / "tone.wav", 0 if kind == "silent" else 1600, 2 if kind == "stereo" else 1)
    wav = cut(wav) if kind == "cut" else wav
    engine = fake(tmp_path, monkeypatch, WRITES.format(wav=wav, log=tmp_path / "log"))
    with pytest.raises(SynthesisError, match=told):
        engine.synthesize("Hallo.", VOICE)


def test_a_program_that_hangs_is_killed_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_temporary_folder: Path
) -> None:
    """After its time the program and what it started are gone, and so are its files."""
    put(tmp_path / "bin", "pico2wave", f'sleep 600 & echo "$$ $!" > "{tmp_path}/started"; wait')
    on_path(monkeypatch, tmp_path / "bin")
    with pytest.raises(SynthesisError, match="took longer than"):
        PicoEngine(timeout_s=0.4).synthesize("Hallo.", VOICE)
    numbers = [int(number) for number in (tmp_path / "started").read_text().split()]
    assert len(numbers) == 2
    assert not any(alive(number) for number in numbers)
    assert list(own_temporary_folder.iterdir()) == []


def test_a_program_that_cannot_be_started_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is no program says so."""
    engine = fake(tmp_path, monkeypatch, "")
    (tmp_path / "bin" / "pico2wave").write_bytes(b"\x7fELF and nothing more")
    with pytest.raises(EngineUnavailable, match="pico2wave cannot be started"):
        engine.synthesize("Hallo.", VOICE)


def test_without_the_program_its_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Absent, it has no voices, its offers are not installed, and every call says what to install."""
    on_path(monkeypatch, tmp_path, alone=True)
    engine = open_engine("pico")
    assert "libttspico-utils" in str(engine.missing())
    assert engine.voices() == []
    assert [offer.installed for offer in engine.offers()] == [False] * len(SHIFTS)
    for call in (lambda: engine.version(VOICE), lambda: engine.synthesize("Hallo.", VOICE)):
        with pytest.raises(EngineUnavailable, match="apt install libttspico-utils"):
            call()


def test_another_voice_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pico has one German voice."""
    engine = fake(tmp_path, monkeypatch, "exit 0")
    with pytest.raises(EngineUnavailable, match="no voice 'en-GB'"):
        engine.synthesize("Hallo.", replace(VOICE, name="en-GB"))


@pytest.mark.parametrize("text", ["", " \n", "…", "—", "\u200b"])
def test_a_text_without_a_word_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Nothing to say is a SynthesisError; the program is not asked."""
    with pytest.raises(SynthesisError, match="nothing to say"):
        fake(tmp_path, monkeypatch, "exit 99").synthesize(text, VOICE)


@real
def test_the_voices_sound_as_listed() -> None:
    """Each has its listed pitch within a semitone, and any two are 3 semitones apart."""
    engine = PicoEngine()
    measured = []
    for offer in engine.offers():
        speech = engine.synthesize(TEXT, offer.voice)
        assert speech.marks == ()
        hertz = median_f0_hz(to_samples(speech.pcm), speech.rate_hz)
        assert offer.f0_hz
        assert abs(12 * np.log2(hertz / offer.f0_hz)) < 1
        assert (hertz > 140) == (offer.voice.gender == "f")
        measured.append(hertz)
    assert all(abs(12 * np.log2(a / b)) > 3 for a, b in itertools.combinations(measured, 2))


@real
def test_rate_changes_the_length() -> None:
    """A rate of 1.5 makes speech shorter by about a third; repeats are equal."""
    engine = PicoEngine()
    assert engine.synthesize("Hallo.", VOICE) == engine.synthesize("Hallo.", VOICE)
    plain, fast = (len(engine.synthesize(TEXT, replace(VOICE, rate=rate)).pcm) for rate in (1.0, 1.5))
    assert fast / plain == pytest.approx(1 / 1.5, abs=0.08)


@real
@pytest.mark.parametrize("text", ["Der Markt & der Fluss.", "Zwei < drei.", "ü" * 200, "1" * 100, "a\nb\0c"])
def test_odd_texts_are_spoken_whole(text: str) -> None:
    """Markup signs, endless words and control signs neither end the text nor the program."""
    engine = PicoEngine()
    assert len(engine.synthesize(text + " Und Ende.", VOICE).pcm) > len(engine.synthesize("Und Ende.", VOICE).pcm) * 1.3


@real
@pytest.mark.drill
@pytest.mark.slow
def test_a_text_beyond_the_limit_is_spoken_whole() -> None:
    """40 kB, more than Pico takes, are as long as their parts."""
    engine = PicoEngine()
    sentence = "Am Fluss ist heute Markt. "
    one, all_of_it = (len(engine.synthesize(sentence * count, VOICE).pcm) for count in (20, 1_600))
    assert all_of_it == pytest.approx(80 * one, rel=0.1)
