"""Piper's neural voices, offline: models of the user's data folder, through piper-tts."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from narrate.model import Gender, Speech, Voice
from narrate.model.errors import EngineUnavailable, SynthesisError
from narrate.system.cpu import usable_cores
from narrate.voices.engines.base import Offer, SimpleEngine
from narrate.voices.engines.piper.folder import named_folder
from narrate.voices.engines.piper.model import can_prepare, load
from narrate.voices.engines.piper.voices import (
    KNOWN,
    InstalledVoice,
    can_speak,
    find_installed,
    first_broken,
    has_package,
    installed,
    known_voice,
    person_of,
)
from narrate.voices.engines.piper.words import fit, notation, word_marks

__all__ = ["PiperEngine", "can_speak"]
PACKAGE = "The engine 'piper' needs the package piper-tts; install it with: pip install 'narrate-de[piper]'."
NO_VOICE = "No German Piper voice is installed; fetch one with: narrate voices install de_DE-thorsten-medium."
MOST_SPEAKERS = 8  # of one model in a cast; mls has 236, recorded by as many people in as many rooms
MOST_NOISE = 2.0
MOST_AT_ONCE = 4  # a call takes some 100 MB


# Where a cast needs more voices than there are: the same again, at least 4 semitones apart, the best first.
SHIFTS: dict[Gender | None, tuple[tuple[float, Gender | None], ...]] = {
    "m": ((0.0, "m"), (6.0, "f"), (-4.0, "m")),
    "f": ((0.0, "f"), (-7.0, "m"), (4.0, "f")),
    None: ((0.0, None), (5.0, None), (-5.0, None)),
}


class PiperEngine(SimpleEngine):
    """Every model of a folder, each loaded once when it is first needed.

    Equal calls give equal samples where the package ``onnx`` is installed, or with both noise scales
    at 0, on one kind of processor and with one version of onnxruntime. Without ``onnx`` a model draws
    other random numbers on every call, and nothing can fix them; the cache then keeps the first.

    Args:
        folder: Where ``NAME.onnx`` and ``NAME.onnx.json`` lie; the user's data folder by default.
        noise_scale: How much the sound varies, from 0 to 2; None for the model's own.
        noise_w_scale: How much the lengths vary, from 0 to 2; None for the model's own.

    Raises:
        EngineUnavailable: No folder can be called so.
    """

    name = "piper"
    trained = True
    ranges: ClassVar[Mapping[str, tuple[float, float]]] = dict.fromkeys(
        ("noise_scale", "noise_w_scale"), (0, MOST_NOISE)
    )

    def __init__(
        self, folder: str | None = None, noise_scale: float | None = None, noise_w_scale: float | None = None
    ) -> None:
        self.parallel = min(usable_cores(), MOST_AT_ONCE)
        self._folder = named_folder(folder)
        self._noise = {"noise_scale": noise_scale, "noise_w": noise_w_scale}
        self._held: dict[tuple[Any, ...], Any] = {}
        self._words: dict[Path, dict[str, list[str]]] = {}

    def missing(self) -> str | None:
        """Tell whether piper-tts and a German voice that can be used are installed."""
        if not has_package():
            return PACKAGE
        return None if installed(self._folder) else first_broken(self._folder) or NO_VOICE

    def voices(self) -> Sequence[Voice]:
        """Return one voice for each person, in the best quality there is, and then the same at other pitches."""
        return pool(installed(self._folder))

    def offers(self, ask: bool = False) -> Sequence[Offer]:
        """Return every speaker of every installed voice, and the voices that can be installed.

        Raises:
            EngineUnavailable: The list cannot be read.
        """
        here, can = installed(self._folder), has_package()
        offers = [self._offer(voice, can) for one in here for voice in one.voices()]
        names = [one.name for one in KNOWN]
        if ask:
            from narrate.voices.engines.piper.install import read_list

            names = sorted(read_list(), key=lambda name: names.index(name) if name in names else len(names))
        known = [known_voice(name) for name in names if name not in {one.name for one in here}]
        return offers + [
            self._offer(Voice(self.name, one.name, one.language, gender=one.gender), False) for one in known
        ]

    def _offer(self, voice: Voice, can: bool) -> Offer:
        known = known_voice(voice.name.partition("#")[0])
        return Offer(voice, known.quality, known.licence, network=False, installed=can)

    def version(self, voice: Voice) -> str:
        """Return the versions of the packages, the digest of model and configuration, and what noise is added."""
        place, _ = self._place(voice)
        noise = " ".join(f"{name} {scale:g}" for name, scale in self._scales(place).items())
        return f"{_packages()} {_digest(place.path, place.stamp)} {noise} {'fixed 1' if can_prepare() else 'drawn'}"

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Speak one text.

        Raises:
            EngineUnavailable: The package or the voice is not installed, or the voice is damaged.
            SynthesisError: It gave no sound.
        """
        place, speaker = self._place(voice)
        model = self._model(place)
        from piper import SynthesisConfig

        from narrate.voices.engines.sounds import shifted  # numpy is loaded where there is sound, not to be listed

        scales = self._scales(place)
        config = SynthesisConfig(
            speaker_id=speaker,
            length_scale=model.config.length_scale / voice.rate,
            noise_scale=scales["noise_scale"],
            noise_w_scale=scales["noise_w"],
            # Its own loudness: made as loud as can be sentence by sentence, a speaker would jump.
            normalize_audio=False,
        )
        try:
            parts = list(model.synthesize(fit(text), config, include_alignments=True))
        except Exception as error:  # whatever onnxruntime makes of a damaged model
            raise EngineUnavailable(
                f"The Piper voice '{place.name}' fails ({type(error).__name__}); "
                f"install it again with: narrate voices install {place.name}."
            ) from error
        pcm = b"".join(part.audio_int16_bytes for part in parts)
        if not any(pcm):
            raise SynthesisError(f"Piper ({voice.name}) produced no audio for {text[:60]!r}; change the text.")
        marks = word_marks(text, parts, model.phonemize, self._words.setdefault(place.path, {}))
        return shifted(Speech(pcm, parts[0].sample_rate, marks), voice.pitch_semitones)

    def pronounce(self, ipa: str) -> str | None:
        """Return IPA in brackets, as one word; None where German or an installed voice has no such sound."""
        models = [voice.config["phoneme_id_map"] for voice in installed(self._folder)]
        return notation(ipa, models) if models else None

    def close(self) -> None:
        """Let go of the models."""
        self._held.clear()

    def _place(self, voice: Voice) -> tuple[InstalledVoice, int | None]:
        """Return a voice's model and its speaker's number there."""
        if not has_package():
            raise EngineUnavailable(PACKAGE)
        name, _, speaker = voice.name.partition("#")
        place = find_installed(self._folder, name)
        if not speaker:
            return place, place.usual_speaker
        if speaker not in place.speakers:
            known = ", ".join(list(place.speakers)[:12]) or "one only, without a name"
            raise EngineUnavailable(f"The Piper voice '{name}' has no speaker '{speaker}'; it has: {known}.")
        return place, place.speakers[speaker]

    def _model(self, place: InstalledVoice) -> Any:
        """Return a loaded model; only the first call for it waits."""
        key = place.path, place.stamp
        model = self._held.get(key)
        if model is None:
            # A phoneme that a model lacks is logged; without a place to go, that would be printed.
            logging.getLogger("piper").addHandler(_NOWHERE)
            model = self._held[key] = load(place)
        return model

    def _scales(self, place: InstalledVoice) -> dict[str, float]:
        """Return the noise scales: as asked for, else the model's own, else those of piper-tts."""
        own = {"noise_scale": 0.667, "noise_w": 0.8} | place.config.get("inference", {})
        return {name: float(own[name] if asked is None else asked) for name, asked in self._noise.items()}


