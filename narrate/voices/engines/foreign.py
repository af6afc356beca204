"""A guard around the engine of a plug-in: its failures become errors of ours that name the plug-in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, TypeVar

from narrate.model import Speech, Voice
from narrate.model.errors import EngineUnavailable, NarrateError, ServiceBusy, SynthesisError
from narrate.voices.engines.base import Ask, Engine, Offer, PiecewiseEngine
from narrate.voices.engines.retry import one_line

T = TypeVar("T")
MOST_PARALLEL = 64
MOST_LISTED = 10_000  # voices, or pieces of a sentence
LONGEST_MESSAGE = 400
CONTRACT_ERRORS = (ServiceBusy, SynthesisError, EngineUnavailable)


def guarded(engine: Any, name: str, package: str) -> Engine:
    """Return an engine that passes on what a plug-in's engine returns, once checked.

    Raises:
        EngineUnavailable: Its attributes are not valid.
    """
    kind = ForeignPieces if isinstance(engine, PiecewiseEngine) else Foreign
    return kind(engine, name, package)


def broken(name: str, package: str, error: BaseException) -> str:
    """Return one line on an engine that raised something: which engine, what happened, what to do."""
    try:
        said = one_line(str(error))
    except Exception:  # its __str__ is the plug-in's too
        said = ""
    what = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return f"The engine '{name}' failed ({what}); update or remove its package {package}."


def let_through(error: BaseException) -> None:
    """Raise again what is not the plug-in's: the user's Ctrl-C, and the exit that a signal asks narrate for.

    Everything else stops at the guard, SystemExit too: it would end narrate without a word.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    raised_in = str(trace.tb_frame.f_globals.get("__name__")) if trace is not None else ""
    if isinstance(error, KeyboardInterrupt) or (isinstance(error, SystemExit) and raised_in.startswith("narrate.")):
        raise error


class Foreign:
    """The engine of a plug-in; it raises only errors of the contract and returns only valid values.

    Raises:
        EngineUnavailable: Its attributes are not valid.
    """

    def __init__(self, engine: Any, name: str, package: str) -> None:
        self._engine, self._package = engine, package
        # The engine's own name does not count: users ask for voices by the name of the entry point.
        self.name = name
        self.parallel, self.trained, self.network = self._asked(
            lambda: (_parallel(engine.parallel), bool(engine.trained), bool(engine.network))
        )

    def prepare(self) -> None:
        """Let it begin to load; a failure shows when it speaks."""
        _quietly(self._engine.prepare)

    def missing(self) -> str | None:
        """Return what it lacks; an engine that cannot even say so lacks itself."""
        try:
            said = self._asked(lambda: _text_or_none(self._engine.missing()))
        except NarrateError as error:
            return error.message
        return None if said is None else one_line(said, LONGEST_MESSAGE)

    def voices(self) -> Sequence[Voice]:
        """Return its voices."""
        return self._asked(lambda: [self._own(voice) for voice in _listed(self._engine.voices(), Voice)])

    def offers(self, ask: bool = False) -> Sequence[Offer]:
        """Return what it offers."""
        offers = self._asked(lambda: _listed(self._engine.offers(ask), Offer))
        self._asked(lambda: [self._own(offer.voice) for offer in offers])
        return offers

    def version(self, voice: Voice) -> str:
        """Return its version."""
        return self._asked(lambda: _instance(self._engine.version(voice), str))

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Have it speak."""
        return self._speech(lambda: self._engine.synthesize(text, voice))

    def pronounce(self, ipa: str) -> str | None:
        """Return its notation of IPA."""
        return self._asked(lambda: _text_or_none(self._engine.pronounce(ipa)))

    def close(self) -> None:
        """Close it; a failure then costs nothing."""
        _quietly(self._engine.close)

    def _asked(self, call: Callable[[], T], kind: type[NarrateError] = EngineUnavailable) -> T:
        try:
            return call()
        except BaseException as error:
            let_through(error)
            # Made anew: the plug-in's error class may take other arguments, or have no message.
            kept = next((one for one in CONTRACT_ERRORS if isinstance(error, one)), None)
            said = getattr(error, "message", None)
            if kept is not None and isinstance(said, str) and said.strip():
                raise kept(one_line(said, LONGEST_MESSAGE)) from error
            raise (kept or kind)(broken(self.name, self._package, error)) from error

    def _speech(self, call: Callable[[], Any]) -> Speech:
        def checked() -> Speech:
            speech = _instance(call(), Speech)
            return Speech(speech.pcm, speech.rate_hz, tuple(speech.marks))

        return self._asked(checked, SynthesisError)

    def _own(self, voice: Voice) -> Voice:
        if voice.engine != self.name:
            raise ValueError(f"'{voice.name}' is a voice of '{voice.engine}'")
        return voice


class ForeignPieces(Foreign, PiecewiseEngine):
    """The engine of a plug-in that speaks piece by piece; its pieces are cached as those of built-in engines are."""

    def pieces(self, text: str) -> list[str]:
        """Cut a text."""
        return self._asked(lambda: _listed(self._engine.pieces(text), str))

    def plain(self, voice: Voice) -> Voice:
        """Return the voice as its service knows it."""
        return self._asked(lambda: _instance(self._engine.plain(voice), Voice))

    def ask(self, piece: str, voice: Voice) -> Speech:
        """Ask its service."""
        return self._speech(lambda: self._engine.ask(piece, voice))

    def finish(self, spoken: Sequence[Speech], voice: Voice) -> Speech:
        """Join pieces."""
        return self._speech(lambda: self._engine.finish(spoken, voice))

    def synthesize(self, text: str, voice: Voice, ask: Ask | None = None) -> Speech:
        """Have it speak piece by piece."""
        return PiecewiseEngine.synthesize(self, text, voice, ask)


def _quietly(call: Callable[[], Any]) -> None:
    try:
        call()
    except BaseException as error:
        let_through(error)


def _parallel(number: Any) -> int:
    if type(number) is not int or number < 1:
        raise ValueError("parallel must be a whole number above 0")
    return min(number, MOST_PARALLEL)


def _instance(value: Any, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"returned {type(value).__name__} instead of {kind.__name__}")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _instance(value, str)


def _listed(values: Iterable[Any], kind: type[T]) -> list[T]:
    found = list(islice(values, MOST_LISTED + 1))
    if len(found) > MOST_LISTED:
        raise ValueError(f"returned more than {MOST_LISTED} values")
    return [_instance(value, kind) for value in found]
