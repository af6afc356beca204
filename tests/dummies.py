"""Small engines for tests: they keep the contract and make plain tones."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from narrate.errors import SynthesisError
from narrate.model import Gender, Mark, Speech, Voice

PITCHES_HZ: dict[str, tuple[Gender, float]] = {"high": ("f", 230.0), "low": ("m", 100.0), "middle": ("f", 160.0)}
WORD_S = 0.11


class ToneEngine:
    """Hums each word of a text at the pitch of its voice, with a pause after it.

    Args:
        rate_hz: Sample rate of what it makes.

    Attributes:
        calls: How many texts it has spoken.
        fail_on: A text that holds this cannot be spoken.
    """

    name = "tone"
    trained = False

    def __init__(self, rate_hz: int = 22_050) -> None:
        self.parallel = 2
        self.rate_hz = rate_hz
        self.calls = 0
        self.fail_on: str | None = None

    def prepare(self) -> None:
        """Load nothing."""

    def voices(self) -> Sequence[Voice]:
        """Return three voices."""
        return [Voice(self.name, name, gender=gender) for name, (gender, _) in PITCHES_HZ.items()]

    def version(self, voice: Voice) -> str:
        """Return the sample rate, which shapes the sound."""
        return f"tone {self.rate_hz} {voice.name}"

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Hum a text.

        Raises:
            SynthesisError: The text holds ``fail_on``.
        """
        if self.fail_on and self.fail_on in text:
            raise SynthesisError(f"tone ({voice.name}) cannot speak {text!r}")
        self.calls += 1
        sound: list[np.ndarray[tuple[int], np.dtype[np.float64]]] = []
        marks: list[Mark] = []
        at = 0.0
        for position, word in _words(text):
            length_s = WORD_S + hashlib.sha256(word.encode()).digest()[0] / 2000
            time = np.arange(round(length_s * self.rate_hz)) / self.rate_hz
            loudness = 0.1 + 0.1 * np.sin(np.pi * time / length_s)
            sound.append(loudness * np.sign(np.sin(2 * np.pi * PITCHES_HZ[voice.name][1] * time)))
            sound.append(np.zeros(self.rate_hz // 40))
            duration_ms = 1000 * (len(sound[-2]) + len(sound[-1])) / self.rate_hz
            marks.append(Mark(position, word, at, at + duration_ms))
            at += duration_ms
        pcm = np.rint(np.concatenate(sound) * 32767).astype("<i2").tobytes() if sound else b"\0\0"
        return Speech(pcm, self.rate_hz, tuple(marks))

    def pronounce(self, ipa: str) -> str | None:
        """Have no phonemes."""
        return None

    def close(self) -> None:
        """Hold nothing open."""


def _words(text: str) -> list[tuple[int, str]]:
    found, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        found.append((at, word))
        at += len(word)
    return found
