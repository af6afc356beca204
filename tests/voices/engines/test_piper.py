"""Piper through the real piper-tts, with tiny voices made here."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from narrate.model import Speech, Voice
from narrate.model.errors import EngineUnavailable, SynthesisError
from narrate.voices.engines import Engine, open_engine
from narrate.voices.engines.piper import engine as piper
from narrate.voices.engines.piper import model as piper_model
from narrate.voices.engines.piper.engine import PiperEngine
from tests.voices.engines import test_contract as contract
from tests.voices.engines.tiny_piper import change_config, make_tiny_voice

TINY = Voice("piper", "de_DE-tiny-medium")
SENTENCE = "Die Boote legen früh an."


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a voice that draws random numbers, and one of three speakers."""
    folder = tmp_path_factory.mktemp("voices")
    make_tiny_voice(folder, noise=True)
    make_tiny_voice(folder, "de_DE-trio-low", ["ada", "ben", "cleo"])
    return folder


@pytest.fixture(scope="session")
def engine(made: Path) -> Iterator[PiperEngine]:
    """Return an engine of these voices."""
    engine = PiperEngine(str(made))
    yield engine
    engine.close()


def spoken_words(speech: Speech) -> list[str]:
    """Return the words that have a mark."""
    return [mark.word for mark in speech.marks]


@pytest.mark.parametrize(
    "rule",
    [
        contract.test_it_says_what_it_is,
        contract.test_speech_is_whole,
        contract.test_a_pronunciation_is_a_word_or_none,
        contract.test_equal_calls_give_equal_speech_from_any_thread,
    ],
)
def test_it_keeps_the_contract(engine: PiperEngine, rule: Callable[[Engine], None]) -> None:
    """What every engine keeps, Piper keeps too, though its model draws random numbers."""
    rule(engine)


def test_the_model_alone_would_not_repeat_itself(made: Path) -> None:
    """What makes equal calls equal is our own doing: the same model in bare piper-tts varies."""
    from piper import PiperVoice

    bare = PiperVoice.load(made / f"{TINY.name}.onnx")
    one, other = (b"".join(part.audio_int16_bytes for part in bare.synthesize(SENTENCE)) for _ in range(2))
    assert one != other


def test_fixed_noise_is_noise(made: Path) -> None:
    """The noise that is the same on every run varies with the text, and is as strong as the scale says."""
    loud, silent = PiperEngine(str(made), noise_scale=1.0, noise_w_scale=0.0), PiperEngine(str(made), 0.0, 0.0)
    hisses = []
    for text in (SENTENCE, "Die Boote legen an."):
        with_noise, without = (
            np.frombuffer(one.synthesize(text, TINY).pcm, "<i2").astype(float) for one in (loud, silent)
        )
        hisses.append((with_noise - without)[:4000] / 32767)
    assert 0.005 < np.mean(hisses[0] ** 2) < 0.02
    assert not np.array_equal(*hisses)
    assert loud.version(TINY) != silent.version(TINY)