def pool(voices: Sequence[InstalledVoice]) -> list[Voice]:
    """Return the voices that can be told apart, the best first, and then the same at other pitches."""
    own: list[Voice] = []
    met: set[str] = set()
    for one in voices:
        # All emotions of thorsten_emotional are one man, who is there already where plain thorsten is.
        person = person_of(one.name).removesuffix("_emotional")
        if person not in met:
            met.add(person)
            spoken = one.voices()[:MOST_SPEAKERS]
            own += [voice for voice in spoken if voice.name.endswith("#neutral")] or spoken
    return [
        Voice(voice.engine, voice.name, voice.language, pitch_semitones=shift, gender=gender)
        for order in range(max(map(len, SHIFTS.values())))
        for voice in own
        for shift, gender in SHIFTS[voice.gender][order : order + 1]
    ]


_NOWHERE = logging.NullHandler()


@cache
def _packages() -> str:
    from importlib.metadata import version

    return " ".join(f"{name} {version(name)}" for name in ("piper-tts", "onnxruntime"))


@cache
def _digest(path: Path, stamp: tuple[int, ...]) -> str:
    digest = hashlib.sha256()
    for file in (path, path.with_name(f"{path.name}.json")):
        try:
            with file.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
        except OSError as error:
            raise EngineUnavailable(f"'{file}' cannot be read ({error.strerror}); check its permissions.") from error
    return digest.hexdigest()[:16]
