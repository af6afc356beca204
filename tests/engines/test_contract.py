"""What every engine keeps, whoever wrote it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from narrate.cache import Cache, CachedEngine
from narrate.engines import Engine, open_engine
from narrate.engines.espeak import EspeakEngine
from narrate.errors import EngineUnavailable
from tests.dummies import ToneEngine

TEXTS = ["Der Markt am Fluss.", "„Wirklich?“, fragte sie (leise).", "Am 3. Mai kamen 1.200 Gäste – mehr als je zuvor!"]


@pytest.fixture(params=["espeak", "cached", "tone"])
def engine(request: pytest.FixtureRequest, espeak: EspeakEngine, tmp_cache: Cache) -> Engine:
    """Return each engine in turn."""
    engines: dict[str, Engine] = {
        "espeak": espeak,
        "cached": CachedEngine(espeak, tmp_cache),
        "tone": ToneEngine(16_000),
    }
    return engines[request.param]


def test_it_says_what_it_is(engine: Engine) -> None:
    """It has a name, voices of its own name, room for a call at least, and a version that stays."""
    assert engine.name
    assert engine.parallel >= 1
    assert isinstance(engine.trained, bool)
    voices = engine.voices()
    assert voices
    assert len(set(voices)) == len(voices)
    assert {voice.engine for voice in voices} == {engine.name}
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
            assert len(speech.marks) >= len(text.split()) - 2


def test_a_pronunciation_is_a_word_or_none(engine: Engine) -> None:
    """IPA has a notation of one word that can stand in a text and is heard, or none; nonsense has none."""
    voice = engine.voices()[0]
    notation = engine.pronounce("ˈviː ˈtʃæt")
    assert engine.pronounce("¿§") is None
    if notation is not None:
        assert notation.split() == [notation]
        text = f"Sie nutzt {notation} gern."
        assert [mark.word for mark in engine.synthesize(text, voice).marks] == text.split()
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