def test_a_model_too_strange_to_change_speaks_as_it_is(
    made: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Word times and fixed noise are an addition: where a model cannot be changed, it speaks without."""
    monkeypatch.setattr(piper_model, "_loaded", {})
    monkeypatch.setattr(piper_model, "LOOK_UP", "NoSuchOperator $like -> $drawn")
    speech = PiperEngine(str(made)).synthesize(SENTENCE, TINY)
    assert any(speech.pcm)
    assert not speech.marks
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("noise", [{"noise_scale": -0.1}, {"noise_w_scale": 2.1}, {"noise_scale": float("nan")}])
def test_noise_out_of_range_is_refused(noise: dict[str, float]) -> None:
    """A scale that no model was made for is refused when the engine is opened."""
    with pytest.raises(EngineUnavailable, match="from 0 to 2"):
        open_engine("piper", noise)


def test_without_onnx_it_speaks_without_marks(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package onnx is not needed to speak; its absence is told in the version."""
    before = PiperEngine(str(made)).version(TINY)
    monkeypatch.setattr(piper_model, "can_prepare", lambda: False)
    monkeypatch.setattr(piper, "can_prepare", lambda: False)
    monkeypatch.setattr(piper_model, "_loaded", {})
    engine = PiperEngine(str(made))
    speech = engine.synthesize(SENTENCE, TINY)
    assert any(speech.pcm)
    assert not speech.marks
    assert engine.version(TINY) != before


def test_marks_of_a_model_that_tells_lengths_itself(tmp_path: Path) -> None:
    """A model made with word times is used as it is, and gives the same marks as one that was changed."""
    make_tiny_voice(tmp_path / "own", alignments=True)
    make_tiny_voice(tmp_path / "changed")
    one, other = (PiperEngine(str(tmp_path / name)).synthesize(SENTENCE, TINY) for name in ("own", "changed"))
    assert one == other
    assert spoken_words(one) == SENTENCE.split()


@pytest.mark.parametrize(
    "text",
    [
        "Am 3. Mai kamen 1.200 Gäste, 20 % mehr.",
        "Die KI von xAI, so Igor, ist neu: CDU/CSU und WLAN-Router!",
        "Er kam. Sie ging. Wer blieb?",
        "Der Satz (in Klammern) endet hier.",
    ],
)
def test_words_said_in_several_have_one_mark(engine: PiperEngine, text: str) -> None:
    """Numbers and abbreviations are several words in phonemes, and one in print."""
    words = [word for word in text.split() if any(map(str.isalnum, word))]
    found = spoken_words(engine.synthesize(text, TINY))
    assert found == [word for word in text.split() if word in words or word == "%"]


@pytest.mark.parametrize(
    ("alone", "left"),
    [
        ({1: "ˈa ˈb ˈc"}, ["Die", "Boote", "legen", "früh", "an."]),  # one word between two sure ones
        ({1: "ˈa ˈb", 2: "ˈc ˈd"}, ["Die", "früh", "an."]),
        ({2: "lˈeːɡən ˈa"}, ["Die", "Boote", "früh", "an."]),
    ],
)
def test_a_word_in_doubt_has_no_mark(
    engine: PiperEngine, monkeypatch: pytest.MonkeyPatch, alone: dict[int, str], left: list[str]
) -> None:
    """Where phonemes and printed words do not correspond, the words around keep their marks, in their places."""
    engine._words.clear()
    speech = engine.synthesize(SENTENCE, TINY)
    model = type(engine._model(engine._place(TINY)[0]))
    phonemize = model.phonemize

    def torn(self: Any, text: str) -> list[list[str]]:
        found: list[list[str]] = phonemize(self, text)
        changed = alone if len(found) > 1 else {}
        return [list(changed.get(number, signs)) for number, signs in enumerate(found)]

    monkeypatch.setattr(model, "phonemize", torn)
    engine._words.clear()
    doubtful = engine.synthesize(SENTENCE, TINY)
    assert spoken_words(doubtful) == left
    assert set(doubtful.marks) <= set(speech.marks)


def test_lengths_that_do_not_add_up_give_no_marks(tmp_path: Path) -> None:
    """Where a model's lengths are not those of its sound, no word has a time."""
    change_config(make_tiny_voice(tmp_path), hop_length=250)
    speech = PiperEngine(str(tmp_path)).synthesize(SENTENCE, TINY)
    assert any(speech.pcm)
    assert not speech.marks


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Das [[haus]] steht.", "Das haus steht."),
        ("Das [[[Haus]]] steht.", "Das Haus steht."),
        ("Das\n\nHaus\u2028steht.", "Das Haus steht."),
        ("Das\0Haus\udc80\x1bsteht.", "Das Haus steht."),
    ],
)
def test_the_articles_text_is_text(engine: PiperEngine, text: str, same: str) -> None:
    """What an article prints is never taken for phonemes, a break or the end of a text."""
    voice = Voice("piper", "de_DE-trio-low#ada")
    assert engine.synthesize(text, voice).pcm == engine.synthesize(same, voice).pcm


@pytest.mark.parametrize("text", ["", "…", "— –", "\0"])
def test_a_text_without_phonemes_is_refused(engine: PiperEngine, text: str) -> None:
    """What has no audio is told as such."""
    with pytest.raises(SynthesisError, match="no audio"):
        engine.synthesize(text, TINY)


