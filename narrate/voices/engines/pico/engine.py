"""The embedded engine: SVOX Pico with its German voice, from the wheel py-nanotts or Debian's ``libttspico0``.

Equal text and voice give equal samples, always: every text is spoken from the same memory (see ``pico_worker``).
"""

from __future__ import annotations

import contextlib
import hashlib
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import ClassVar

from narrate.model import Speech, Voice
from narrate.model.errors import EngineUnavailable, SynthesisError
from narrate.system.cpu import usable_cores
from narrate.voices.engines.base import Offer, SimpleEngine
from narrate.voices.engines.pico import worker as pico_worker
from narrate.voices.engines.pico.text import Said, WordTime, marked, pieces, said_words, word_marks
from narrate.voices.engines.pico.voices import BY_NAME, CAST, NAME, SPEED, VARIANTS, Variant
from narrate.voices.engines.worker_process import WorkerPool, WorkerProcess

FORMAT = 1  # raise it where the same words come to be said in another way
PITCH_PERCENT, SPEED_PERCENT = (50, 200), (20, 500)  # as Pico takes them
PACKAGE_LIBRARIES = ("_nanotts.abi3.so", "_nanotts.pyd")
DEBIAN_LIBRARIES = ("/usr/lib/*/libttspico.so.0", "/usr/lib/libttspico.so.0", "/usr/local/lib/libttspico.so.0")
DEBIAN_LANGUAGES = (Path("/usr/share/pico/lang"), Path("/usr/local/share/pico/lang"))
MARKED = sys.platform != "win32"  # where a library shows its inner functions
Piece = Sequence[tuple[int, Said]]
Answer = tuple[bytes, list[tuple[int, int]]]
MISSING = (
    "The engine 'pico' needs the package py-nanotts, which has wheels for Linux and Windows; elsewhere: "
    "pip install 'narrate-de[pico]' with a C compiler, or on Debian: apt install libttspico-utils"
)


class PicoEngine(SimpleEngine):
    """Pico in worker processes, as many as there are cores.

    Args:
        library: Path of libttspico, or of the extension module of py-nanotts; the installed one by default.
        data: Path of the folder with ``de-DE_ta.bin``; the one beside the library by default.
        timeout_s: The longest that a text may take to be spoken.
    """

    name = "pico"
    trained = False
    licence = "Apache-2.0, its German data without source"
    ranges: ClassVar = {"timeout_s": (0.1, 3600.0)}

    def __init__(self, library: str | None = None, data: str | None = None, timeout_s: float = 60.0) -> None:
        self.parallel = usable_cores()
        self._timeout_s = timeout_s
        self._cure = "reinstall py-nanotts" if library is None else "fix [engines.pico]"
        try:
            beside = Path(data or Path(library or "").parent / "lang").resolve()
            self._found = _installed() if library is None else (Path(library).resolve(), beside)
            self._lacking = self._lacks()
        except (OSError, RuntimeError, ValueError) as error:
            raise EngineUnavailable("[engines.pico]: library or data is not a valid path; fix it.") from error
        self._workers = WorkerPool(self._worker, lambda _: MARKED)

    def prepare(self) -> None:
        """Start the worker processes, so that they load while the caller does other things."""
        if self.missing() is None:
            self._workers.prepare(self.parallel)

    def missing(self) -> str | None:
        """Tell whether Pico's library and its German data are there."""
        return self._lacking

    def _lacks(self) -> str | None:
        if self._found is None:
            return f"{MISSING}."
        library, data = self._found
        lacking = [path.name for path in (library, *_data_files(data)) if not path.is_file()]
        return f"Pico lacks {lacking[0]}; {self._cure}." if lacking else None

    def voices(self) -> Sequence[Voice]:
        """Return the voices made of Pico's own that can be told apart, if it is installed."""
        return [] if self.missing() else [self._voice(variant) for variant in CAST]

    def offers(self, ask: bool = False) -> Sequence[Offer]:
        """Return these voices and Pico's own, installed or not."""
        here = self.missing() is None
        return [
            Offer(self._voice(variant), "clear", self.licence, network=False, installed=here, f0_hz=variant.f0_hz)
            for variant in VARIANTS
        ]

    def _voice(self, variant: Variant) -> Voice:
        return Voice(self.name, variant.name, NAME, gender=variant.gender)

    def version(self, voice: Voice) -> str:
        """Return a digest of the library, its German data and what makes this voice of it."""
        library, data = self._there()
        variant = self._variant(voice)
        try:
            digest = _digest(library, data)
        except OSError as error:
            raise EngineUnavailable(f"Pico cannot be read ({error.strerror}); {self._cure}.") from error
        return f"pico {FORMAT} {digest} {variant.pitch:g} {variant.resonance:g} {SPEED:g}"

    def _there(self) -> tuple[Path, Path]:
        missing = self.missing()
        if self._found is None or missing:
            raise EngineUnavailable(str(missing))
        return self._found

    def _variant(self, voice: Voice) -> Variant:
        if voice.name not in BY_NAME:
            raise EngineUnavailable(f"Pico has no voice '{voice.name}'; see 'narrate voices'.")
        return BY_NAME[voice.name]

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Speak one text. Safe to call from several threads.

        Args:
            text: Of any length; words of more than 60 characters are spoken in parts. What stands in ``[[ ]]`` is
                read as X-SAMPA if it is some.
            voice: ``rate`` from 0.2 to 3.5; ``pitch_semitones`` as far as one octave from Pico's own.

        Raises:
            EngineUnavailable: Pico or the voice does not exist.
            SynthesisError: Pico gave no whole sound.
        """
        self._there()
        variant = self._variant(voice)
        words = said_words(text)
        if not words:
            raise SynthesisError(f"Pico can pronounce nothing in {text[:60]!r}; change the text.")
        pitch = 100 * variant.pitch * 2 ** (voice.pitch_semitones / 12) / variant.resonance
        speed = 100 * SPEED * voice.rate / variant.resonance
        levels = _whole(pitch, PITCH_PERCENT), _whole(speed, SPEED_PERCENT)
        pcm = bytearray()
        times: list[WordTime] = []
        for piece in pieces(words):
            for spoken, events in self._spoken(piece, levels, text):
                before = len(pcm) // 2
                pcm += with_resonance(spoken, variant.resonance)
                events = [(number, before + round(sample / variant.resonance)) for number, sample in events]
                times += _word_times(events, len(pcm) // 2)
        if not any(pcm):
            raise SynthesisError(f"Pico produced no audio for {text[:60]!r}; change the text.")
        return Speech(bytes(pcm), pico_worker.RATE_HZ, word_marks(text, words, times))

    def _spoken(self, piece: Piece, levels: tuple[int, int], text: str) -> Iterator[Answer]:
        """Have some words spoken; what Pico fails over is parted until one word is left out."""
        answer = self._asked(marked(piece, *levels), text)
        if answer[0]:
            yield answer
        elif len(piece) > 1:
            half = len(piece) // 2
            yield from self._spoken(piece[:half], levels, text)
            yield from self._spoken(piece[half:], levels, text)

    def _asked(self, tagged: str, text: str) -> Answer:
        """Return the samples of tagged words, none where Pico failed, and pairs of a word's number and a sample."""
        try:
            with self._workers.worker() as worker:
                with contextlib.suppress(BrokenPipeError):  # it may have said why before it ended
                    worker.send(tagged.encode("utf-8", "replace"))
                pcm, marks = worker.answer()
        except EOFError as error:
            reason = f"Pico failed on {text[:60]!r}, or took longer than {self._timeout_s:g} s"
            raise SynthesisError(f"{reason}; change the text, or raise engines.pico.timeout_s.") from error
        return pcm, list(zip(marks[::2], marks[1::2], strict=True))

    def _worker(self) -> WorkerProcess:
        library, data = self._there()
        arguments = [str(library), str(self._timeout_s), "serve" if MARKED else "once"]
        return WorkerProcess(pico_worker.__file__, arguments, data, self._cure)

    def pronounce(self, ipa: str) -> str | None:
        """Return Pico's ``[[X-SAMPA]]`` for IPA, or None where it lacks one of the sounds."""
        from narrate.voices.engines.pico.phonemes import pico_notation

        return pico_notation(ipa)

    def close(self) -> None:
        """End the worker processes."""
        self._workers.close()


