"""Piper's German voices: what is known of them, which of them lie in a folder, and which make a cast."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from narrate.model import Gender, Voice
from narrate.model.errors import EngineUnavailable
from narrate.voices.engines.piper.folder import named_folder

QUALITIES = ("high", "medium", "low", "x_low")
LARGEST_CONFIG_BYTES = 1_000_000
LONGEST_NAME = 100  # characters of a speaker or model


@dataclass(frozen=True, slots=True)
class KnownVoice:
    """What is known of a voice before it is installed.

    Attributes:
        name: For example ``de_DE-thorsten-medium``.
        gender: Of the speaker; None where it is not told or there are many.
        licence: Of the model, as its card names it or as we know it.
        size_bytes: To be fetched; 0 where it is not known.
    """

    name: str
    gender: Gender | None
    licence: str
    size_bytes: int = 0

    @property
    def quality(self) -> str:
        """What its maker calls it: the end of its name."""
        return self.name.rpartition("-")[2]

    @property
    def language(self) -> str:
        """BCP 47, from the start of its name."""
        return self.name.partition("-")[0].replace("_", "-")


# As of November 2026, from voices.json and the model cards of rhasspy/piper-voices; best for a cast first.
KNOWN = (
    KnownVoice("de_DE-thorsten-high", "m", "CC0-1.0", 113_900_076),
    KnownVoice("de_DE-thorsten-medium", "m", "CC0-1.0", 63_206_113),
    KnownVoice("de_DE-thorsten-low", "m", "CC0-1.0", 63_108_685),
    KnownVoice("de_DE-kerstin-low", "f", "CC0-1.0", 63_108_684),
    KnownVoice("de_DE-thorsten_emotional-medium", "m", "CC0-1.0", 76_750_936),
    KnownVoice("de_DE-ramona-low", "f", "M-AILABS", 63_108_683),
    KnownVoice("de_DE-eva_k-x_low", "f", "M-AILABS", 20_632_971),
    KnownVoice("de_DE-karlsson-low", "m", "M-AILABS", 63_108_685),
    KnownVoice("de_DE-mls-medium", None, "CC-BY-4.0", 76_970_027),
    KnownVoice("de_DE-pavoque-low", "m", "CC-BY-NC-SA-4.0", 63_108_684),
)
_NAMES = [one.name for one in KNOWN]
_PEOPLE = list(dict.fromkeys(name.split("-")[1] for name in _NAMES))


@dataclass(frozen=True)
class InstalledVoice:
    """A voice in a folder whose configuration can be used.

    Attributes:
        path: Of its model.
        config: What its configuration says, checked.
        stamp: Differs when a file of it is replaced.
    """

    path: Path
    config: dict[str, Any]
    stamp: tuple[int, ...]

    @property
    def name(self) -> str:
        """As it is written on the command line, without a speaker."""
        return self.path.stem

    @property
    def speakers(self) -> dict[str, int]:
        """Names and numbers of its speakers or emotions, in order; empty where there is one only."""
        count = self.config["num_speakers"]
        if count == 1:
            return {}
        named: dict[str, int] = self.config.get("speaker_id_map") or {str(number): number for number in range(count)}
        return dict(sorted(named.items(), key=lambda one: one[1]))

    @property
    def usual_speaker(self) -> int | None:
        """Number of who speaks where none is asked for; None where there is one only."""
        speakers = self.speakers
        return speakers.get("neutral", self.config.get("default_speaker_id", 0)) if speakers else None

    def voices(self) -> list[Voice]:
        """Return every speaker as a voice."""
        known = known_voice(self.name)
        names = [f"{self.name}#{speaker}" for speaker in self.speakers] or [self.name]
        return [Voice("piper", name, known.language, gender=known.gender) for name in names]


def known_voice(name: str) -> KnownVoice:
    """Return what the table tells of a voice; of an unknown one that its card must be read.

    Args:
        name: Without a speaker; one of another quality has the same speaker and licence.
    """
    if name in _NAMES:
        return KNOWN[_NAMES.index(name)]
    same = next((one for one in KNOWN if person_of(one.name) == person_of(name)), None)
    return KnownVoice(name, same.gender if same else None, same.licence if same else "see its model card")


def has_package() -> bool:
    """Tell, without importing it, whether piper-tts is installed; a folder called ``piper`` is not it."""
    spec = find_spec("piper")
    return spec is not None and spec.origin is not None and Path(spec.origin).with_name("voice.py").is_file()


def can_speak(folder: Path | str | None = None) -> bool:
    """Tell, without loading anything, whether Piper and a German voice are installed.

    Args:
        folder: Of the voices; the user's by default.
    """
    return has_package() and bool(installed(named_folder(folder)))


def installed(folder: Path) -> list[InstalledVoice]:
    """Return the German voices of a folder that can be used, the best for a cast first; broken ones are left out."""
    found = []
    for path in _models(folder):
        try:
            found.append(_read(path))
        except EngineUnavailable:
            continue
    return sorted(found, key=lambda one: _rank(one.name))


def first_broken(folder: Path) -> str | None:
    """Return what is wrong with the first voice of a folder that cannot be used, or None."""
    for path in _models(folder):
        try:
            _read(path)
        except EngineUnavailable as error:
            return error.message
    return None


def find_installed(folder: Path, name: str) -> InstalledVoice:
    """Return an installed voice by its name, without a speaker.

    Raises:
        EngineUnavailable: It is not installed, or its configuration cannot be used.
    """
    path = next((path for path in _models(folder) if path.stem == name), None)
    if path is not None:
        return _read(path)
    if name in _NAMES:
        raise EngineUnavailable(
            f"The Piper voice '{name}' is not installed; fetch it with: narrate voices install {name}."
        )
    near = get_close_matches(name, [*(path.stem for path in _models(folder)), *_NAMES], 1, 0.5)
    hint = f"did you mean '{near[0]}'?" if near else "see 'narrate voices --engine piper'."
    raise EngineUnavailable(f"There is no Piper voice '{name}' here; {hint}")


def _models(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.glob("de_*.onnx")) if _is_model(path))


def _is_model(path: Path) -> bool:
    named = path.name.isprintable() and len(path.stem) < LONGEST_NAME
    return named and path.is_file() and _config_path(path).is_file()


def _config_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _rank(name: str) -> tuple[int, int, str]:
    person, quality = person_of(name), name.rpartition("-")[2]
    return (
        _PEOPLE.index(person) if person in _PEOPLE else len(_PEOPLE),
        QUALITIES.index(quality) if quality in QUALITIES else len(QUALITIES),
        name,
    )


def person_of(name: str) -> str:
    """Return the middle of a name: the ``thorsten`` of ``de_DE-thorsten-medium``."""
    parts = name.split("-")
    return parts[1] if len(parts) > 2 else name


def _read(path: Path) -> InstalledVoice:
    try:
        model, config = path.stat(), _config_path(path).stat()
    except OSError as error:
        raise _unusable(path, "cannot be read") from error
    return _read_once(path, (model.st_mtime_ns, model.st_size, config.st_mtime_ns, config.st_size))


@lru_cache(maxsize=64)
def _read_once(path: Path, stamp: tuple[int, ...]) -> InstalledVoice:
    try:
        content = _config_path(path).read_bytes() if stamp[-1] <= LARGEST_CONFIG_BYTES else b""
        config = json.loads(content)
    except (OSError, ValueError, RecursionError) as error:
        raise _unusable(path, "is not valid JSON") from error
    wrong = wrong_config(config)
    if wrong:
        raise _unusable(path, f"has no valid value for {wrong}")
    return InstalledVoice(path, config, stamp)


def _unusable(path: Path, why: str) -> EngineUnavailable:
    return EngineUnavailable(
        f"The configuration of the Piper voice '{path.stem}' {why}; "
        f"install it again with: narrate voices install {path.stem}."
    )


def wrong_config(config: Any) -> str | None:
    """Return the name of the first setting that piper-tts could not use, or None where all are sound."""
    if not isinstance(config, dict):
        return "anything"
    names = ("audio", "espeak", "phoneme_id_map", "inference", "speaker_id_map")
    parts = {name: config.get(name, {}) for name in names}
    wrong = next((name for name, part in parts.items() if not isinstance(part, dict)), None)
    if wrong:
        return wrong
    signs, speakers, count = parts["phoneme_id_map"], parts["speaker_id_map"], config.get("num_speakers", 0)
    if not _whole(count, 1, 100_000):
        return "num_speakers"
    sound = {
        "num_symbols": _whole(config.get("num_symbols"), 1, 100_000),
        "audio": _whole(parts["audio"].get("sample_rate"), 8000, 192_000),
        "espeak": isinstance(parts["espeak"].get("voice"), str),
        "phoneme_type": config.get("phoneme_type", "espeak") == "espeak",
        "hop_length": _whole(config.get("hop_length", 256), 1, 100_000),
        "phoneme_id_map": {"_", "^", "$"} <= signs.keys() and all(map(_are_numbers, signs.values())),
        "inference": all(_scale(parts["inference"].get(name, 1)) for name in SCALES),
        "speaker_id_map": all(
            len(name) < LONGEST_NAME and name.isprintable() and _whole(number, 0, count - 1)
            for name, number in speakers.items()
        ),
        "default_speaker_id": _whole(config.get("default_speaker_id", 0), 0, count - 1),
    }
    return next((name for name, fine in sound.items() if not fine), None)


SCALES = ("noise_scale", "length_scale", "noise_w")


def _whole(value: Any, least: int = 0, most: int = 1 << 31) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _scale(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 10


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_whole, value))
