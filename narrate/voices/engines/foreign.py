"""A guard around the engine of a plug-in: whatever a stranger's code does, it keeps the contract or fails by it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, TypeVar

from narrate.model import Mark, Speech, Voice
from narrate.model.errors import EngineUnavailable, NarrateError, ServiceBusy, SynthesisError
from narrate.voices.engines.base import Ask, Engine, Offer, PiecewiseEngine
from narrate.voices.engines.retry import plain

T = TypeVar("T")
RATES_HZ = (4_000, 384_000)
MOST_PARALLEL = 64
MOST_LISTED = 10_000  # voices, or pieces of a sentence
LONGEST_LABEL = 300  # characters of a name, licence, quality
LONGEST_MESSAGE = 400
CONTRACT_ERRORS = (ServiceBusy, SynthesisError, EngineUnavailable)


def guarded(engine: Any, name: str, package: str) -> Engine:
    """Return an engine that hands on what another gives, once it was looked at.

    Args:
        engine: Of a plug-in, with every member of the contract.
        name: Of its entry point.
        package: That brought it.

    Raises:
        EngineUnavailable: Its attributes are none that can be used.
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
    try:
        said = plain(str(error))
    except Exception:  # its __str__ is a stranger's too
        said = ""
    told = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return f"The engine '{name}' failed ({told}); update or remove its package {package}."


def one_line(said: str) -> str:
    """Return a stranger's sentence on one line, and not endless.

    Args:
        said: As it raised it.
    """
    return " ".join("".join(sign if sign.isprintable() else " " for sign in said).split())[:LONGEST_MESSAGE]


def let_through(error: BaseException) -> None:
    """Raise again what is not a plug-in's: a person's Ctrl-C, and the end that a signal asks narrate for.

    Everything else stops at the guard, SystemExit too: it would end narrate without a word.

    Args:
        error: That a stranger's code raised, or was interrupted by.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    raised_in = str(trace.tb_frame.f_globals.get("__name__")) if trace is not None else ""
    if isinstance(error, KeyboardInterrupt) or (isinstance(error, SystemExit) and raised_in.startswith("narrate.")):
        raise error


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
        # Its own name does not count: voices are asked for by that of the entry point.
        parallel, self.trained, self.network = self._asked(
            lambda: (engine.parallel, bool(engine.trained), bool(engine.network))
        )
        if type(parallel) is not int or parallel < 1:
            raise self._wrong("parallel")
        self.parallel = min(parallel, MOST_PARALLEL)

    def prepare(self) -> None:
        """Let it begin to load; what goes wrong then is told when it speaks."""
        _quietly(self._engine.prepare)

    def missing(self) -> str | None:
        """Return what it lacks; an engine that cannot even say that lacks itself."""
        try:
            said = self._asked(self._engine.missing)
        except NarrateError as error:
            return error.message
        if said is None:
            return None
        return one_line(said) if isinstance(said, str) else self._wrong("missing").message

    def voices(self) -> Sequence[Voice]:
        """Return its voices."""
        return self._listed(self._engine.voices, self._is_voice, "voices")

    def offers(self, ask: bool = False) -> Sequence[Offer]:
        """Return what it offers."""
        return self._listed(lambda: self._engine.offers(ask), self._is_offer, "offers")

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
        if said is not None and not isinstance(said, str):
            raise self._wrong("pronounce")
        return said

    def close(self) -> None:
        """Close it; whatever it says to that, what was made is made."""
        _quietly(self._engine.close)

    def _asked(self, call: Callable[[], T], kind: type[NarrateError] = EngineUnavailable) -> T:
        try:
            return call()
        except BaseException as error:
            let_through(error)
            # Derived anew: a stranger's error class may want other arguments, or have no message.
            kept = next((one for one in CONTRACT_ERRORS if isinstance(error, one)), None)
            said = getattr(error, "message", None)
            if kept is not None and isinstance(said, str) and said.strip():
                raise kept(one_line(said)) from error
            raise (kept or kind)(broken(self.name, self._package, error)) from error

    def _listed(self, call: Callable[[], Any], fits: Callable[[Any], bool], what: str) -> tuple[Any, ...]:
        found = self._asked(lambda: tuple(islice(call(), MOST_LISTED + 1)))
        if len(found) > MOST_LISTED or not all(map(fits, found)):
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

    def _is_voice(self, voice: Any) -> bool:
        return (
            isinstance(voice, Voice)
            and voice.engine == self.name
            and all(_is_label(one) and one for one in (voice.name, voice.language))
            and _is_number(voice.rate)
            and voice.rate > 0
            and _is_number(voice.pitch_semitones)
            and voice.gender in (None, "f", "m")
        )

    def _is_offer(self, offer: Any) -> bool:
        return (
            isinstance(offer, Offer)
            and self._is_voice(offer.voice)
            and _is_label(offer.quality)
            and _is_label(offer.licence)
            and isinstance(offer.network, bool)
            and isinstance(offer.installed, bool)
            and (offer.f0_hz is None or _is_number(offer.f0_hz))
        )

    def _wrong(self, what: str) -> EngineUnavailable:
        return EngineUnavailable(
            f"The engine '{self.name}' gives for {what} what its contract does not know; update or remove its package "
            f"{self._package}."
        )


class ForeignPieces(Foreign, PiecewiseEngine):
    """An engine of a plug-in that speaks piece by piece; its pieces are remembered as those of our own are."""

    def pieces(self, text: str) -> list[str]:
        """Cut a text."""
        return list(self._listed(lambda: self._engine.pieces(text), lambda one: isinstance(one, str), "pieces"))

    def plain(self, voice: Voice) -> Voice:
        """Return the voice as its service knows it."""
        found = self._listed(lambda: [self._engine.plain(voice)], lambda one: isinstance(one, Voice), "plain")
        plain: Voice = found[0]
        return plain

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


def _quietly(call: Callable[[], Any]) -> None:
    try:
        call()
    except BaseException as error:
        let_through(error)


def _is_label(text: Any) -> bool:
    return isinstance(text, str) and text.isprintable() and len(text) <= LONGEST_LABEL


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < math.inf


def _usable(speech: Any) -> bool:
    """Tell whether something is speech as the contract wants it."""
    if not isinstance(speech, Speech) or not isinstance(speech.pcm, bytes) or not speech.pcm or len(speech.pcm) % 2:
        return False
    if type(speech.rate_hz) is not int or not RATES_HZ[0] <= speech.rate_hz <= RATES_HZ[1]:
        return False
    return isinstance(speech.marks, Sequence) and all(map(_is_mark, speech.marks))


def _is_mark(mark: Any) -> bool:
    return (
        isinstance(mark, Mark)
        and type(mark.position) is int
        and mark.position >= 0
        and isinstance(mark.word, str)
        and _is_number(mark.start_ms)
        and _is_number(mark.end_ms)
        and 0 <= mark.start_ms <= mark.end_ms
    )
