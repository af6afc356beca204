"""An engine that remembers what it said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from narrate.model import Mark, Speech, Voice
from narrate.model.errors import EngineUnavailable
from narrate.system.cache import Cache, key_of
from narrate.system.cache_entry import Facts
from narrate.voices.engines import Engine, Offer, PiecewiseEngine
from narrate.voices.engines.base import Ask

FORMAT = 2  # of remembered speech; raise it and nothing older is taken


def recall(cache: Cache, key: str) -> Speech | None:
    """Return remembered speech, or None where the cache does not hold it."""
    entry = cache.get(key)
    return Speech(entry[1], entry[0]["rate_hz"], _marks(entry[0])) if entry else None


def recall_marks(cache: Cache, key: str) -> tuple[Mark, ...]:
    """Return the word marks of remembered speech without reading its sound; none where the cache does not hold it."""
    facts = cache.facts(key)
    return _marks(facts) if facts else ()


def _marks(facts: Facts) -> tuple[Mark, ...]:
    return tuple(Mark(*mark) for mark in facts["marks"])


class CachedEngine:
    """An engine that remembers: the same contract, and equal calls are spoken once.

    What a service over the network has spoken is never asked again: not by another thread or
    process at the same time, and not after a crash in the middle of a text.
    """

    def __init__(self, engine: Engine, cache: Cache) -> None:
        self.name = engine.name
        self.parallel = engine.parallel
        self.trained, self.network = engine.trained, engine.network
        self._engine, self._cache = engine, cache
        self._down: str | None = None

    def prepare(self) -> None:
        """Let the engine begin to load."""
        self._engine.prepare()

    def missing(self) -> str | None:
        """Return what the engine lacks, even where all that is asked for is remembered."""
        return self._engine.missing()

    def voices(self) -> Sequence[Voice]:
        """Return the engine's voices."""
        return self._engine.voices()

    def offers(self, ask: bool = False) -> Sequence[Offer]:
        """Return what the engine offers."""
        return self._engine.offers(ask)

    def version(self, voice: Voice) -> str:
        """Return the engine's version."""
        return self._engine.version(voice)

    def key(self, text: str, voice: Voice) -> str:
        """Return the digest of all that shapes the sound of a text."""
        return key_of("speech", FORMAT, self._engine.version(voice), voice, text)

    def remembers(self, text: str, voice: Voice) -> bool:
        """Tell whether a text need not be spoken again; a damaged entry is found when it is read."""
        return self._cache.facts(self.key(text, voice)) is not None

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Return remembered speech, or have it spoken and remember it."""
        key = self.key(text, voice)
        speech = recall(self._cache, key)
        if speech is not None:
            return speech
        if self._down:
            raise EngineUnavailable(self._down)
        if isinstance(self._engine, PiecewiseEngine):
            return self._keep(key, self._engine.synthesize(text, voice, self._piece))
        return self._once(key, text, voice, self._engine.synthesize)

    def _piece(self, text: str, voice: Voice) -> Speech:
        key = key_of("piece", FORMAT, self._engine.version(voice), voice, text)
        return self._once(key, text, voice, cast(PiecewiseEngine, self._engine).ask)

    def _once(self, key: str, text: str, voice: Voice, speak: Ask) -> Speech:
        if not self.network:
            return recall(self._cache, key) or self._keep(key, speak(text, voice))
        with self._cache.lock(key):
            return recall(self._cache, key) or self._keep(key, speak(text, voice))

    def _keep(self, key: str, speech: Speech) -> Speech:
        marks = [[mark.position, mark.word, mark.start_ms, mark.end_ms] for mark in speech.marks]
        self._cache.put(key, {"rate_hz": speech.rate_hz, "marks": marks}, speech.pcm)
        return speech

    def pronounce(self, ipa: str) -> str | None:
        """Return the engine's notation of some IPA; one that fails here is not asked to speak."""
        try:
            return self._engine.pronounce(ipa)
        except EngineUnavailable as error:
            self._down = error.message
            raise

    def close(self) -> None:
        """Close the engine; the cache stays open."""
        self._engine.close()
