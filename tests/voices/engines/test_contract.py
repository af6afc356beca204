"""What every engine keeps, whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from narrate.model import Speech, Voice
from narrate.model.errors import EngineUnavailable, SynthesisError
from narrate.system.cache import Cache
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.engines import Engine, open_engine
from tests.dummies import DistantEngine, ToneEngine
from tests.voices.engines.opened import NAMES, opened

TEXTS = ["Der Markt am Fluss.", "„Wirklich?“, fragte sie (leise).", "Am 3. Mai kamen 1.200 Gäste – mehr als je zuvor!"]
LINE = "Am Hafen beginnt der Tag früh, und die ersten Boote legen schon vor Sonnenaufgang an."
OWN_PITCH = ("tone", "edge")  # engines, or servers of ours, that do not know of pitch
OWN_RATE = ("tone", "edge", "distant", "openai")


QUICK = ("espeak", "piper", "cached espeak", "tone", "distant")
SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in ("cached gtts", *sorted(set(NAMES) - set(QUICK)))]


@pytest.fixture(params=[*QUICK, *SLOW])
def engine(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    """Return each engine in turn, as it is and remembered."""
    kind, _, name = request.param.rpartition(" ")
    if name in {"tone", "distant"}:
        yield ToneEngine(16_000) if name == "tone" else DistantEngine()
        return
    with opened(name, tmp_path / "voices", monkeypatch) as engine:
        yield CachedEngine(engine, tmp_cache) if kind else engine


def test_it_says_what_it_is(engine: Engine) -> None:
    """It has a name, voices of its own name, room for a call at least, and a version that stays."""
    assert engine.name
    assert engine.parallel >= 1
    assert isinstance(engine.trained, bool)
    voices = engine.voices()
    assert voices
    assert len(set(voices)) == len(voices)
    assert {voice.engine for voice in voices} == {engine.name}
    assert isinstance(engine.network, bool)
    assert engine.missing() is None
    offered = {offer.voice.name for offer in engine.offers()}
    assert {voice.name for voice in voices} <= offered
    assert all(offer.licence and offer.quality and offer.network == engine.network for offer in engine.offers())
    assert {offer.voice.name for offer in engine.offers(ask=engine.network)} >= {voice.name for voice in voices}
    for voice in voices:
        assert engine.version(voice)
        assert engine.version(voice) == engine.version(voice)


def test_speech_is_whole(engine: Engine) -> None:
    """Speech is whole samples with sound in them; marks ascend, lie inside, and name words of the text."""
    for text in TEXTS:
        for voice in engine.voices()[:2]:
            speech = engine.synthesize(text, voice)
            assert speech.rate_hz > 0
            assert len(speech.pcm) % 2 == 0
            assert any(speech.pcm)
            length_ms = 1000 * len(speech.pcm) / 2 / speech.rate_hz
            assert [mark.word for mark in speech.marks] == [
                text[mark.position : mark.position + len(mark.word)] for mark in speech.marks
            ]
            edges = [edge for mark in speech.marks for edge in (mark.start_ms, mark.end_ms)]
            assert edges == sorted(edges)
            assert all(0 <= edge <= length_ms + 0.1 for edge in edges)
            assert len({mark.position for mark in speech.marks}) == len(speech.marks)
            if speech.marks:
                assert len(speech.marks) >= len(text.split()) - 2


def test_a_pronunciation_is_a_word_or_none(engine: Engine) -> None:
    """IPA has a notation of one word that can stand in a text and is heard, or none; nonsense has none."""
    voice = engine.voices()[0]
    notation = engine.pronounce("ˈviː ˈtʃæt")
    assert engine.pronounce("¿§") is None
    if notation is not None:
        assert notation.split() == [notation]
        text = f"Sie nutzt {notation} gern."
        assert [mark.word for mark in engine.synthesize(text, voice).marks] in (text.split(), [])
        assert len(engine.synthesize(text, voice).pcm) > len(engine.synthesize("Sie nutzt gern.", voice).pcm)


def test_equal_calls_give_equal_speech_from_any_thread(engine: Engine) -> None:
    """The same text and voice give the same speech, one after another or at once."""
    voices = engine.voices()[:3]
    calls = [(text, voice) for text in TEXTS for voice in voices] * 2
    alone = [engine.synthesize(*call) for call in calls]
    with ThreadPoolExecutor(max(2, engine.parallel)) as threads:
        together = list(threads.map(lambda call: engine.synthesize(*call), calls))
    assert alone == together
    assert alone[: len(calls) // 2] == alone[len(calls) // 2 :]


def test_rate_and_pitch_are_kept(engine: Engine) -> None:
    """Another rate gives another length, another pitch nearly the same length; both are other sound."""
    voice = engine.voices()[0]
    own = engine.synthesize(LINE, voice)
    higher = engine.synthesize(LINE, replace(voice, pitch_semitones=voice.pitch_semitones + 2))
    assert engine.name in OWN_PITCH or higher.pcm != own.pcm
    assert 0.85 < seconds(higher) / seconds(own) < 1.15
    faster = engine.synthesize(LINE, replace(voice, rate=voice.rate * 1.25))
    if engine.name not in OWN_RATE:
        assert 0.7 < seconds(faster) / seconds(own) < 0.95


def seconds(speech: Speech) -> float:
    """Return the length of speech."""
    return len(speech.pcm) / 2 / speech.rate_hz


def test_an_unknown_voice_is_refused(engine: Engine) -> None:
    """A voice that the engine does not have is never another one's sound, but an error with a way out."""
    if engine.name in {"tone", "distant", "openai"}:
        pytest.skip("has no list of its own to know better")
    with pytest.raises((EngineUnavailable, SynthesisError)) as caught:
        engine.synthesize("Guten Tag.", Voice(engine.name, "nobody"))
    assert any(way in caught.value.message for way in ("narrate voices", "install", "write "))


def test_closing_twice_is_fine(engine: Engine) -> None:
    """An engine may be prepared and closed at any time, and twice."""
    engine.prepare()
    engine.close()
    engine.close()


def test_an_unknown_engine_is_refused() -> None:
    """A name that nobody has is answered with the names there are."""
    with pytest.raises(EngineUnavailable, match="espeak"):
        open_engine("nobody")


def test_the_embedded_engine_opens_by_name() -> None:
    """`espeak` opens without speaking, and closes twice."""
    engine = open_engine("espeak")
    assert engine.name == "espeak"
    engine.prepare()
    engine.close()
    engine.close()