def with_resonance(pcm: bytes, resonance: float) -> bytes:
    """Return samples as they sound when played so many times as fast, at the rate they had.

    Args:
        pcm: Signed 16-bit little-endian mono, silent at both ends.
        resonance: How high all resonances come to lie, times what they were; the length becomes its inverse.
    """
    if resonance == 1.0 or not pcm:
        return pcm
    import numpy as np

    samples = np.frombuffer(pcm, "<i2")
    wanted = round(len(samples) / resonance)
    # Cutting the spectrum or adding zeros to it changes the rate without a filter's ripple or delay.
    changed = np.fft.irfft(np.fft.rfft(samples), wanted) * (wanted / len(samples))
    return bytes(np.clip(np.rint(changed), -32768, 32767).astype("<i2").tobytes())


def _word_times(events: Sequence[tuple[int, int]], samples: int) -> list[WordTime]:
    """Return when each word is heard: until the next begins, or the sentence ends.

    Where Pico cuts a long sentence it tells the marks behind the cut twice; the second time they are right.
    """
    starts = {number: sample for number, sample in events if number != pico_worker.END_OF_SENTENCE}
    ends = [sample for number, sample in events if number == pico_worker.END_OF_SENTENCE]
    begun = list(accumulate((min(starts[number], samples) for number in sorted(starts)), max))
    ms = 1000 / pico_worker.RATE_HZ
    return [
        (number, start * ms, min([following, *(end for end in ends if start < end)]) * ms)
        for number, start, following in zip(sorted(starts), begun, [*begun, samples][1:], strict=True)
    ]


def _whole(percent: float, within: tuple[int, int]) -> int:
    return round(min(max(percent, within[0]), within[1]))


def _installed() -> tuple[Path, Path] | None:
    """Return library and language files of the wheel, else of Debian's packages, else None."""
    from importlib.util import find_spec

    spec = find_spec("py_nanotts")
    for folder in map(Path, spec.submodule_search_locations or () if spec else ()):
        for name in PACKAGE_LIBRARIES:
            if (folder / name).is_file():
                return (folder / name).resolve(), (folder / "lang").resolve()
    libraries = sorted(path for pattern in DEBIAN_LIBRARIES for path in Path("/").glob(pattern.lstrip("/")))
    data = next((folder for folder in DEBIAN_LANGUAGES if folder.is_dir()), None)
    return (libraries[0].resolve(), data) if libraries and data else None


def _data_files(data: Path) -> list[Path]:
    return [data / name for name in pico_worker.LANGUAGE_FILES]


@cache
def _digest(library: Path, data: Path) -> str:
    digest = hashlib.sha256()
    for path in (library, *_data_files(data)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
