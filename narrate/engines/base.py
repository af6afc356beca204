"""The contract every engine keeps, and how one is opened by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Protocol, cast

from narrate.errors import EngineUnavailable
from narrate.model import Speech, Voice

ENTRY_POINT_GROUP = "narrate.engines"
BUILT_IN = {"espeak": "narrate.engines.espeak:EspeakEngine"}


class Engine(Protocol):
    """Something that speaks. It never splits roles, caches, pauses, levels, tags or prints.

    Attributes:
        name: What ``Voice.engine`` says.
        parallel: How many calls of ``synthesize`` may run at once.
        trained: Whether the voices come from a trained model; sound made by rules is marked otherwise.
    """

    name: str
    parallel: int
    trained: bool

    def prepare(self) -> None:
        """Begin to load whatever takes time, and return at once. Need not be called."""
        ...

    def voices(self) -> Sequence[Voice]:
        """Return the voices usable now, the best for a cast first."""
        ...

    def version(self, voice: Voice) -> str:
        """Return all else that shapes the sound: program, model digest, settings."""
        ...

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Speak one text.

        Args:
            text: What is to be said, without markup; of notation only what ``pronounce`` returned.
            voice: One of this engine's voices, rate and pitch as wanted.

        Returns:
            Mono speech; equal arguments give equal samples where the engine can promise it.

        Raises:
            EngineUnavailable: A program, model or key is missing; stop.
            SynthesisError: This text could not be spoken.
        """
        ...

    def pronounce(self, ipa: str) -> str | None:
        """Return this engine's own notation of some IPA, fit to stand as a word in a text given to ``synthesize``.

        Args:
            ipa: One or more words with stress, length and syllable marks.

        Returns:
            The notation, or None where the engine has no phonemes, or none for a sign of it.
        """
        ...

    def close(self) -> None:
        """Let go of what is held open. May be called twice."""
        ...


def open_engine(name: str) -> Engine:
    """Open an engine by name, or one of a plug-in by its entry point.

    Args:
        name: A built-in engine, or the name of an entry point of group ``narrate.engines``.

    Raises:
        EngineUnavailable: There is no such engine, or it cannot be imported.
    """
    target = BUILT_IN.get(name)
    if target is not None:
        module, _, attribute = target.partition(":")
        return cast(Callable[[], Engine], getattr(import_module(module), attribute))()
    # 20 ms to load, needed for plug-ins only.
    from importlib.metadata import entry_points

    for point in entry_points(group=ENTRY_POINT_GROUP):
        if point.name == name:
            try:
                return cast(Callable[[], Engine], point.load())()
            except ImportError as error:
                raise EngineUnavailable(f"The engine '{name}' cannot be loaded ({error}).") from error
    known = ", ".join(sorted(BUILT_IN))
    raise EngineUnavailable(f"There is no engine called '{name}'; choose one of: {known}.")
