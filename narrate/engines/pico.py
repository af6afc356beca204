"""SVOX Pico, where Debian's ``libttspico-utils`` is installed: one voice, made several by its pitch."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from narrate.engines.base import Offer, SimpleEngine
from narrate.engines.sounds import UnusableSound, decoded
from narrate.errors import EngineUnavailable, SynthesisError
from narrate.german import utterances
from narrate.model import Gender, Speech, Voice

LONGEST_PIECE = 8_000  # characters; Pico fails from 33,457 bytes on and leaves a broken file behind
TIMEOUT_S = 120
PITCH_RANGE = (50, 200)
DATA = Path("/usr/share/pico/lang")
# 164 Hz is its own pitch, a woman's; neighbours are at least 3 semitones apart.
SHIFTS: tuple[tuple[float, Gender], ...] = ((0.0, "f"), (-8.5, "m"), (5.0, "f"), (-4.5, "m"))


class PicoEngine(SimpleEngine):
    """Pico's German voice in a process of its own for each text.

    Args:
        program: ``pico2wave`` or a path to it.

    """

    name = "pico"
    trained = False
    parallel = 2
    licence = "Apache-2.0; voice data without source"

    def __init__(self, program: str = "pico2wave") -> None:
        self._program = program

    def missing(self) -> str | None:
        """Tell whether Pico is installed."""
        if shutil.which(self._program):
            return None
        return "The engine 'pico' needs pico2wave; on Debian: apt install libttspico-utils (from non-free)."

    def voices(self) -> Sequence[Voice]:
        """Return the voice and its shifts, if Pico is installed."""
        return [] if self.missing() else self._listed()

    def offers(self, ask: bool = False) -> Sequence[Offer]:
        """Return the voice and its shifts, installed or not."""
        here = self.missing() is None
        return [Offer(voice, "clear", self.licence, network=False, installed=here) for voice in self._listed()]

    def _listed(self) -> list[Voice]:
        return [Voice(self.name, "de-DE", "de-DE", pitch_semitones=shift, gender=gender) for shift, gender in SHIFTS]

    def version(self, voice: Voice) -> str:
        """Return a digest of the program and its German data."""
        return _version(self._found(), tuple(sorted(DATA.glob("de-DE*"))))

    def _found(self) -> Path:
        found = shutil.which(self._program)
        if found is None:
            raise EngineUnavailable(str(self.missing()))
        return Path(found)

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Speak one text.

        Raises:
            EngineUnavailable: The voice does not exist.
            SynthesisError: Pico gave no sound.
        """
        self._found()
        if voice.name != "de-DE":
            raise EngineUnavailable(f"Pico has no voice '{voice.name}'; write pico:de-DE, lower as pico:de-DE@-8.5.")
        pieces = [self._piece(piece, voice) for piece in utterances(text, LONGEST_PIECE)]
        if not pieces:
            raise SynthesisError("Pico was given nothing to say.")
        return Speech(b"".join(piece.pcm for piece in pieces), pieces[0].rate_hz)

    def _piece(self, text: str, voice: Voice) -> Speech:
        pitch = min(max(round(100 * 2 ** (voice.pitch_semitones / 12)), PITCH_RANGE[0]), PITCH_RANGE[1])
        speed = min(max(round(100 * voice.rate), 20), 500)
        plain = "".join(sign for sign in text if sign.isprintable())
        marked = f'<pitch level="{pitch}"><speed level="{speed}">{escape(plain)}</speed></pitch>'
        with tempfile.TemporaryDirectory(prefix="narrate-") as folder:
            wav = Path(folder) / "pico.wav"
            command = [self._program, "-l", "de-DE", "-w", str(wav), marked]
            try:
                done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)
                if done.returncode == 0:
                    return decoded(wav.read_bytes())
            except (OSError, subprocess.TimeoutExpired, UnusableSound, ValueError) as error:
                raise SynthesisError(f"Pico gave no sound for {text[:60]!r}; change the text.") from error
        raise SynthesisError(f"Pico failed ({done.returncode}) on {text[:60]!r}; change the text.")


@cache
def _version(program: Path, files: tuple[Path, ...]) -> str:
    digest = hashlib.sha256()
    for path in (program, *files):
        digest.update(path.read_bytes())
    return f"pico {digest.hexdigest()[:16]}"
