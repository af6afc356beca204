"""Voices, what they are given to say, and how it sounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from narrate.model.script import Gender, Role

Boundary = Literal["sentence", "paragraph", "voice", "chapter"]


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice an engine can speak with.

    Attributes:
        engine: Name of the engine.
        name: The engine's own name for it.
        language: BCP 47.
        rate: Speed; 1.0 is the engine's own.
        pitch_semitones: Shift of the engine's own pitch.
        gender: How it sounds to most listeners, or None.
    """

    engine: str
    name: str
    language: str = "de"
    rate: float = 1.0
    pitch_semitones: float = 0.0
    gender: Gender | None = None


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence to be said, in the voice that says it.

    Attributes:
        chapter: Index of its chapter.
        boundary: What lies between it and the utterance before; None at the very start.
        role: As in its segment; ``notice``, ``heading`` and ``announcement`` are what we add.
        speaker: Full name, or None for the reporter.
        voice: Who says it.
        text: As printed.
        spoken: What the engine is given.
        segment: Index of its segment over the whole script; None for what we add.
    """

    chapter: int
    boundary: Boundary | None
    role: Role
    speaker: str | None
    voice: Voice
    text: str
    spoken: str
    segment: int | None


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a word is heard.

    Attributes:
        position: Offset of its first character in the text given to the engine.
        word: The word itself.
        start_ms: From the start of the speech.
        end_ms: Half-open.
    """

    position: int
    word: str
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class Speech:
    """Sound of one text in one voice.

    Attributes:
        pcm: Signed 16-bit little-endian mono.
        rate_hz: Sample rate.
        marks: Word times where the engine tells them, in order.
    """

    pcm: bytes
    rate_hz: int
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Take:
    """A spoken utterance without its sound, which is looked up by ``key``.

    Attributes:
        utterance: What was said.
        key: Digest of all that shapes the sound.
        rate_hz: Sample rate.
        first: First audible sample.
        last: End of the audible samples, half-open.
        steps: Mean square of every 100 ms of the audible part, 32-bit floats.
        instead_of: The voice that failed, where another engine stepped in.
        clipped: Share of samples at full scale.
    """

    utterance: Utterance
    key: str
    rate_hz: int
    first: int
    last: int
    steps: bytes
    instead_of: Voice | None = None
    clipped: float = 0.0


Progress = Callable[[str, int, int, Utterance | None], None]
"""Called with stage, number done, number in all, and the utterance."""


class Sounds(Protocol):
    """What gives a take its sound."""

    def speech(self, take: Take) -> Speech:
        """Return the speech of a take, remembered or spoken again."""
