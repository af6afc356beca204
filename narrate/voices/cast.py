"""Who speaks with which voice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from narrate.model import Gender, Script, Speaker, Voice
from narrate.model.errors import EngineUnavailable

REPORTER = "reporter"
LONGEST_VOICE = 300  # characters
VOICE_FORM = "[ENGINE:]NAME[@SEMITONES][@RATE%]"
MOST_SEMITONES = 12.0
RATES_PERCENT = (50.0, 200.0)


@dataclass(frozen=True, slots=True)
class Cast:
    """A voice for the reporter and one for everyone quoted.

    Attributes:
        reporter: Reads what nobody is quoted with.
        speakers: By full name.
        understudy: Who steps in where a voice fails, if anybody may.
    """

    reporter: Voice
    speakers: Mapping[str, Voice]
    understudy: Cast | None = field(default=None, metadata={"shapes": False})

    def voice_of(self, speaker: Speaker | None) -> Voice:
        """Return the voice for a segment's speaker."""
        return self.reporter if speaker is None else self.speakers[speaker.name]

    def shared(self) -> list[list[str]]:
        """Return the names of those who speak with one voice, for each voice that several have."""
        of_voice: dict[Voice, list[str]] = {self.reporter: [REPORTER]}
        for name, voice in self.speakers.items():
            of_voice.setdefault(voice, []).append(name)
        return [names for names in of_voice.values() if len(names) > 1]

    def voices(self) -> tuple[Voice, ...]:
        """Return every voice in use, once, the reporter's first."""
        return tuple(dict.fromkeys((self.reporter, *self.speakers.values())))


def make_cast(script: Script, pool: Sequence[Voice], wanted: Mapping[str, Voice]) -> Cast:
    """Give everyone a voice, the one who says most choosing first.

    The first voice of the pool is the reporter's. Others get the first free voice of
    their own grammatical gender, then one that fits both, then another; when all are
    taken, voices other than the reporter's are shared.

    Args:
        script: Who speaks, and how much.
        pool: Voices that can be told apart, the best first; empty only where every voice is wanted.
        wanted: Voices asked for, by full name or ``reporter``.

    Raises:
        EngineUnavailable: The pool is empty.
    """
    if not pool and not {REPORTER, *(speaker.name for speaker in script.speakers())} <= wanted.keys():
        raise EngineUnavailable("The engine has no voice for this language; choose another with --voice.")
    reporter = wanted[REPORTER] if REPORTER in wanted else pool[0]
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
    # Without a known gender a voice that fits both; else the one farthest from the reporter's own is the clearest.
    unlike: Gender = "m" if taken[0].gender == "f" else "f"
    wishes: tuple[Gender | None, ...] = (gender, None) if gender else (None, unlike)
    wanted = (voice for wish in wishes for voice in free if voice.gender == wish)
    return next(wanted, free[0])


def parse_voice(text: str, default_engine: str) -> Voice:
    """Read a voice as it is written on the command line: ``[ENGINE:]NAME[@SEMITONES][@RATE%]``.

    Args:
        text: For example ``de+m3``, ``pico:de-DE+f2``, ``de+m8@-1.5`` or ``piper:de_DE-thorsten-medium@95%``.
        default_engine: Where no engine is named.

    Raises:
        ValueError: The text does not have this form.
    """
    first, colon, rest = text.strip().partition(":")
    engine, written = (first, rest) if colon else (default_engine, first)
    name, *settings = written.split("@")
    if not name or not engine or len(settings) > 2 or not text.isprintable() or len(text) > LONGEST_VOICE:
        shown = "".join(sign if sign.isprintable() else "?" for sign in text[:60])
        raise ValueError(f"'{shown}' is not a voice; write {VOICE_FORM}")
    rate, semitones = 1.0, 0.0
    for setting in settings:
        if setting.endswith("%"):
            rate = _number(setting.removesuffix("%"), *RATES_PERCENT, "per cent") / 100
        else:
            semitones = _number(setting, -MOST_SEMITONES, MOST_SEMITONES, "semitones")
    return Voice(engine, name, rate=rate, pitch_semitones=semitones)


def _number(text: str, least: float, most: float, unit: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a number of {unit}") from None
    if not least <= number <= most:
        raise ValueError(f"'{text}' is not from {least:g} to {most:g} {unit}")
    return number


def voice_text(voice: Voice) -> str:
    """Return a voice as it is written on the command line; :func:`parse_voice` reads it back."""
    pitch = f"@{voice.pitch_semitones:g}" if voice.pitch_semitones else ""
    rate = f"@{100 * voice.rate:g}%" if voice.rate != 1.0 else ""
    return f"{voice.engine}:{voice.name}{pitch}{rate}"


def as_listed(voice: Voice, listed: Iterable[Voice]) -> Voice:
    """Return a voice with the language, gender and, where none is given, rate that its engine lists it with."""
    same = [one for one in listed if one.name == voice.name]
    exact = [one for one in same if one.pitch_semitones == voice.pitch_semitones]
    for one in exact or same:
        rate = voice.rate if voice.rate != 1.0 else one.rate
        # A shift away from what is listed may be another gender's voice.
        gender = one.gender if exact else None
        return replace(voice, language=one.language, gender=gender, rate=rate)
    return voice
