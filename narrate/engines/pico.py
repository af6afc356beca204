"""SVOX Pico, where Debian's ``libttspico-utils`` is installed: one voice, made several by its pitch."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar
from xml.sax.saxutils import escape

from narrate.engines.base import Offer, SimpleEngine
from narrate.engines.programs import ProgramFailed, plain_text, run, speech_in
from narrate.errors import EngineUnavailable, SynthesisError
from narrate.german import utterances
from narrate.model import Gender, Speech, Voice

NAME = "de-DE"
# Pico takes a text as one argument and fails from 33,457 bytes on; a sign is 5 bytes at most, as "&amp;".
LONGEST_PIECE = 5_000
# Longer words it leaves out without a word, and from 140 umlauts on it never ends.
LONGEST_WORD = 60
PITCH_RANGE, SPEED_RANGE = (50, 200), (20, 500)  # percent, as Pico takes them
FILES = ("share/pico/lang/de-DE*", "lib/*/libttspico.so.0", "lib/libttspico.so.0")


@dataclass(frozen=True, slots=True)
class Shift:
    """One of the voices that pitch makes of one.

    Attributes:
        semitones: From the voice's own pitch.
        gender: How it sounds.
        f0_hz: Median fundamental frequency, measured on a minute of German.
    """

    semitones: float
    gender: Gender
    f0_hz: float


# Its own voice is a woman's; neighbours are at least 3.8 semitones apart.
SHIFTS = (Shift(0.0, "f", 164.9), Shift(-8.5, "m", 100.6), Shift(5.0, "f", 219.2), Shift(-4.5, "m", 126.0))


class PicoEngine(SimpleEngine):
    """Pico's German voice in a process of its own for each text. It tells no word times.

    Args:
        program: ``pico2wave`` or a path to it.
        timeout_s: For one text of a process.
    """

    name = "pico"
    trained = False
    parallel = 2
    licence = "Apache-2.0, its German data without source"
    ranges: ClassVar[Mapping[str, tuple[float, float]]] = {"timeout_s": (0.1, 3600.0)}

    def __init__(self, program: str = "pico2wave", timeout_s: float = 60.0) -> None:
        self._program = program
        self._timeout_s = timeout_s

    def missing(self) -> str | None:
        """Tell whether Pico is installed."""
        if shutil.which(self._program):
            return None
        return "The engine 'pico' needs pico2wave; on Debian: apt install libttspico-utils (from non-free)."

    def voices(self) -> Sequence[Voice]:
        """Return the voice and its shifts, if Pico is installed."""
        return [] if self.missing() else [offer.voice for offer in self.offers()]

    def offers(self, ask: bool = False) -> Sequence[Offer]:
        """Return the voice and its shifts, installed or not."""
        here = self.missing() is None
        return [
            Offer(
                Voice(self.name, NAME, NAME, pitch_semitones=shift.semitones, gender=shift.gender),
                "clear",
                self.licence,
                network=False,
                installed=here,
                f0_hz=shift.f0_hz,
            )
            for shift in SHIFTS
        ]

    def version(self, voice: Voice) -> str:
        """Return a digest of the program, its library and its German data."""
        return _version(self._found(voice))

    def _found(self, voice: Voice) -> Path:
        found = shutil.which(self._program)
        if found is None:
            raise EngineUnavailable(str(self.missing()))
        if voice.name != NAME:
            raise EngineUnavailable(f"Pico has no voice '{voice.name}'; write pico:{NAME}, or lower pico:{NAME}@-8.5.")
        return Path(found)

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Speak one text.

        Args:
            text: Of any length; words of more than 60 signs are spoken in parts.
            voice: ``rate`` from 0.2 to 5; ``pitch_semitones`` from -12 to 12.

        Raises:
            EngineUnavailable: Pico or the voice does not exist.
            SynthesisError: Pico gave no whole sound.
        """
        program = self._found(voice)
        pieces = _pieces(text)
        if not pieces:
            raise SynthesisError(f"Pico has nothing to say for {text[:60]!r}; change the text.")
        try:
            spoken = [self._piece(program, piece, voice) for piece in pieces]
        except ProgramFailed as error:
            raise SynthesisError(f"Pico could not speak {text[:60]!r} ({error}); change the text.") from error
        return Speech(b"".join(piece.pcm for piece in spoken), spoken[0].rate_hz)

    def _piece(self, program: Path, text: str, voice: Voice) -> Speech:
        with tempfile.TemporaryDirectory(prefix="narrate-") as folder:
            wav = Path(folder) / "pico.wav"
            said = run([str(program), "-l", NAME, "-w", str(wav), _marked(text, voice)], timeout_s=self._timeout_s)
            if said.startswith("Cannot"):  # and yet it ends with 0 and leaves the beginning as a sound file
                raise ProgramFailed(said)
            return speech_in(wav)


def _marked(text: str, voice: Voice) -> str:
    pitch = min(max(round(100 * 2 ** (voice.pitch_semitones / 12)), PITCH_RANGE[0]), PITCH_RANGE[1])
    speed = min(max(round(100 * voice.rate), SPEED_RANGE[0]), SPEED_RANGE[1])
    return f'<pitch level="{pitch}"><speed level="{speed}">{escape(text)}</speed></pitch>'


def _pieces(text: str) -> list[str]:
    """Cut a text into what Pico can take at once; a piece without a letter or a number would be silent."""
    words = plain_text(text).split()
    parts = [word[at : at + LONGEST_WORD] for word in words for at in range(0, len(word), LONGEST_WORD)]
    pieces: list[str] = []
    for sentence in utterances(" ".join(parts), LONGEST_PIECE):
        if pieces and len(pieces[-1]) + 1 + len(sentence) <= LONGEST_PIECE:
            pieces[-1] += f" {sentence}"
        else:
            pieces.append(sentence)
    return [piece for piece in pieces if any(sign.isalnum() for sign in piece)]


@cache
def _version(program: Path) -> str:
    digest = hashlib.sha256()
    root = program.resolve().parents[1]
    for path in (program, *(path for pattern in FILES for path in sorted(root.glob(pattern)))):
        digest.update(path.read_bytes())
    return f"pico {digest.hexdigest()[:16]}"
