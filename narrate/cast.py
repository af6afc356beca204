"""Who speaks with which voice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from narrate.errors import EngineUnavailable
from narrate.model import Gender, Script, Speaker, Voice

REPORTER = "reporter"


@dataclass(frozen=True, slots=True)
class Cast:
    """A voice for the reporter and one for everyone quoted.

    Attributes:
        reporter: Reads what nobody is quoted with.
        speakers: By full name.
    """

    reporter: Voice
    speakers: Mapping[str, Voice]

    def voice_of(self, speaker: Speaker | None) -> Voice:
        """Return the voice for a segment's speaker."""
        return self.reporter if speaker is None else self.speakers[speaker.name]

    def voices(self) -> tuple[Voice, ...]:
        """Return every voice in use, once, the reporter's first."""
        return tuple(dict.fromkeys((self.reporter, *self.speakers.values())))


def make_cast(script: Script, pool: Sequence[Voice], wanted: Mapping[str, Voice]) -> Cast:
    """Give everyone a voice, the one who says most choosing first.

    The first voice of the pool is the reporter's. Others get the first free voice of
    their own grammatical gender, then of another; when all are taken, voices other
    than the reporter's are shared.

    Args:
        script: Who speaks, and how much.
        pool: Voices that can be told apart, the best first; at least one.
        wanted: Voices asked for, by full name or ``reporter``.

    Raises:
        EngineUnavailable: The pool is empty.
    """
    if not pool:
        raise EngineUnavailable("The engine has no voice for this language; choose another with --voice.")
    reporter = wanted.get(REPORTER, pool[0])
    taken = [reporter, *wanted.values()]
    chosen: dict[str, Voice] = {}
    for speaker in _by_amount(script):
        voice = wanted.get(speaker.name) or _pick(pool, taken, speaker.gender)
        chosen[speaker.name] = voice
        taken.append(voice)
    return Cast(reporter, {speaker.name: chosen[speaker.name] for speaker in script.speakers()})


def _by_amount(script: Script) -> list[Speaker]:
    amount: dict[str, int] = {}
    for section in script.sections:
        for segment in section.segments:
            if segment.speaker is not None:
                amount[segment.speaker.name] = amount.get(segment.speaker.name, 0) + len(segment.text)
    return sorted(script.speakers(), key=lambda speaker: -amount[speaker.name])


def _pick(pool: Sequence[Voice], taken: Sequence[Voice], gender: Gender | None) -> Voice:
    others = [voice for voice in pool if voice != taken[0]] or list(pool)
    uses = {voice: taken.count(voice) for voice in others}
    fewest = min(uses.values())
    free = [voice for voice in others if uses[voice] == fewest]
    # Without a known gender the voice farthest from the reporter's own is the clearest.
    wish: Iterable[Gender | None] = (gender,) if gender else ("m" if taken[0].gender == "f" else "f",)
    return next((voice for voice in free if voice.gender in wish), free[0])


def parse_voice(text: str, default_engine: str) -> Voice:
    """Read a voice as it is written on the command line: ``[ENGINE:]NAME[@SEMITONES]``.

    Args:
        text: For example ``de+linda``, ``espeak:de`` or ``de+m8@-1.5``.
        default_engine: Where no engine is named.

    Raises:
        ValueError: The text does not have this form.
    """
    engine, colon, rest = text.rpartition(":")
    name, at, semitones = rest.partition("@")
    if not name or (colon and not engine):
        raise ValueError(f"'{text}' is not a voice; write [ENGINE:]NAME[@SEMITONES]")
    voice = Voice(engine or default_engine, name)
    if not at:
        return voice
    try:
        return replace(voice, pitch_semitones=float(semitones))
    except ValueError:
        raise ValueError(f"'{semitones}' is not a number of semitones") from None


def voice_text(voice: Voice) -> str:
    """Return a voice as it is written on the command line; :func:`parse_voice` reads it back.

    Args:
        voice: Any voice at the engine's own rate.
    """
    pitch = f"@{voice.pitch_semitones:g}" if voice.pitch_semitones else ""
    return f"{voice.engine}:{voice.name}{pitch}"
