"""Which Piper voices there are, which make a cast, and what a broken one does."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrate.model import Voice
from narrate.model.errors import EngineUnavailable
from narrate.voices.engines.piper import engine as piper
from narrate.voices.engines.piper.engine import PiperEngine, can_speak
from narrate.voices.engines.piper.voices import KNOWN, wrong_config
from tests.voices.engines.tiny_piper import FEW_SIGNS, change_config, make_tiny_voice, tiny_config

EMOTIONS = ["amused", "angry", "disgusted", "drunk", "neutral", "sleepy", "surprised", "whisper"]
TINY = Voice("piper", "de_DE-tiny-medium")
SENTENCE = "Die Boote legen früh an."


def test_a_cast_has_each_person_once(tmp_path: Path) -> None:
    """The best quality of each, no emotions beside the plain voice, eight of many; then the same at other pitches."""
    make_tiny_voice(tmp_path, "de_DE-mls-medium", [str(number) for number in range(20)])
    make_tiny_voice(tmp_path, "de_DE-thorsten_emotional-medium", EMOTIONS)
    emotional = PiperEngine(str(tmp_path)).voices()
    assert emotional[0].name == "de_DE-thorsten_emotional-medium#neutral"
    assert not any("angry" in voice.name for voice in emotional)
    for name in ("de_DE-thorsten-low", "de_DE-thorsten-high", "de_DE-kerstin-low", "en_US-amy-low"):
        make_tiny_voice(tmp_path, name)
    voices = PiperEngine(str(tmp_path)).voices()
    plain = [voice.name for voice in voices if not voice.pitch_semitones]
    assert plain == ["de_DE-thorsten-high", "de_DE-kerstin-low", *(f"de_DE-mls-medium#{one}" for one in range(8))]
    assert [voice.name for voice in voices[: len(plain)]] == plain
    assert [voice.gender for voice in voices[:3]] == ["m", "f", None]
    assert {voice.language for voice in voices} == {"de-DE"}
    for name in plain:
        pitches = sorted(voice.pitch_semitones for voice in voices if voice.name == name)
        assert all(high - low >= 4 for low, high in pairwise(pitches))
    engine = PiperEngine(str(tmp_path))
    angry, neutral, usual = (
        engine.synthesize("Ja.", Voice("piper", f"de_DE-thorsten_emotional-medium{mood}")).pcm
        for mood in ("#angry", "#neutral", "")
    )
    assert usual == neutral != angry
    assert any(engine.synthesize("Ja.", Voice("piper", "de_DE-mls-medium#19")).pcm)


def test_offers_are_what_is_here_and_what_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every speaker of what is installed is listed, and every known voice that is not, with licence and quality."""
    make_tiny_voice(tmp_path, "de_DE-thorsten_emotional-medium", EMOTIONS)
    offers = PiperEngine(str(tmp_path)).offers()
    here = [offer for offer in offers if offer.installed]
    assert [offer.voice.name.partition("#")[2] for offer in here] == EMOTIONS
    assert {offer.licence for offer in here} == {"CC0-1.0"}
    others = {offer.voice.name: offer for offer in offers if not offer.installed}
    assert others.keys() == {one.name for one in KNOWN} - {"de_DE-thorsten_emotional-medium"}
    assert others["de_DE-pavoque-low"].licence == "CC-BY-NC-SA-4.0"
    assert others["de_DE-eva_k-x_low"].quality == "x_low"
    monkeypatch.setattr(piper, "has_package", lambda: False)
    engine = PiperEngine(str(tmp_path))
    assert [offer.voice for offer in engine.offers()] == [offer.voice for offer in offers]
    assert not any(offer.installed for offer in engine.offers())
    assert "pip install" in str(engine.missing())
    with pytest.raises(EngineUnavailable, match="pip install"):
        engine.synthesize(SENTENCE, here[0].voice)


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    """Without a voice the command that fetches one is named; a wrong name is answered with the nearest."""
    engine = PiperEngine(str(tmp_path))
    assert "narrate voices install" in str(engine.missing())
    assert not can_speak(tmp_path / "nowhere")
    make_tiny_voice(tmp_path)
    assert engine.missing() is None
    assert can_speak(str(tmp_path))
    with pytest.raises(EngineUnavailable, match="install de_DE-kerstin-low"):
        engine.version(Voice("piper", "de_DE-kerstin-low"))
    with pytest.raises(EngineUnavailable, match="did you mean 'de_DE-tiny-medium'"):
        engine.version(Voice("piper", "de_DE-tini-medium"))
    for name in (f"../{tmp_path.name}/de_DE-tiny-medium", "#", "*"):
        with pytest.raises(EngineUnavailable):
            engine.synthesize(SENTENCE, Voice("piper", name))


