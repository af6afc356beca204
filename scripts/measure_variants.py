"""Measure every German variant of espeak-ng and write the table that is shipped.

Run it as ``python -m scripts.measure_variants``, in two minutes, after an update of espeakng-loader.
Each variant is spoken through the engine itself, in two rounds of fresh processes: the second with
``MALLOC_PERTURB_`` set, and more than a second after the first, because espeak-ng's random numbers begin with
the time of day. What is not usable keeps the reason in the table.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import os
import sys
import warnings
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

import espeakng_loader
import numpy as np

from narrate.audio.loudness import to_samples
from narrate.model import Gender, Speech, Voice
from narrate.model.errors import NarrateError
from narrate.voices.engines.espeak import variants
from narrate.voices.engines.espeak.engine import DEFAULT_VARIANT, TIMBRES, EspeakEngine, semitones_per_step
from tests.measure import median_f0_hz

ARTICLE = Path(__file__).resolve().parent.parent / "audio" / "beispiel.txt"
PARAGRAPHS = 5  # a minute of speech
STEPS = 18  # of espeak's pitch parameter, up and down
MALE_TO_HZ, FEMALE_FROM_HZ, CHILD_FROM_HZ = 135, 160, 300
FAINT_DB = 6.5  # below the plain voice
CLIPPED_SHARE = 0.001
TEMPO_OFF = 0.08  # of the plain voice's
PITCH_OFF = 1.0  # semitones at a shift of three
LEAST_MOVED = 1.2  # semitones over STEPS, in either direction
RATE, RATE_OFF = 1.5, 0.08
MARK = "# Measured:"


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of a variant.

    Attributes:
        f0_hz: Median fundamental frequency.
        step: Semitones of one step of espeak's pitch parameter.
        trouble: Why it is not usable, or None.
        digest: Of the samples.
    """

    f0_hz: float
    step: float
    trouble: str | None
    digest: str


class Measuring:
    """One text, spoken in many ways and compared with the plain voice."""

    def __init__(self, engine: EspeakEngine, text: str) -> None:
        self._engine = engine
        self._text = text
        self._plain = self._say(Voice("espeak", DEFAULT_VARIANT))

    def digest(self, name: str) -> str:
        """Return a digest of the samples in a voice, or an empty one where it does not speak."""
        try:
            return _digest(self._say(Voice("espeak", name)))
        except NarrateError:
            return ""

    def figures(self, name: str) -> Figures:
        """Measure one voice."""
        voice = Voice("espeak", name)
        try:
            speech = self._say(voice)
        except NarrateError:
            return Figures(0, 0, "espeak-ng ends while it speaks", "")
        f0_hz = _f0_hz(speech)
        step, moved = self._step(voice, f0_hz)
        trouble = self._sound_trouble(speech) or self._pitch_trouble(voice, f0_hz, step, moved)
        return Figures(f0_hz, step, trouble or self._rate_trouble(voice, speech), _digest(speech))

    def _say(self, voice: Voice) -> Speech:
        return self._engine.synthesize(self._text, voice)

    def _moved(self, voice: Voice, f0_hz: float, steps: float) -> float:
        """Return by how many semitones so many steps of espeak's parameter move a voice."""
        shift = steps * semitones_per_step(voice.name)
        return 12 * math.log2(_f0_hz(self._say(replace(voice, pitch_semitones=shift))) / f0_hz)

    def _step(self, voice: Voice, f0_hz: float) -> tuple[float, float]:
        """Return semitones a step, and the lesser way it moved up or down."""
        down, up = -self._moved(voice, f0_hz, -STEPS), self._moved(voice, f0_hz, STEPS)
        return (up + down) / 2 / STEPS, min(up, down)

    def _sound_trouble(self, speech: Speech) -> str | None:
        tempo = len(speech.pcm) / len(self._plain.pcm)
        if _level_db(speech) < _level_db(self._plain) - FAINT_DB:
            return f"faint: {_level_db(speech) - _level_db(self._plain):.0f} dB against the plain voice"
        clipped = float(np.mean(np.abs(to_samples(speech.pcm)) >= 32767 / 32768))
        if clipped > CLIPPED_SHARE:
            return f"distorted: {100 * clipped:.1f} % of the samples are clipped"
        if abs(tempo - 1) > TEMPO_OFF:
            return f"tempo: {tempo:.2f} times as long as the plain voice"
        return None

    def _pitch_trouble(self, voice: Voice, f0_hz: float, step: float, moved: float) -> str | None:
        if not moved >= LEAST_MOVED:
            return "no firm pitch: whispered, rough, or deaf to a shift"
        off = max(abs(self._moved(voice, f0_hz, wanted / step) - wanted) for wanted in (-3, 3))
        return f"pitch: a shift of 3 semitones is off by {off:.1f}" if off > PITCH_OFF else None

    def _rate_trouble(self, voice: Voice, speech: Speech) -> str | None:
        share = len(self._say(replace(voice, rate=RATE)).pcm) / len(speech.pcm)
        return f"rate: {RATE} makes it {share:.2f} as long" if abs(share - 1 / RATE) > RATE_OFF else None


