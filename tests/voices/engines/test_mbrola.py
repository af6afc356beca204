"""MBROLA: the real programs where they are installed, and programs that fail."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from narrate.audio.loudness import to_samples
from narrate.model import Voice
from narrate.model.errors import EngineUnavailable, SynthesisError
from narrate.voices.engines import open_engine
from narrate.voices.engines.mbrola import FOLDERS, VOICES, MbrolaEngine
from tests.measure import median_f0_hz
from tests.voices.engines.programs import alive, cut, on_path, put, tone

TEXT = "Am frühen Morgen legen die Boote an. Die Händler tragen Kisten über den Platz."
VOICE = Voice("mbrola", "de6", "de-DE")
PLACES = [(one.name, folder / one.name / one.name) for folder in FOLDERS for one in VOICES]
INSTALLED = {name: path for name, path in PLACES if path.is_file()}
real = pytest.mark.skipif(
    not (INSTALLED and shutil.which("espeak-ng") and shutil.which("mbrola")),
    reason="espeak-ng, mbrola or its German voices are not installed",
)
# Of espeak-ng: its arguments, and the text on its input; it writes the file of --phonout.
SAYS = """
printf '%s\\n' "$*" >> "{log}"
cat >> "{log}"
for word in "$@"; do case $word in --phonout=*) echo '_ 100' > "${{word#--phonout=}}";; esac; done"""
# Of mbrola: -e VOICE PHONEMES WAV.
SINGS = 'test -s "$3" && cp "{wav}" "$4"'


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let temporary files be made where a test sees them."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def fake(
    folder: Path, monkeypatch: pytest.MonkeyPatch, espeak: str = SAYS, mbrola: str = SINGS, timeout_s: float = 20
) -> MbrolaEngine:
    """Return an engine whose programs are scripts and whose only voice is de6."""
    wav = folder / "tone.wav"
    if not wav.exists():
        tone(wav)
    for name, script in (("espeak-ng", espeak), ("mbrola", mbrola)):
        put(folder / "bin", name, script.format(log=folder / "log", wav=wav, folder=folder))
    on_path(monkeypatch, folder / "bin")
    data = folder / "voices" / "de6" / "de6"
    data.parent.mkdir(parents=True)
    data.write_bytes(b"diphones")
    return MbrolaEngine(str(folder / "voices"), timeout_s)


def small_voice(engine: MbrolaEngine) -> Voice:
    """Return the voice with the smallest file, which is read for every text; as it is without a shift."""
    name = min(INSTALLED, key=lambda name: INSTALLED[name].stat().st_size)
    return next(offer.voice for offer in engine.offers() if offer.voice.name == name)


def test_the_text_is_read_from_input_on_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text is never an argument, so that a dash begins no option; line breaks part words only."""
    engine = fake(tmp_path, monkeypatch)
    assert len(engine.synthesize("-v en\nZeile <zwei>\0", replace(VOICE, rate=1.5, pitch_semitones=1.7)).pcm) == 3200
    arguments, said = (tmp_path / "log").read_text("utf-8").splitlines()
    assert said == "-v en Zeile <zwei>"
    assert arguments.startswith("-v mb-de6 -q --pho --phonout=")
    assert arguments.endswith("--stdin -s 240 -p 60")


@pytest.mark.parametrize(("rate", "shift", "given"), [(1_000, 1_000, "-s 450 -p 99"), (0.001, -1_000, "-s 80 -p 0")])
def test_rate_and_pitch_are_kept_in_range(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rate: float, shift: float, given: str
) -> None:
    """Any rate and pitch become what espeak-ng takes."""
    fake(tmp_path, monkeypatch).synthesize("Ja.", replace(VOICE, rate=rate, pitch_semitones=shift))
    assert given in (tmp_path / "log").read_text("utf-8")


