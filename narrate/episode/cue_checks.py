"""What is odd about a cue as it sounds: near silence, a hole, a length that does not fit its text, clipping.

It looks at numbers only, so that a render asks it of takes and ``verify`` of the decoded MP3. The bounds are wide: no
good cue may be named, so a word that is missing from a long sentence is not found.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from narrate import german
from narrate.audio.loudness import STEP_S
from narrate.model import Take, Voice
from narrate.system.text import shown
from narrate.voices.cast import voice_text

NEAR_SILENT_DBFS = -45.0
BELOW_VOICE_DB = 15.0
HOLE_DBFS = -50.0
LONGEST_HOLE_S = 2.0  # engines pause for less than a second at a comma, colon or dash
CLIPPED_SHARE = 0.001
SLOWEST, FASTEST = 7.0, 30.0  # signs a second, of a voice that says too little to be known
FEWEST_CUES = 4  # of a voice, with FEWEST_SIGNS each, to tell how it speaks
FEWEST_SIGNS = 20
SHORT_SHARE, SHORT_S = 0.65, 0.2
LONG_SHARE, LONG_S = 1.6, 0.8
LETTER_SIGNS = 3  # a letter that is spelled takes as long as three that are read
PAUSE_SIGNS = 3  # so does a pause inside a sentence
PAUSES = (",", ";", ":", "–", "—", ".", "!", "?")
LAST_LATIN = "\u024f"
MARKUP = re.compile(r"[<>{}\[\]|\\=_~^`$#]|&\w{2,};")  # one engine names these, another passes over them
LONGEST_TEXT = 2_000  # of a cue whose length is judged; no sentence is cut longer, and a manifest may be a stranger's
FIRST_CHARACTERS = 40
MOST_WARNINGS = 5
NOTHING_DBFS = -120.0
ADVICE = "listen to it, and change its text or voice where it is wrong"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of a cue.

    Attributes:
        number: Counted from 1.
        text: As printed.
        voice: As it is written on the command line.
        rate: Speed that was asked of the voice; 1.0 is the engine's own.
        length_s: How long it lasts.
        level_dbfs: RMS.
        hole_s: The longest silence inside.
        clipped: Share of samples at full scale.
    """

    number: int
    text: str
    voice: str
    rate: float
    length_s: float
    level_dbfs: float
    hole_s: float = 0.0
    clipped: float = 0.0


@dataclass(frozen=True, slots=True)
class Oddity:
    """What is odd about a cue.

    Attributes:
        number: Of the cue.
        rule: Short name of what it breaks.
        message: The cue, its voice, its first words and what is wrong, without a full stop.
    """

    number: int
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class _Habit:
    """How a voice speaks in this episode: its median level and signs a second, None where it says too little."""

    level_dbfs: float | None
    speed: float | None


def oddities(cues: Sequence[Measured]) -> list[Oddity]:
    """Return what is odd about cues, each compared with what else its voice says.

    Returns:
        At most one of each cue, the gravest.
    """
    signs = [spoken_signs(cue.text) for cue in cues]
    by_voice: dict[str, list[tuple[Measured, int | None]]] = {}
    for cue, count in zip(cues, signs, strict=True):
        by_voice.setdefault(cue.voice, []).append((cue, count))
    habits = {voice: _habit(own) for voice, own in by_voice.items()}
    found = ((cue, _problem(cue, count, habits[cue.voice])) for cue, count in zip(cues, signs, strict=True))
    return [Oddity(cue.number, *_told(cue, problem)) for cue, problem in found if problem]


def take_warnings(takes: Sequence[Take], gains: Mapping[Voice, float]) -> list[str]:
    """Return warnings about takes, before anybody listens.

    Args:
        takes: One a cue.
        gains: In dB, by voice.
    """
    found = oddities([_of_take(number, take, gains) for number, take in enumerate(takes, 1)])
    told = [f"{each.message}; {ADVICE}." for each in found[:MOST_WARNINGS]]
    more = len(found) - MOST_WARNINGS
    if more > 0:
        told.append(f"And {more} more cue{' sounds' if more == 1 else 's sound'} odd; 'narrate verify' names them.")
    return told


