"""The contract every engine keeps, and what most engines have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from narrate.model import Speech, Voice
from narrate.model.errors import EngineUnavailable
from narrate.model.speech import LONGEST_LABEL


@dataclass(frozen=True, slots=True)
class Offer:
    """A voice as it is listed to choose from.

    Attributes:
        voice: To be written on the command line.
        quality: ``natural``, ``clear`` (made by rules) or what its maker calls it.
        licence: Of the voice, or on whose terms it is used.
        network: Whether the text leaves the machine.
        installed: Whether it can speak now.
        f0_hz: Median fundamental frequency where it was measured, else None.

    Raises:
        ValueError: A value cannot be listed.
    """

    voice: Voice
    quality: str
    licence: str
    network: bool
    installed: bool
    f0_hz: float | None = None

    def __post_init__(self) -> None:
        labels = (self.quality, self.licence)
        if not all(isinstance(one, str) and one.isprintable() and len(one) <= LONGEST_LABEL for one in labels):
            raise ValueError(f"quality and licence must be printable text of at most {LONGEST_LABEL} characters")
        if not isinstance(self.voice, Voice) or not isinstance(self.f0_hz, int | float | None):
            raise ValueError("voice must be a Voice, and f0_hz a number or None")
        if not isinstance(self.network, bool) or not isinstance(self.installed, bool):
            raise ValueError("network and installed must be True or False")


class Engine(Protocol):
    """Something that speaks; roles, caching, pauses, levels and tags are not its business.

    Opening an engine loads nothing and sends nothing; ``missing`` reports what it lacks.

    Attributes:
        name: What ``Voice.engine`` says.
        parallel: How many calls of ``synthesize`` may run at once.
        trained: Whether the voices come from a trained model; sound made by rules is marked otherwise.
        network: Whether the text leaves the machine.
    """

    name: str
    parallel: int
    trained: bool
    network: bool

    def prepare(self) -> None:
        """Begin to load whatever takes time, and return at once. Need not be called."""
        ...

    def missing(self) -> str | None:
        """Return what keeps it from speaking and how to fix that, in a sentence; None where nothing does."""
        ...

    def voices(self) -> Sequence[Voice]:
        """Return the voices usable now that can be told apart, the best for a cast first."""
        ...

    def offers(self, ask: bool = False) -> Sequence[Offer]:
        """Return every voice there is to choose from, with what there is to know of it.

        Args:
            ask: Whether a service may be asked for its list; without it nothing leaves the machine.

        Raises:
            EngineUnavailable: The service cannot be asked.
        """
        ...

    def version(self, voice: Voice) -> str:
        """Return all else that shapes the sound: program, model digest, settings.

        Raises:
            EngineUnavailable: The engine or the voice is missing.
        """
        ...

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Speak one text.

        Args:
            text: What is to be said, without markup; of notation only what ``pronounce`` returned.
            voice: One of this engine's voices, rate and pitch as wanted.

        Returns:
            Mono speech; equal arguments give equal samples where the engine can promise it.

        Raises:
            EngineUnavailable: A program, model, key or service is missing; stop.
            ServiceBusy: The service asks to come later; stop.
            SynthesisError: This text could not be spoken.
        """
        ...

    def pronounce(self, ipa: str) -> str | None:
        """Return IPA in this engine's own notation, usable as a word in a text for ``synthesize``.

        Args:
            ipa: One or more words with stress, length and syllable marks.

        Returns:
            The notation, or None where the engine has no phonemes, or lacks one of these.
        """
        ...

    def close(self) -> None:
        """Release what is held open. May be called twice."""
        ...


class SimpleEngine:
    """What most engines have in common; a subclass gives ``name``, ``voices``, ``version`` and ``synthesize``.

    Attributes:
        licence: What ``narrate voices`` shows for its voices.
        settings_type: Dataclass of the settings, given to ``__init__``; None where its parameters are the settings.
        ranges: The least and the most of a setting that is a number.
    """

    name = ""
    parallel = 1
    trained = True
    network = False
    licence = "unknown"
    settings_type: ClassVar[Callable[..., Any] | None] = None
    ranges: ClassVar[Mapping[str, tuple[float, float]]] = {}

    def prepare(self) -> None:
        """Begin nothing."""

    def missing(self) -> str | None:
        """Return None: nothing is needed."""
        return None

    def voices(self) -> Sequence[Voice]:
        """Return no voice."""
        return ()

    def offers(self, ask: bool = False) -> Sequence[Offer]:
        """Return the voices of ``voices`` with what the class says of them."""
        quality, installed = "natural" if self.trained else "clear", self.missing() is None
        return [Offer(voice, quality, self.licence, self.network, installed) for voice in self.voices()]

    def pronounce(self, ipa: str) -> str | None:
        """Return None: no phonemes."""
        return None

    def close(self) -> None:
        """Let go of nothing."""


Ask = Callable[[str, Voice], Speech]


class PiecewiseEngine(SimpleEngine):
    """An engine whose service takes short texts only and whose voices are altered here.

    A subclass implements ``pieces``, ``plain``, ``ask`` and ``finish``. They are separate so that the service's answers
    are cached piece by piece, and no piece is requested again for another pitch or after a crash.
    """

    def pieces(self, text: str) -> list[str]:
        """Cut a text into what one request may hold."""
        return [text]

    def plain(self, voice: Voice) -> Voice:
        """Return the voice as the service knows it, without what is altered here."""
        return voice

    def ask(self, piece: str, voice: Voice) -> Speech:
        """Ask the service for one piece in a plain voice."""
        raise EngineUnavailable(f"The engine '{self.name}' has no service.")

    def finish(self, spoken: Sequence[Speech], voice: Voice) -> Speech:
        """Join the pieces and give them the voice's pitch and rate."""
        return spoken[0]

    def synthesize(self, text: str, voice: Voice, ask: Ask | None = None) -> Speech:
        """Speak one text, piece by piece.

        Args:
            text: Of any length.
            voice: One of this engine's.
            ask: Who is asked for a piece; by default the service itself.
        """
        plain = self.plain(voice)
        return self.finish([(ask or self.ask)(piece, plain) for piece in self.pieces(text)], voice)
