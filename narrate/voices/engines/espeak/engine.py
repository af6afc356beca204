"""The embedded engine: espeak-ng from the espeakng-loader wheel, offline, nothing to install.

Equal text and voice give equal samples, always: every text is spoken by a fresh child
of a process that never spoke (see ``espeak_worker``).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from narrate.model import Speech, Voice
from narrate.model.errors import EngineUnavailable, SynthesisError
from narrate.system.cpu import usable_cores
from narrate.voices.engines.base import Offer, SimpleEngine
from narrate.voices.engines.espeak import worker as espeak_worker
from narrate.voices.engines.espeak.text import fit, word_marks
from narrate.voices.engines.espeak.variants import TIMBRES as TIMBRES
from narrate.voices.engines.espeak.variants import VARIANTS
from narrate.voices.engines.worker_process import FORKS, WorkerPool, WorkerProcess

DEFAULT_RATE_WPM = 166  # five syllables a second, as fast as news is read (Bose 2011)
RATE_RANGE_WPM = (80, 450)
DEFAULT_PITCH, DEFAULT_VARIANT = 50, "de"
# A worker keeps a process for each voice, rate and pitch, numbered in a byte; after so many another takes over.
MOST_HOLDERS = 64

SHAPING_DATA = ("phondata", "phonindex", "phontab", "intonations", "de_dict", "lang/gmw/de")


class EspeakEngine(SimpleEngine):
    """espeak-ng in worker processes, as many as there are cores.

    Args:
        library: Path of libespeak-ng; the wheel's by default.
        data: Path of the folder ``espeak-ng-data``; the wheel's by default.
    """

    name = "espeak"
    trained = False
    network = False
    licence = "GPL-3.0-or-later"

    def __init__(self, library: str | Path | None = None, data: str | Path | None = None) -> None:
        import espeakng_loader

        self.parallel = usable_cores()
        try:
            self._library = Path(library or espeakng_loader.get_library_path()).resolve()
            self._data = Path(data or espeakng_loader.get_data_path()).resolve()
            _ = self._library.exists(), self._data.exists()  # refuses what no path can be
        except (OSError, RuntimeError, ValueError) as error:
            raise EngineUnavailable("[engines.espeak]: library or data is not a valid path; fix it.") from error
        self._cure = "fix [engines.espeak]" if library or data else "reinstall espeakng-loader"
        self._workers = WorkerPool(
            lambda: _Worker(self._library, self._data, self._cure), lambda worker: worker.reusable
        )

    def prepare(self) -> None:
        """Start the worker processes, so that they load while the caller does other things."""
        self._workers.prepare(self.parallel)

    def missing(self) -> str | None:
        """Tell whether the library lies where it should."""
        return None if self._library.is_file() else f"The embedded engine lacks its library; {self._cure}."

    def voices(self) -> Sequence[Voice]:
        """Return the variants fit for a cast; neighbours in pitch are 3 semitones apart or more."""
        return [
            Voice(self.name, timbre.name, pitch_semitones=timbre.pitch_semitones, gender=timbre.gender)
            for timbre in TIMBRES
        ]

    def offers(self, ask: bool = False) -> Sequence[Offer]:
        """Return every variant that can be used, as it is without a shift; why others cannot: ``espeak_variants``."""
        here = self.missing() is None
        return [
            Offer(
                Voice(self.name, variant.name, gender=variant.gender),
                "clear",
                self.licence,
                network=False,
                installed=here and self._has(variant.name),
                f0_hz=variant.f0_hz,
            )
            for variant in VARIANTS
        ]

    def version(self, voice: Voice) -> str:
        """Return the wheel's version and a digest of the library, the data and the steps that shape the sound."""
        variant = voice.name.partition("+")[2]
        names = (*SHAPING_DATA, f"voices/!v/{variant}") if variant else SHAPING_DATA
        step = semitones_per_step(voice.name)
        try:
            return _version(self._library, tuple(self._data / name for name in names), step)
        except OSError as error:
            lacking = Path(str(error.filename)).name
            raise EngineUnavailable(
                f"espeak-ng has no voice data '{lacking}'; see 'narrate voices', or {self._cure}."
            ) from error

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Speak one text. Safe to call from several threads.

        Args:
            text: Plain text; what stands in ``[[ ]]`` is read as mnemonics.
            voice: ``rate`` from 0.46 to 2.57; ``pitch_semitones`` from about -7 to 8.

        Raises:
            EngineUnavailable: libespeak-ng cannot be loaded, or does not know the voice.
            SynthesisError: It gave no sound for this text.
        """
        self._check(voice)
        fitted = fit(text)
        try:
            with self._workers.worker() as worker:
                pcm, events = worker.speak(fitted.text, voice)
        except EOFError as error:
            raise SynthesisError(
                f"espeak-ng ({voice.name}) crashed while speaking {text[:60]!r}; change the text."
            ) from error
        if not pcm:
            raise SynthesisError(f"espeak-ng ({voice.name}) produced no audio for {text[:60]!r}; change the text.")
        marks = word_marks(text, fitted.in_original(events), len(pcm) // 2, worker.rate_hz)
        return Speech(pcm, worker.rate_hz, marks)

    def pronounce(self, ipa: str) -> str | None:
        """Return espeak's ``[[mnemonics]]`` for IPA, or None where it lacks one of the sounds."""
        from narrate.voices.engines.espeak.phonemes import espeak_notation

        return espeak_notation(ipa)

    def _check(self, voice: Voice) -> None:
        """Refuse a variant that does not exist: espeak-ng would speak with the plain voice instead."""
        if not self._has(voice.name):
            raise EngineUnavailable(f"espeak-ng has no voice '{voice.name}'; see 'narrate voices'.")

    def _has(self, name: str) -> bool:
        variant = name.partition("+")[2]
        return "+" not in name or (variant.isalnum() and (self._data / "voices" / "!v" / variant).is_file())

    def close(self) -> None:
        """End the worker processes."""
        self._workers.close()


