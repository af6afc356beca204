"""The cast that is made of Pico's one German voice, by pitch and vocal tract.

Pico is asked for a pitch p/k and a speed 1/k, and its samples are taken as if they came k times as fast: the pitch is
then p, the tempo is its own, and all resonances lie k times as high, as those of a vocal tract 1/k times as long.
No filter colours the sound. Longer tracts are men's, shorter ones women's.
"""

from __future__ import annotations

from dataclasses import dataclass

from narrate.model import Gender

NAME = "de-DE"
# Times Pico's own 150 words a minute: at most five syllables a second, as German radio news is read (Bose 2011).
SPEED = 1.12


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the voices made of Pico's own.

    Attributes:
        name: As it is written.
        pitch: Times the voice's own.
        resonance: How high the resonances lie, times the voice's own; 1 / length of the vocal tract.
        gender: How it sounds; None where it fits both.
        f0_hz: Median fundamental frequency, measured on a minute of German.
        word_error_percent: What Whisper base heard wrong of 374 words of news (``docs/voices.md``).
    """

    name: str
    pitch: float
    resonance: float
    gender: Gender | None
    f0_hz: float
    word_error_percent: float


# The reporter first. Any two are 3 semitones apart, or a tenth in the length of their vocal tracts; the first man and
# the first woman are 8 semitones from the reporter, whose pitch lies between theirs.
CAST = (
    Variant("de-DE+r1", 0.84, 1.0, None, 139.1, 13.4),
    Variant("de-DE+m1", 0.52, 0.95, "m", 87.0, 13.1),
    Variant("de-DE+f1", 1.35, 1.08, "f", 225.4, 14.4),
    Variant("de-DE+n1", 1.01, 0.94, None, 166.7, 12.3),
    Variant("de-DE+m2", 0.65, 0.94, "m", 107.4, 13.9),
    Variant("de-DE+f2", 1.13, 1.04, "f", 188.2, 14.4),
    Variant("de-DE+m3", 0.75, 0.85, "m", 124.0, 15.8),
    Variant("de-DE+f3", 1.0, 1.16, "f", 164.9, 15.5),
)
VARIANTS = (*CAST, Variant("de-DE", 1.0, 1.0, "f", 164.9, 11.8))
BY_NAME = {variant.name: variant for variant in VARIANTS}