def spoken_signs(text: str) -> int | None:
    """Return how much there is to say in a printed text, in letters as they are read.

    Returns:
        None where engines differ too much to tell: other scripts, emoji, markup, and what is too long to be a sentence.
    """
    if len(text) > LONGEST_TEXT or MARKUP.search(text) or any(map(_is_foreign, text)):
        return None
    words = german.verbalize(text).replace("-", " ").split()
    letters = [sum(map(str.isalnum, word)) for word in words]
    pauses = sum(word.endswith(PAUSES) for word in words[:-1])
    return sum(LETTER_SIGNS if count == 1 else count for count in letters) + PAUSE_SIGNS * pauses


def _is_foreign(sign: str) -> bool:
    return sign > LAST_LATIN and (sign.isalnum() or unicodedata.category(sign) in ("So", "Cs", "Co"))


def level_dbfs(powers: NDArray[np.float32]) -> float:
    """Return the RMS level of mean squares."""
    power = float(powers.mean(dtype=np.float64)) if len(powers) else 0.0
    return 10 * math.log10(power) if power > 10 ** (NOTHING_DBFS / 10) else NOTHING_DBFS


def hole_s(powers: NDArray[np.float32], gain_db: float = 0.0) -> float:
    """Return the longest silence among mean squares.

    Args:
        powers: One for every 100 ms.
        gain_db: By which they will be raised.
    """
    loud = np.flatnonzero(powers > 10 ** ((HOLE_DBFS - gain_db) / 10))
    bounds = np.concatenate(([-1], loud, [len(powers)]))
    return float(np.diff(bounds).max() - 1) * STEP_S


def _of_take(number: int, take: Take, gains: Mapping[Voice, float]) -> Measured:
    said = take.utterance
    powers = np.frombuffer(take.steps, np.float32)
    level, gain = level_dbfs(powers), gains.get(said.voice, 0.0)
    return Measured(
        number,
        said.text,
        voice_text(said.voice),
        said.voice.rate,
        (take.last - take.first) / take.rate_hz,
        # Of a voice that says nothing else, the gain would make noise as loud as speech.
        level if level < NEAR_SILENT_DBFS else level + gain,
        hole_s(powers, gain),
        take.clipped,
    )


def _habit(own: Iterable[tuple[Measured, int | None]]) -> _Habit:
    known = [(cue, signs) for cue, signs in own if signs and signs >= FEWEST_SIGNS and cue.length_s > 0]
    if len(known) < FEWEST_CUES:
        return _Habit(None, None)
    return _Habit(median(cue.level_dbfs for cue, _ in known), median(signs / cue.length_s for cue, signs in known))


def _problem(cue: Measured, signs: int | None, habit: _Habit) -> tuple[str, str] | None:
    """Return the rule that a cue breaks and how, or None."""
    if cue.length_s <= 0:
        return "cue-empty", "is empty"
    if cue.level_dbfs < NEAR_SILENT_DBFS:
        return "cue-silent", "is almost silent"
    if habit.level_dbfs is not None and cue.level_dbfs < habit.level_dbfs - BELOW_VOICE_DB:
        return "cue-silent", f"is {habit.level_dbfs - cue.level_dbfs:.0f} dB softer than what else this voice says"
    if cue.hole_s > LONGEST_HOLE_S:
        return "cue-hole", f"is silent for {cue.hole_s:.1f} s in its midst"
    if cue.clipped > CLIPPED_SHARE:
        return "cue-clipped", f"is clipped in {100 * cue.clipped:.1f} % of its samples"
    return _length_problem(cue, signs, habit.speed) if signs else None


def _length_problem(cue: Measured, signs: int, speed: float | None) -> tuple[str, str] | None:
    rate = cue.rate if math.isfinite(cue.rate) and cue.rate > 0 else 1.0
    if speed is not None:
        least, most = signs / speed * SHORT_SHARE - SHORT_S, signs / speed * LONG_SHARE + LONG_S
    else:
        least, most = signs / (FASTEST * rate) - SHORT_S, signs / (SLOWEST * rate) + LONG_S
    if cue.length_s < least:
        return "cue-short", f"lasts {cue.length_s:.1f} s, which is too short for its text"
    if cue.length_s > most:
        return "cue-long", f"lasts {cue.length_s:.1f} s, which is too long for its text"
    return None


def _told(cue: Measured, problem: tuple[str, str]) -> tuple[str, str]:
    rule, what = problem
    text = " ".join(cue.text.split())
    first = text if len(text) <= FIRST_CHARACTERS else f"{text[:FIRST_CHARACTERS].rpartition(' ')[0]} …"
    voice = shown(cue.voice)[1:-1]
    return rule, f"Cue {cue.number} ({voice}, {shown(first)}) {what}"
