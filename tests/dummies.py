"""Small engines for tests: they keep the contract and make plain tones."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence

import numpy as np

from narrate.model import Gender, Mark, Speech, Voice
from narrate.model.errors import NarrateError, SynthesisError
from narrate.voices.engines import PiecewiseEngine, SimpleEngine
from narrate.voices.engines.sounds import joined, shifted

PITCHES_HZ: dict[str, tuple[Gender, float]] = {"high": ("f", 230.0), "low": ("m", 100.0), "middle": ("f", 160.0)}
WORD_S, SIGN_S = 0.08, 0.04  # about as fast as a person speaks


class ToneEngine(SimpleEngine):
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
            length_s = WORD_S + len(word) * SIGN_S + hashlib.sha256(word.encode()).digest()[0] / 4000
            time = np.arange(round(length_s * self.rate_hz)) / self.rate_hz
            loudness = 0.1 + 0.1 * np.sin(np.pi * time / length_s)
            sound.append(loudness * np.sign(np.sin(2 * np.pi * PITCHES_HZ[voice.name][1] * time)))
            sound.append(np.zeros(self.rate_hz // 40))
            duration_ms = 1000 * (len(sound[-2]) + len(sound[-1])) / self.rate_hz
            marks.append(Mark(position, word, at, at + duration_ms))
            at += duration_ms
        pcm = np.rint(np.concatenate(sound) * 32767).astype("<i2").tobytes() if sound else b"\0\0"
        return Speech(pcm, self.rate_hz, tuple(marks))


class DistantEngine(PiecewiseEngine):
    """A service that takes three words at once and has one voice; the low one is made here.

    Args:
        parallel: Calls at once.

    Attributes:
        asked: Every piece that was asked for.
        failures: Raised by the next requests, one each, until none is left.
        most_at_once: Most requests that ran together.
    """

    name = "distant"
    network = True

    def __init__(self, parallel: int = 2) -> None:
        self.parallel = parallel
        self.asked: list[str] = []
        self.failures: list[NarrateError] = []
        self.most_at_once = 0
        self._now = 0
        self._tone = ToneEngine()
        self._counting = threading.Lock()

    def voices(self) -> Sequence[Voice]:
        """Return the voice and its lower twin."""
        return [
            Voice(self.name, "high", gender="f"),
            Voice(self.name, "high", pitch_semitones=-5.0, gender="m"),
        ]

    def version(self, voice: Voice) -> str:
        """Return a version."""
        return "distant 1"

    def pieces(self, text: str) -> list[str]:
        """Cut a text after every third word."""
        words = text.split()
        return [" ".join(words[at : at + 3]) for at in range(0, len(words), 3)]

    def plain(self, voice: Voice) -> Voice:
        """Return the only voice."""
        return Voice(self.name, "high")

    def ask(self, piece: str, voice: Voice) -> Speech:
        """Hum a piece, or fail as wished.

        Raises:
            NarrateError: The next of ``failures``.
        """
        with self._counting:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            self.asked.append(piece)
            failure = self.failures.pop(0) if self.failures else None
        try:
            if failure:
                raise failure
            return self._tone.synthesize(piece, voice)
        finally:
            with self._counting:
                self._now -= 1

    def finish(self, spoken: Sequence[Speech], voice: Voice) -> Speech:
        """Join the pieces and shift them."""
        return shifted(joined(spoken, 0), voice.pitch_semitones)


def _words(text: str) -> list[tuple[int, str]]:
    found, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        found.append((at, word))
        at += len(word)
    return found
