"""MBROLA's German voices, where Debian's ``espeak-ng``, ``mbrola`` and ``mbrola-de*`` are installed."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

from narrate.model import Gender, Speech, Voice
from narrate.model.errors import EngineUnavailable, SynthesisError
from narrate.voices.engines.base import Offer, SimpleEngine
from narrate.voices.engines.programs import ProgramFailed, plain_text, run, speech_in

FOLDERS = (Path("/usr/share/mbrola"), Path("/usr/local/share/mbrola"))
PROGRAMS = ("espeak-ng", "mbrola")
LICENCE = "non-free: with the MBROLA program only, not to be sold"
WORDS_PER_MINUTE, RATE_RANGE_WPM = 160, (80, 450)
DIGESTED_BYTES = 1 << 20
SEMITONES_PER_STEP = 0.17  # of espeak-ng's pitch parameter, measured; 50 is the voice's own


@dataclass(frozen=True, slots=True)
class Diphones:
    """A recorded voice.

    Attributes:
        name: MBROLA's.
        gender: How it sounds.
        f0_hz: Median fundamental frequency, measured on a minute of German.
        pitch_semitones: Shift in a cast: the pitch is espeak-ng's, the same for all voices of a gender.
        licence: What its owner asks, from the package's copyright file.
        tempo: What makes it as fast as the others.
    """

    name: str
    gender: Gender
    f0_hz: float
    pitch_semitones: float = 0.0
    licence: str = LICENCE
    tempo: float = 1.0


# The cleanest pair first, neighbours in pitch 3 semitones apart or more; de8 lacks diphones and is left out.
VOICES = (
    Diphones("de7", "f", 186.9),
    Diphones("de6", "m", 97.6),
    Diphones("de5", "f", 186.9, -3.2),
    Diphones("de4", "m", 97.6, 3.2, f"{LICENCE}; no military use, no pornography"),
    Diphones("de1", "f", 186.0, 3.4),
    Diphones("de2", "m", 97.3, -3.2),
    Diphones("de3", "f", 186.9, 6.6, tempo=0.8),
)


class MbrolaEngine(SimpleEngine):
    """espeak-ng says which phonemes, MBROLA joins recorded ones.

    It tells no word times: espeak-ng's list of phonemes does not part all words.

    Args:
        folder: Where ``de6/de6`` lies; the usual places by default.
        timeout_s: For one text, in each of the two programs.
    """

    name = "mbrola"
    trained = False
    parallel = 2
    licence = LICENCE
    ranges: ClassVar[Mapping[str, tuple[float, float]]] = {"timeout_s": (0.1, 3600.0)}

    def __init__(self, folder: str | None = None, timeout_s: float = 60.0) -> None:
        self._folders = (Path(folder),) if folder else FOLDERS
        self._timeout_s = timeout_s

    def missing(self) -> str | None:
        """Tell whether both programs and a voice are installed."""
        missing = next((program for program in PROGRAMS if shutil.which(program) is None), None)
        if missing is None and not any(self._data(listed.name) for listed in VOICES):
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
        """Return the voices whose data is installed, shifted so that they can be told apart."""
        if self.missing():
            return []
        return [
            Voice(self.name, one.name, "de-DE", pitch_semitones=one.pitch_semitones, gender=one.gender)
            for one in VOICES
            if self._data(one.name)
        ]

    def offers(self, ask: bool = False) -> Sequence[Offer]:
        """Return all German voices as they are without a shift, installed or not."""
        here = self.missing() is None
        return [
            Offer(
                Voice(self.name, one.name, "de-DE", gender=one.gender),
                "clear",
                one.licence,
                network=False,
                installed=here and self._data(one.name) is not None,
                f0_hz=one.f0_hz,
            )
            for one in VOICES
        ]

    def version(self, voice: Voice) -> str:
        """Return a digest of MBROLA, the voice, and what of espeak-ng shapes the sound."""
        data = self._installed(voice)
        try:
            return _version(shutil.which("espeak-ng") or "", shutil.which("mbrola") or "", data)
        except (ProgramFailed, OSError) as error:
            raise EngineUnavailable(f"espeak-ng did not report its version ({error}); reinstall it.") from error

    def _installed(self, voice: Voice) -> Path:
        if voice.name not in {listed.name for listed in VOICES}:
            raise EngineUnavailable(
                f"MBROLA has no German voice '{voice.name}' that can be used; see 'narrate voices'."
            )
        missing = self.missing()
        if missing:
            raise EngineUnavailable(missing)
        path = self._data(voice.name)
        if path is None:
            raise EngineUnavailable(f"MBROLA's voice '{voice.name}' is not installed; apt install mbrola-{voice.name}.")
        return path

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Speak one text.

        Args:
            text: Of any length.
            voice: ``rate`` from 0.5 to 2.8; ``pitch_semitones`` from -8 to 8.

        Raises:
            EngineUnavailable: The voice is not installed.
            SynthesisError: There was no whole sound.
        """
        data = self._installed(voice)
        try:
            with tempfile.TemporaryDirectory(prefix="narrate-") as folder:
                phonemes, wav = Path(folder) / "said.pho", Path(folder) / "said.wav"
                say = ["espeak-ng", "-v", f"mb-{voice.name}", "-q", "--pho", f"--phonout={phonemes}", "--stdin"]
                run([*say, *_settings(voice)], plain_text(text), self._timeout_s)
                run(["mbrola", "-e", str(data), str(phonemes), str(wav)], timeout_s=self._timeout_s)
                return speech_in(wav)
        except ProgramFailed as error:
            raise SynthesisError(f"MBROLA could not speak {text[:60]!r} ({error}); change the text.") from error


def _settings(voice: Voice) -> list[str]:
    """Return espeak-ng's arguments for a voice's rate and pitch."""
    tempo = next(listed.tempo for listed in VOICES if listed.name == voice.name)
    speed = round(WORDS_PER_MINUTE * voice.rate * tempo)
    pitch = 50 + round(voice.pitch_semitones / SEMITONES_PER_STEP)
    return ["-s", str(min(max(speed, RATE_RANGE_WPM[0]), RATE_RANGE_WPM[1])), "-p", str(min(max(pitch, 0), 99))]


@cache
def _version(espeak: str, mbrola: str, data: Path) -> str:
    said = run([espeak, "--version"])
    digest = hashlib.sha256(said.encode())
    found = re.search(r"Data at: (.+)$", said)
    folder = Path(found[1]) if found else None
    shaping = (
        [folder / name for name in ("phondata", "phontab", "de_dict", f"voices/mb/mb-{data.name}")] if folder else []
    )
    names = sorted((folder / "mbrola_ph").glob("de*")) if folder else []
    for path in (Path(mbrola), data, *shaping, *names):
        if path.is_file():
            with path.open("rb") as opened:  # a voice has 10 to 57 MB; its length and beginning tell it apart
                digest.update(opened.read(DIGESTED_BYTES) + str(path.stat().st_size).encode())
    return f"mbrola {digest.hexdigest()[:16]}"
