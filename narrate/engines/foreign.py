"""A guard around the engine of a plug-in: whatever a stranger's code does, it keeps the contract or fails by it."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from narrate.engines.base import Ask, Engine, Offer, PiecewiseEngine
from narrate.errors import EngineUnavailable, NarrateError, SynthesisError
from narrate.model import Mark, Speech, Voice

T = TypeVar("T")
RATES_HZ = (4_000, 384_000)
MOST_PARALLEL = 64
SHOWN = 120  # characters of what went wrong
# Everything but a person's Ctrl-C; a plug-in that ends the process would end it without a word.
STRAY = (Exception, SystemExit)


def guarded(engine: Any, name: str, package: str) -> Engine:
    """Return an engine that hands on what another gives, once it was looked at.

    Args:
        engine: Of a plug-in, with every member of the contract.
        name: Of its entry point.
        package: That brought it.
    """
    return (
        ForeignPieces(engine, name, package) if isinstance(engine, PiecewiseEngine) else Foreign(engine, name, package)
    )


def broken(name: str, package: str, error: BaseException) -> str:
    """Return what to say of an engine that failed: one line, which engine, what to do.

    Args:
        name: Of the engine.
        package: That brought it.
        error: What it raised.
    """
    said = " ".join(str(error).split())[:SHOWN]
    told = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return f"The engine '{name}' failed ({told}); update or remove its package {package}."


class Foreign:
    """An engine of a plug-in. Its errors are those of the contract, and what it returns is what the contract says.

    Args:
        engine: As the plug-in made it.
        name: Of its entry point.
        package: That brought it.

    Raises:
        EngineUnavailable: Its attributes are none that can be used.
    """

    def __init__(self, engine: Any, name: str, package: str) -> None:
        self._engine, self._package = engine, package
        self.name = name
        found = self._asked(lambda: (engine.name, engine.parallel, engine.trained, engine.network))
        if not (isinstance(found[0], str) and found[0] and type(found[1]) is int and found[1] >= 1):
            raise self._wrong("name or parallel")
        self.name = found[0]
        self.parallel = min(found[1], MOST_PARALLEL)
        self.trained, self.network = bool(found[2]), bool(found[3])

    def prepare(self) -> None:
        """Let it begin to load; what goes wrong then is told when it speaks."""
        with contextlib.suppress(*STRAY):
            self._engine.prepare()

    def missing(self) -> str | None:
        """Return what it lacks; an engine that cannot even say that lacks itself."""
        try:
            said = self._asked(self._engine.missing)
        except NarrateError as error:
            return error.message
        return said if said is None or isinstance(said, str) else self._wrong("missing").message

    def voices(self) -> Sequence[Voice]:
        """Return its voices."""
        return self._listed(self._engine.voices, Voice, "voices")

    def offers(self, ask: bool = False) -> Sequence[Offer]:
        """Return what it offers."""
        return self._listed(lambda: self._engine.offers(ask), Offer, "offers")

    def version(self, voice: Voice) -> str:
        """Return its version."""
        said = self._asked(lambda: self._engine.version(voice))
        if not isinstance(said, str):
            raise self._wrong("version")
        return said

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Have it speak."""
        return self._speech(lambda: self._engine.synthesize(text, voice))

    def pronounce(self, ipa: str) -> str | None:
        """Return its notation of IPA."""
        said = self._asked(lambda: self._engine.pronounce(ipa))
        return said if isinstance(said, str) else None

    def close(self) -> None:
        """Close it; whatever it says to that, what was made is made."""
        with contextlib.suppress(*STRAY):
            self._engine.close()

    def _asked(self, call: Callable[[], T], kind: type[NarrateError] = EngineUnavailable) -> T:
        try:
            return call()
        except NarrateError as error:
            raise type(error)(" ".join(error.message.split())) from error
        except STRAY as error:
            raise kind(broken(self.name, self._package, error)) from error

    def _listed(self, call: Callable[[], Any], kind: type[T], what: str) -> Sequence[T]:
        found = self._asked(lambda: tuple(call()))
        if not all(isinstance(one, kind) for one in found):
            raise self._wrong(what)
        return found

    def _speech(self, call: Callable[[], Any]) -> Speech:
        speech = self._asked(call, SynthesisError)
        if not _usable(speech):
            raise SynthesisError(
                f"The engine '{self.name}' gave no usable sound (16-bit PCM, rate in whole Hz, marks); update or "
                f"remove its package {self._package}."
            )
        return Speech(speech.pcm, speech.rate_hz, tuple(speech.marks))

    def _wrong(self, what: str) -> EngineUnavailable:
        return EngineUnavailable(
            f"The engine '{self.name}' has {what} that its contract does not know; update or remove its package "
            f"{self._package}."
        )


class ForeignPieces(Foreign, PiecewiseEngine):
    """An engine of a plug-in that speaks piece by piece; its pieces are remembered as those of our own are."""

    def pieces(self, text: str) -> list[str]:
        """Cut a text."""
        return list(self._listed(lambda: self._engine.pieces(text), str, "pieces"))

    def plain(self, voice: Voice) -> Voice:
        """Return the voice as its service knows it."""
        return self._listed(lambda: [self._engine.plain(voice)], Voice, "plain")[0]

    def ask(self, piece: str, voice: Voice) -> Speech:
        """Ask its service."""
        return self._speech(lambda: self._engine.ask(piece, voice))

    def finish(self, spoken: Sequence[Speech], voice: Voice) -> Speech:
        """Join pieces."""
        return self._speech(lambda: self._engine.finish(spoken, voice))

    def synthesize(self, text: str, voice: Voice, ask: Ask | None = None) -> Speech:
        """Have it speak piece by piece."""
        plain = self.plain(voice)
        return self.finish([(ask or self.ask)(piece, plain) for piece in self.pieces(text)], voice)


def _usable(speech: Any) -> bool:
    """Tell whether something is speech as the contract wants it."""
    if not isinstance(speech, Speech) or not isinstance(speech.pcm, bytes) or not speech.pcm or len(speech.pcm) % 2:
        return False
    if type(speech.rate_hz) is not int or not RATES_HZ[0] <= speech.rate_hz <= RATES_HZ[1]:
        return False
    return isinstance(speech.marks, Sequence) and all(
        isinstance(mark, Mark) and math.isfinite(mark.start_ms) and math.isfinite(mark.end_ms) for mark in speech.marks
    )