def variant_names(data: Path) -> list[str]:
    """Return the voice names of all variants in a data folder, sorted; the plain voice first."""
    names = sorted((path.name for path in (data / "voices" / "!v").iterdir()), key=lambda name: (name.lower(), name))
    return [DEFAULT_VARIANT, *(f"{DEFAULT_VARIANT}+{name}" for name in names)]


def gender_of(f0_hz: float, described: str) -> Gender | None:
    """Return how a voice sounds: by its pitch, and by its own description where the pitch leaves it open.

    Args:
        f0_hz: Median fundamental frequency.
        described: The variant's file.
    """
    if f0_hz >= CHILD_FROM_HZ:
        return None
    if f0_hz >= FEMALE_FROM_HZ or f0_hz <= MALE_TO_HZ:
        return "f" if f0_hz >= FEMALE_FROM_HZ else "m"
    genders = [line.split()[1].lower() for line in described.splitlines() if line.startswith("gender ")]
    return None if not genders else "f" if genders[0] == "female" else "m"


def _f0_hz(speech: Speech) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no voiced frame: not a number
        return median_f0_hz(to_samples(speech.pcm), speech.rate_hz)


def _level_db(speech: Speech) -> float:
    return 10 * math.log10(float(np.mean(np.square(to_samples(speech.pcm), dtype=float))) + 1e-12)


def _digest(speech: Speech) -> str:
    return hashlib.sha256(speech.pcm).hexdigest()


def measured(names: list[str], text: str) -> dict[str, Figures]:
    """Return the figures of all voices; those that cannot be named or repeated have their trouble."""
    engine = EspeakEngine()
    first = Measuring(engine, text)
    found: dict[str, Figures] = {}
    for number, name in enumerate(names):
        print(f"\r{number + 1}/{len(names)}", end="", file=sys.stderr, flush=True)
        nameable = name.replace("+", "").isalnum()
        found[name] = first.figures(name) if nameable else Figures(0, 0, "its name cannot be written as a voice", "")
    engine.close()
    os.environ["MALLOC_PERTURB_"] = "85"
    engine = EspeakEngine()
    second = Measuring(engine, text)
    for name, figures in found.items():
        if figures.digest and second.digest(name) != figures.digest:
            found[name] = replace(figures, trouble="not reproducible: breath noise differs from run to run")
    engine.close()
    return found


def written(found: dict[str, Figures], data: Path) -> str:
    """Return the measured part of the table as Python."""
    kept = {timbre.name for timbre in TIMBRES}
    usable, unusable = [], []
    for name, figures in found.items():
        if figures.trouble:
            unusable.append(f'    "{name}": "{figures.trouble}",')
            continue
        # The voices of a cast keep their steps, so that episodes keep their sound.
        step = semitones_per_step(name) if name in kept else round(figures.step, 3)
        path = data / "voices" / "!v" / name.partition("+")[2]
        gender = gender_of(figures.f0_hz, path.read_text("utf-8", "replace") if path.is_file() else "")
        said = f'"{gender}"' if gender else "None"
        usable.append(f'    Variant("{name}", {said}, {figures.f0_hz:.1f}, {step:.3f}),')
    head = f"# espeakng-loader {metadata.version('espeakng-loader')}\nVARIANTS = ("
    return "\n".join([head, *usable, ")", "UNUSABLE = {", *unusable, "}"]) + "\n"


def main() -> None:
    """Measure, and write the table in its place."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--text", type=Path, default=ARTICLE, help="German text to measure with")
    text = " ".join(parser.parse_args().text.read_text("utf-8").splitlines()[:PARAGRAPHS])
    data = Path(espeakng_loader.get_data_path())
    table = Path(variants.__file__)
    head, mark, _ = table.read_text("utf-8").partition(MARK + "\n")
    table.write_text(head + mark + written(measured(variant_names(data), text), data), "utf-8")
    print(f"\nwrote {table.name}", file=sys.stderr)


if __name__ == "__main__":
    main()
