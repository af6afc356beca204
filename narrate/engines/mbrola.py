"""MBROLA's German voices, where Debian's ``espeak-ng``, ``mbrola`` and ``mbrola-de*`` are installed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from narrate.engines.base import Offer, SimpleEngine
from narrate.engines.sounds import UnusableSound, decoded
from narrate.errors import EngineUnavailable, SynthesisError
from narrate.model import Gender, Speech, Voice

FOLDERS = (Path("/usr/share/mbrola"), Path("/usr/local/share/mbrola"))
# The cleanest pair first; de8 lacks diphones and is left out.
NAMES: tuple[tuple[str, Gender], ...] = (
    ("de7", "f"), ("de6", "m"), ("de5", "f"), ("de4", "m"), ("de1", "f"), ("de2", "m"), ("de3", "f"),
)  # fmt: skip
PROGRAMS = ("espeak-ng", "mbrola")
TIMEOUT_S = 120
WORDS_PER_MINUTE = 160


class MbrolaEngine(SimpleEngine):
    """espeak-ng says which phonemes, MBROLA joins recorded ones.

    Args:
        folder: Where ``de6/de6`` lies; the usual places by default.

    """

    name = "mbrola"
    trained = False
    parallel = 2
    licence = "non-free, with the MBROLA program only"

    def __init__(self, folder: str | None = None) -> None:
        self._folders = (Path(folder),) if folder else FOLDERS

    def missing(self) -> str | None:
        """Tell whether both programs and a voice are installed."""
        missing = next((program for program in PROGRAMS if shutil.which(program) is None), None)
        if missing is None and not any(self._data(name) for name, _ in NAMES):
            missing = "a German voice"
        if missing is None:
            return None
        return (
            f"The engine 'mbrola' needs {missing}; on Debian: apt install espeak-ng mbrola mbrola-de6 mbrola-de7 "
            "(from contrib and non-free)."
        )

    def _data(self, name: str) -> Path | None:
        found = (folder / name / name for folder in self._folders)
        return next((path for path in found if path.is_file()), None)

    def voices(self) -> Sequence[Voice]:
        """Return the voices whose data is installed."""
        return [offer.voice for offer in self.offers() if offer.installed]

    def offers(self, ask: bool = False) -> Sequence[Offer]:
        """Return all German voices, installed or not."""
        here = self.missing() is None
        return [
            Offer(
                Voice(self.name, name, "de-DE", gender=gender),
                "clear",
                self.licence,
                False,
                here and bool(self._data(name)),
            )
            for name, gender in NAMES
        ]

    def version(self, voice: Voice) -> str:
        """Return a digest of the two programs and the voice's data."""
        data = self._installed(voice)
        return _version((*(Path(str(shutil.which(program))).resolve() for program in PROGRAMS), data))

    def _installed(self, voice: Voice) -> Path:
        if self.missing():
            raise EngineUnavailable(str(self.missing()))
        path = self._data(voice.name) if voice.name in dict(NAMES) else None
        if path is None:
            raise EngineUnavailable(f"MBROLA's voice '{voice.name}' is not installed; apt install mbrola-{voice.name}.")
        return path

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Speak one text.

        Raises:
            EngineUnavailable: The voice is not installed.
            SynthesisError: There was no sound.
        """
        data = self._installed(voice)
        plain = "".join(sign if sign.isprintable() else " " for sign in text)
        with tempfile.TemporaryDirectory(prefix="narrate-") as folder:
            phonemes, wav = Path(folder) / "said.pho", Path(folder) / "said.wav"
            pitch = min(max(50 + round(voice.pitch_semitones / 0.167), 0), 99)
            speed = str(round(WORDS_PER_MINUTE * voice.rate))
            say = ["espeak-ng", "-v", f"mb-{voice.name}", "-q", "--pho", "-s", speed, "-p", str(pitch)]
            try:
                _run([*say, f"--phonout={phonemes}", "--stdin"], plain)
                _run(["mbrola", "-e", str(data), str(phonemes), str(wav)])
                return decoded(wav.read_bytes())
            except (OSError, subprocess.SubprocessError, UnusableSound) as error:
                raise SynthesisError(f"MBROLA gave no sound for {text[:60]!r}; change the text.") from error


def _run(command: Sequence[str], given: str = "") -> None:
    subprocess.run(command, input=given.encode(), capture_output=True, timeout=TIMEOUT_S, check=True)


@cache
def _version(files: tuple[Path, ...]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return f"mbrola {digest.hexdigest()[:16]}"
