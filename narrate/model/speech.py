"""Voices, what they are given to say, and how it sounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from narrate.model.script import Gender, Role

Boundary = Literal["sentence", "paragraph", "voice", "chapter"]
LONGEST_LABEL = 300  # characters of an engine, name or language
RATES_HZ = (4_000, 384_000)
_NUMBER = (int, float)  # a tuple: a union would be built again for every mark


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

    Raises:
        ValueError: A value is not one a voice can have.
    """

    engine: str
    name: str
    language: str = "de"
    rate: float = 1.0
    pitch_semitones: float = 0.0
    gender: Gender | None = None

    def __post_init__(self) -> None:
        for label in (self.engine, self.name, self.language):
            if not isinstance(label, str) or not label.isprintable() or len(label) > LONGEST_LABEL:
                raise ValueError(f"engine, name and language must be printable, at most {LONGEST_LABEL} characters")
        if not self.name or not self.language:
            raise ValueError("a voice needs a name and a language")
        if not (_is_number(self.rate) and self.rate > 0 and _is_number(self.pitch_semitones)):
            raise ValueError("rate and pitch_semitones must be finite numbers, rate above 0")
        if self.gender not in (None, "f", "m"):
            raise ValueError("gender must be 'f', 'm' or None")


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
    """Audio of one text in one voice.

    Attributes:
        pcm: Signed 16-bit little-endian mono, never empty.
        rate_hz: Sample rate, from 4 to 384 kHz.
        marks: Word times where the engine reports them, in order.

    Raises:
        ValueError: A value is not one that speech can have.
    """

    pcm: bytes
    rate_hz: int
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.pcm, bytes) or not self.pcm or len(self.pcm) % 2:
            raise ValueError("pcm must be bytes of 16-bit samples, and not empty")
        if type(self.rate_hz) is not int or not RATES_HZ[0] <= self.rate_hz <= RATES_HZ[1]:
            raise ValueError(f"rate_hz must be a whole number from {RATES_HZ[0]} to {RATES_HZ[1]}")
        if not isinstance(self.marks, Sequence) or not all(map(_is_valid_mark, self.marks)):
            raise ValueError("marks must be Marks with position >= 0 and 0 <= start_ms <= end_ms")


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


def _is_number(value: object) -> bool:
    return isinstance(value, _NUMBER) and not isinstance(value, bool) and math.isfinite(value)


def _is_valid_mark(mark: object) -> bool:
    return (
        isinstance(mark, Mark)
        and isinstance(mark.position, int)
        and isinstance(mark.word, str)
        and isinstance(mark.start_ms, _NUMBER)
        and isinstance(mark.end_ms, _NUMBER)
        and mark.position >= 0
        and 0 <= mark.start_ms <= mark.end_ms < math.inf
    )