FAULTS = {
    "espeak fails": ("echo 'no such voice' >&2; exit 1", SINGS, "espeak-ng ended with 1: no such voice"),
    "espeak is killed": ("kill -9 $$", SINGS, "espeak-ng ended with -9"),
    "no phonemes": ("exit 0", SINGS, "mbrola ended with 1"),
    "mbrola fails": (SAYS, "echo 'FATAL ERROR'; exit 2", "mbrola ended with 2: FATAL ERROR"),
    "no sound file": (SAYS, "exit 0", "no file"),
    "broken sound": (SAYS, 'echo nothing > "$4"', "broken"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_temporary_folder: Path, fault: str
) -> None:
    """Whatever one of the programs does wrong is a SynthesisError that says it, and no file stays."""
    espeak, mbrola, told = FAULTS[fault]
    engine = fake(tmp_path, monkeypatch, espeak, mbrola)
    with pytest.raises(SynthesisError, match=rf"MBROLA could not speak 'Hallo\.' \(.*{told}.*\); change the text\."):
        engine.synthesize("Hallo.", VOICE)
    assert list(own_temporary_folder.iterdir()) == []


def test_a_sound_that_is_cut_off_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A WAV that says more than it holds is no speech."""
    cut(tone(tmp_path / "tone.wav"))
    with pytest.raises(SynthesisError, match="cut off"):
        fake(tmp_path, monkeypatch).synthesize("Hallo.", VOICE)


@pytest.mark.slow
def test_a_program_that_hangs_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_temporary_folder: Path
) -> None:
    """After its time a program and what it started are gone, and so are its files."""
    hangs = 'sleep 600 & echo "$$ $!" > "{folder}/started"; wait'
    engine = fake(tmp_path, monkeypatch, mbrola=hangs, timeout_s=2)
    with pytest.raises(SynthesisError, match="mbrola took longer than"):
        engine.synthesize("Hallo.", VOICE)
    assert not any(alive(int(number)) for number in (tmp_path / "started").read_text().split())
    assert list(own_temporary_folder.iterdir()) == []


@pytest.mark.parametrize("gone", ["espeak-ng", "mbrola", "a German voice"])
def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: str) -> None:
    """Absent a program or all voices, it has no voices, its offers are not installed, and calls say what to install."""
    engine = fake(tmp_path, monkeypatch)
    if gone == "a German voice":
        (tmp_path / "voices" / "de6" / "de6").unlink()
    else:
        (tmp_path / "bin" / gone).unlink()
    on_path(monkeypatch, tmp_path / "bin", alone=True)
    assert engine.voices() == []
    assert not any(offer.installed for offer in engine.offers())
    for call in (lambda: engine.version(VOICE), lambda: engine.synthesize("Hallo.", VOICE)):
        with pytest.raises(EngineUnavailable, match=f"needs {gone}; on Debian: apt install"):
            call()


def test_a_voice_that_is_absent_or_unusable_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A voice that could be installed is said to be missing; another one is not to be had."""
    engine = fake(tmp_path, monkeypatch)
    assert [voice.name for voice in engine.voices()] == ["de6"]
    assert [offer.voice.name for offer in engine.offers() if offer.installed] == ["de6"]
    with pytest.raises(EngineUnavailable, match="apt install mbrola-de7"):
        engine.synthesize("Hallo.", replace(VOICE, name="de7"))
    for name in ("de8", "../de6", "en1"):
        with pytest.raises(EngineUnavailable, match="no German voice"):
            engine.synthesize("Hallo.", replace(VOICE, name=name))


def test_the_version_follows_the_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other data or another espeak-ng is another version."""
    versions = []
    for number, said in enumerate(("1.51", "1.52")):
        folder = tmp_path / str(number)
        folder.mkdir()
        versions.append(fake(folder, monkeypatch, espeak=f"echo {said}").version(VOICE))
    assert len(set(versions)) == 2


def test_each_voice_is_offered_with_what_its_owner_asks() -> None:
    """All seven voices go with the MBROLA program only and are not for sale; de4 asks for more."""
    offers = {offer.voice.name: offer for offer in open_engine("mbrola").offers()}
    assert sorted(offers) == ["de1", "de2", "de3", "de4", "de5", "de6", "de7"]
    assert all("MBROLA program only, not to be sold" in offer.licence for offer in offers.values())
    assert "military" in offers["de4"].licence
    assert not any(offer.network for offer in offers.values())


@real
def test_the_voices_sound_as_listed() -> None:
    """Each has its listed pitch within a semitone and its gender, and is about as fast; no word times are told."""
    engine = MbrolaEngine()
    lengths = []
    for offer in engine.offers():
        if not offer.installed:
            continue
        speech = engine.synthesize(TEXT, offer.voice)
        assert speech.marks == ()
        hertz = median_f0_hz(to_samples(speech.pcm), speech.rate_hz)
        assert offer.f0_hz
        assert abs(12 * np.log2(hertz / offer.f0_hz)) < 1, offer
        assert (hertz > 140) == (offer.voice.gender == "f")
        lengths.append(len(speech.pcm) / 2 / speech.rate_hz)
    assert max(lengths) < 1.15 * min(lengths)


@real
@pytest.mark.slow
def test_the_voices_of_a_cast_can_be_told_apart() -> None:
    """Any two are 2.8 semitones apart or more, though espeak-ng gives all of a gender one pitch."""
    engine = MbrolaEngine()
    spoken = [engine.synthesize(TEXT, voice) for voice in engine.voices()]
    measured = [median_f0_hz(to_samples(speech.pcm), speech.rate_hz) for speech in spoken]
    for low, high in itertools.combinations(measured, 2):
        assert abs(12 * np.log2(high / low)) >= 2.8, measured


@real
def test_rate_and_pitch_work() -> None:
    """Repeats are equal; a rate of 1.5 makes speech shorter by about a third; 3 semitones are heard as such."""
    engine = MbrolaEngine()
    voice = small_voice(engine)
    assert engine.synthesize(TEXT, voice) == engine.synthesize(TEXT, voice)
    plain, fast, high = (
        engine.synthesize(TEXT, replace(voice, rate=rate, pitch_semitones=shift))
        for rate, shift in ((1.0, 0.0), (1.5, 0.0), (1.0, 3.0))
    )
    assert len(fast.pcm) / len(plain.pcm) == pytest.approx(1 / 1.5, abs=0.08)
    low_hz, high_hz = (median_f0_hz(to_samples(speech.pcm), speech.rate_hz) for speech in (plain, high))
    assert 12 * np.log2(high_hz / low_hz) == pytest.approx(3, abs=0.6)


@real
@pytest.mark.parametrize("text", ["", "…", " \n"])
def test_a_text_without_a_word_is_refused(text: str) -> None:
    """Nothing to say is a SynthesisError."""
    with pytest.raises(SynthesisError):
        MbrolaEngine().synthesize(text, small_voice(MbrolaEngine()))


@real
@pytest.mark.parametrize("text", ["Der Markt & der Fluss.", "ü" * 200, "1" * 100, "a\nb\0c", "-v en", "Zwei " * 300])
def test_odd_texts_are_spoken_whole(text: str) -> None:
    """Signs, endless words, and what looks like an option neither end the text nor the programs."""
    engine = MbrolaEngine()
    voice = small_voice(engine)
    whole, end = (len(engine.synthesize(said, voice).pcm) for said in (f"{text} Und Ende.", "Und Ende."))
    assert whole > 1.3 * end