class _Worker(WorkerProcess):
    """One process of ``espeak_worker`` and the voices it holds."""

    def __init__(self, library: Path, data: Path, cure: str) -> None:
        manner = "serve" if FORKS else "once"
        super().__init__(espeak_worker.__file__, [str(library), data.name, manner], data.parent, cure)
        self._holders: dict[bytes, int] = {}

    @property
    def reusable(self) -> bool:
        """Whether it can speak another text, in any voice."""
        return FORKS and len(self._holders) < MOST_HOLDERS

    def speak(self, text: str, voice: Voice) -> tuple[bytes, tuple[int, ...]]:
        """Have one text spoken; return samples and flat pairs of position and sample.

        Raises:
            EOFError: The process ended.
            EngineUnavailable: It says that it cannot.
        """
        wanted = json.dumps(
            {
                "voice": voice.name,
                "rate_wpm": min(max(round(DEFAULT_RATE_WPM * voice.rate), RATE_RANGE_WPM[0]), RATE_RANGE_WPM[1]),
                "pitch": pitch_parameter(voice),
            }
        ).encode()
        # Where the pipe is broken, it may have said why before it ended.
        with contextlib.suppress(BrokenPipeError):
            if wanted not in self._holders:
                self.send(wanted, bytes((espeak_worker.NEW_HOLDER,)))
                self._holders[wanted] = len(self._holders)
            self.send(text.encode("utf-8", "replace"), bytes((self._holders[wanted],)))
        return self.answer()


@cache
def _version(library: Path, files: tuple[Path, ...], step: float) -> str:
    digest = hashlib.sha256(f"{step} {DEFAULT_RATE_WPM}".encode())  # what a shift and the own speed sound like
    for path in (library, *files):
        digest.update(path.read_bytes())
    return f"espeakng-loader {_wheel_version()} {digest.hexdigest()[:16]}"


def _wheel_version() -> str:
    """Return the wheel's version from the name of its metadata folder: importlib.metadata takes 20 ms to load."""
    import espeakng_loader

    packages = Path(espeakng_loader.__file__).parent.parent
    return next((path.stem.split("-")[1] for path in packages.glob("espeakng_loader-*.dist-info")), "unknown")


def pitch_parameter(voice: Voice) -> int:
    """Return espeak's pitch parameter (0 to 99, 50 is the voice's own) for a voice's shift in semitones."""
    return min(max(DEFAULT_PITCH + round(voice.pitch_semitones / semitones_per_step(voice.name)), 0), 99)


def semitones_per_step(name: str) -> float:
    """Return what one step of espeak's pitch parameter shifts a voice by."""
    return next((variant.semitones_per_step for variant in VARIANTS if variant.name == name), 0.167)