def test_another_package_called_piper_is_not_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is called piper and cannot speak is not taken for piper-tts."""
    (tmp_path / "piper").mkdir()
    (tmp_path / "piper" / "__init__.py").write_bytes(b"")
    make_tiny_voice(tmp_path)
    assert can_speak(tmp_path)
    monkeypatch.delitem(sys.modules, "piper")
    monkeypatch.syspath_prepend(tmp_path)
    assert not can_speak(tmp_path)


BREAKS: dict[str, Callable[[Path], object]] = {
    "garbage configuration": lambda path: path.with_name(f"{path.name}.json").write_bytes(b"\xff{"),
    "no object": lambda path: path.with_name(f"{path.name}.json").write_text("[1]"),
    "deep nesting": lambda path: path.with_name(f"{path.name}.json").write_text("[" * 200_000),
    "no phonemes": lambda path: change_config(path, phoneme_id_map={}),
    "no speakers": lambda path: change_config(path, num_speakers="two"),
    "too many speakers": lambda path: change_config(path, num_speakers=3),
    "a number too high": lambda path: change_config(path, num_speakers=1, speaker_id_map={"a": 1}),
    "numbers the model lacks": lambda path: change_config(path, phoneme_id_map={**FEW_SIGNS, "b": [9999], "e": [9999]}),
    "a scale out of range": lambda path: change_config(path, inference={"noise_w": -5}),
    "a configuration too large": lambda path: change_config(path, comment="x" * 1_000_000),
    "another language's phonemes": lambda path: change_config(path, phoneme_type="pinyin"),
    "no configuration": lambda path: path.with_name(f"{path.name}.json").unlink(),
    "a truncated model": lambda path: path.write_bytes(path.read_bytes()[:1500]),
    "an empty model": lambda path: path.write_bytes(b""),
    "a model of noise": lambda path: path.write_bytes(bytes(range(256)) * 20),
    "a folder": lambda path: path.unlink() or path.mkdir(),  # type: ignore[func-returns-value]
}


@pytest.mark.parametrize("broken", BREAKS)
def test_a_broken_voice_is_told_and_hides_no_other(
    tmp_path: Path, broken: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever is wrong with its files, it is one sentence for that voice, and the others speak."""
    make_tiny_voice(tmp_path, "de_DE-sound-low")
    BREAKS[broken](make_tiny_voice(tmp_path))
    engine = PiperEngine(str(tmp_path))
    assert engine.missing() is None
    assert any(voice.name == "de_DE-sound-low" for voice in engine.voices())
    assert any(engine.synthesize(SENTENCE, Voice("piper", "de_DE-sound-low")).pcm)
    with pytest.raises(EngineUnavailable) as caught:
        engine.synthesize(SENTENCE, TINY)
    assert TINY.name in caught.value.message
    assert engine.offers()
    assert capfd.readouterr() == ("", "")


def test_a_broken_voice_alone_is_what_is_missing(tmp_path: Path) -> None:
    """Where the only voice is damaged, that is what is told."""
    BREAKS["garbage configuration"](make_tiny_voice(tmp_path))
    assert "de_DE-tiny-medium" in str(PiperEngine(str(tmp_path)).missing())
    assert not can_speak(tmp_path)


def test_a_phoneme_that_a_model_lacks_is_not_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A sign that is missing in the map is left out in silence, where nobody has set up a log."""
    for logger in (logging.root, logging.getLogger("piper")):
        monkeypatch.setattr(logger, "handlers", [])
    change_config(make_tiny_voice(tmp_path), phoneme_id_map=FEW_SIGNS)
    assert any(PiperEngine(str(tmp_path)).synthesize("Schöne Grüße.", TINY).pcm)
    assert capfd.readouterr() == ("", "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from([*tiny_config(FEW_SIGNS), "default_speaker_id"]), JSON, max_size=4) | JSON)
def test_any_configuration_is_judged(changes: Any) -> None:
    """Whatever a configuration holds, it is refused by a name, or piper-tts reads it."""
    from piper.config import PiperConfig

    config = tiny_config(FEW_SIGNS) | changes if isinstance(changes, dict) else changes
    if wrong_config(config) is None:
        assert PiperConfig.from_dict(config).num_speakers >= 1
