"""Engines and the cache together: what was spoken, by the key of its take."""

from __future__ import annotations

from collections.abc import Mapping

from narrate.model import Mark, Speech, Take, Voice
from narrate.model.errors import EngineUnavailable
from narrate.system.cache import Cache
from narrate.voices.cached_engine import CachedEngine, recall, recall_marks

MISSING = "missing"


class Voices:
    """Everyone who can speak in a render."""

    def __init__(self, engines: Mapping[str, CachedEngine], cache: Cache) -> None:
        self.engines, self.cache = engines, cache

    def speech(self, take: Take) -> Speech:
        """Return the speech of a take: from the cache, or spoken again where the cache has lost it."""
        said = take.utterance
        return recall(self.cache, take.key) or self.engines[said.voice.engine].synthesize(said.spoken, said.voice)

    def marks(self, take: Take) -> tuple[Mark, ...]:
        """Return the word marks of a take; none where the cache has lost it."""
        return recall_marks(self.cache, take.key)

    def is_trained(self, engine: str) -> bool:
        """Tell whether an engine's voices come from a trained model; audio made by rules is marked otherwise."""
        return self.engines[engine].trained

    def version(self, voice: Voice, optional: bool = False) -> str:
        """Return the version of all that shapes a voice's sound.

        Args:
            voice: Of one of the engines.
            optional: Whether another voice may step in; then an engine that is not installed has a version too.

        Raises:
            EngineUnavailable: The engine or the voice is missing.
        """
        try:
            return self.engines[voice.engine].version(voice)
        except EngineUnavailable:
            if not optional:
                raise
            return MISSING