def test_rate_and_pitch(engine: PiperEngine) -> None:
    """Rate changes the length, pitch does not; marks follow."""
    usual, fast, high = (
        engine.synthesize(SENTENCE, Voice("piper", "de_DE-trio-low", rate=rate, pitch_semitones=pitch))
        for rate, pitch in ((1.0, 0.0), (2.0, 0.0), (1.0, 5.0))
    )
    assert len(fast.pcm) < 0.75 * len(usual.pcm)
    assert fast.marks[-1].end_ms < usual.marks[-1].end_ms
    assert len(high.pcm) == len(usual.pcm)
    assert high.pcm != usual.pcm
    assert high.marks == usual.marks


def test_loudness_is_the_models_own(engine: PiperEngine) -> None:
    """A sentence is not made as loud as can be: a speaker would jump from one to the next."""
    speech = engine.synthesize(SENTENCE, Voice("piper", "de_DE-trio-low"))
    assert np.abs(np.frombuffer(speech.pcm, "<i2")).max() == pytest.approx(32767 / 2, rel=0.01)


def test_every_speaker_has_a_sound_of_their_own(engine: PiperEngine) -> None:
    """Speakers are called by name; without one the first speaks."""
    ada, ben, cleo, usual = (
        engine.synthesize(SENTENCE, Voice("piper", f"de_DE-trio-low{who}")).pcm for who in ("#ada", "#ben", "#cleo", "")
    )
    assert len({ada, ben, cleo}) == 3
    assert usual == ada
    with pytest.raises(EngineUnavailable, match="no speaker 'eve'; it has: ada, ben, cleo"):
        engine.synthesize(SENTENCE, Voice("piper", "de_DE-trio-low#eve"))


def test_the_version_holds_all_that_shapes_the_sound(tmp_path: Path) -> None:
    """Another model, another configuration or other noise is another version; the same files are the same."""
    path = make_tiny_voice(tmp_path)
    versions = [PiperEngine(str(tmp_path)).version(TINY), PiperEngine(str(tmp_path)).version(TINY)]
    assert versions[0] == versions[1]
    assert "noise_scale 0.667 noise_w 0.8" in versions[0]
    versions.append(PiperEngine(str(tmp_path), noise_w_scale=0.5).version(TINY))
    change_config(path, hop_length=257)
    versions.append(PiperEngine(str(tmp_path)).version(TINY))
    path.write_bytes(path.read_bytes() + b"\0")
    versions.append(PiperEngine(str(tmp_path)).version(TINY))
    assert len(set(versions)) == 4


def test_a_model_is_loaded_once_in_a_process(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many threads and engines ask at once, each model is read once, and again only after all are closed."""
    import onnxruntime  # type: ignore[import-untyped, unused-ignore]

    loads: list[object] = []
    load = onnxruntime.InferenceSession

    def counted(*given: Any, **named: Any) -> Any:
        loads.append(given)
        return load(*given, **named)

    monkeypatch.setattr(onnxruntime, "InferenceSession", counted)
    monkeypatch.setattr(piper_model, "_loaded", type(piper_model._loaded)())
    engines = [PiperEngine(str(made)), PiperEngine(str(made))]
    calls = [(one, Voice("piper", name)) for one in engines for name in (TINY.name, "de_DE-trio-low#ben")] * 6
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda call: call[0].synthesize(SENTENCE, call[1]), calls))
    assert len(loads) == 2
    for one in engines:
        one.close()
        one.close()
    engines[0].synthesize(SENTENCE, TINY)
    assert len(loads) == 3


def test_opening_loads_nothing(made: Path) -> None:
    """Engine, list of voices and the question whether it can speak need neither piper-tts nor onnxruntime."""
    program = (
        "import sys, pathlib; from narrate.voices.engines import open_engine; from narrate.voices.engines.piper.voices import can_speak\n"
        f"folder = {str(made)!r}; engine = open_engine('piper', {{'folder': folder}})\n"
        "assert can_speak(pathlib.Path(folder)) and engine.offers() and engine.voices() and not engine.missing()\n"
        "print(sorted({'piper', 'onnx', 'onnxruntime', 'numpy', 'urllib3', 'requests'} & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
