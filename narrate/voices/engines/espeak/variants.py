"""espeak-ng's German voices: those of a cast, and all its variants as measured, with the reason why some are kept out.

Measured through the engine on a minute of German; ``python -m scripts.measure_variants`` writes the second half anew.
"""

from __future__ import annotations

from dataclasses import dataclass

from narrate.model import Gender


@dataclass(frozen=True, slots=True)
class Variant:
    """A voice that can be used.

    Attributes:
        name: espeak's voice name.
        gender: How it sounds by its pitch; None for a child, and between the genders.
        f0_hz: Median fundamental frequency.
        semitones_per_step: What one step of espeak's pitch parameter shifts it by. The parameter shifts the base
            of a melody, not its range, so a voice with a level melody moves more.
    """

    name: str
    gender: Gender | None
    f0_hz: float
    semitones_per_step: float


@dataclass(frozen=True, slots=True)
class Timbre:
    """A variant fit for a cast.

    Attributes:
        name: espeak's voice name.
        pitch_semitones: Shift that keeps it apart from the others.
        gender: How it sounds; None where it fits both.
        f0_hz: Median fundamental frequency with that shift, measured on 75 s of German.
    """

    name: str
    pitch_semitones: float
    gender: Gender | None
    f0_hz: float


# The reporter first; neighbours in pitch are at least 3 semitones apart. Chosen by what Whisper base understands
# (docs/voices.md): de+linda, once the reporter, is hardly understood at all.
TIMBRES = (
    Timbre("de", 0.0, "m", 100.5),
    Timbre("de+steph", 3.5, "f", 222.7),
    Timbre("de+m3", 3.0, "m", 121.3),
    Timbre("de+f1", -2.75, None, 147.5),
    Timbre("de+steph", 0.0, "f", 183.3),
    Timbre("de+m8", -1.5, "m", 76.5),
)


# Measured:
# espeakng-loader 0.2.4
VARIANTS = (
    Variant("de", "m", 98.9, 0.167),
    Variant("de+adam", "m", 98.4, 0.170),
    Variant("de+Alex", "m", 103.0, 0.222),
    Variant("de+Andy", "m", 94.2, 0.191),
    Variant("de+Annie", "f", 229.7, 0.111),
    Variant("de+aunty", "f", 173.6, 0.269),
    Variant("de+belinda", "f", 225.0, 0.207),
    Variant("de+benjamin", "m", 98.4, 0.168),
    Variant("de+boris", "m", 98.9, 0.165),
    Variant("de+croak", "m", 100.7, 0.179),
    Variant("de+david", "m", 72.8, 0.163),
    Variant("de+Denis", "m", 96.3, 0.173),
    Variant("de+Diogo", "m", 102.1, 0.169),
    Variant("de+ed", "m", 121.2, 0.157),
    Variant("de+edward", "m", 98.4, 0.168),
    Variant("de+edward2", "m", 98.4, 0.168),
    Variant("de+f1", "f", 175.0, 0.167),
    Variant("de+f4", "f", 175.0, 0.179),
    Variant("de+fast", "m", 98.9, 0.168),
    Variant("de+Gene", "m", 93.0, 0.178),
    Variant("de+Gene2", "m", 112.5, 0.189),
    Variant("de+grandma", "f", 193.4, 0.140),
    Variant("de+grandpa", "m", 102.1, 0.162),
    Variant("de+gustave", "m", 105.5, 0.148),
    Variant("de+Henrique", "m", 104.0, 0.137),
    Variant("de+iven", "m", 97.1, 0.157),
    Variant("de+iven2", "m", 97.1, 0.157),
    Variant("de+iven3", "m", 97.1, 0.157),
    Variant("de+iven4", "m", 97.1, 0.157),
    Variant("de+Jacky", "m", 111.9, 0.149),
    Variant("de+john", "m", 99.8, 0.171),
    Variant("de+kaukovalta", "m", 97.1, 0.143),
    Variant("de+klatt3", "m", 98.9, 0.167),
    Variant("de+klatt4", "m", 98.9, 0.168),
    Variant("de+klatt5", "m", 98.9, 0.168),
    Variant("de+klatt6", "m", 98.4, 0.170),
    Variant("de+Lee", "m", 94.2, 0.191),
    Variant("de+linda", "f", 225.0, 0.207),
    Variant("de+m1", "m", 91.1, 0.167),
    Variant("de+m2", "m", 98.4, 0.187),
    Variant("de+m3", "m", 101.1, 0.167),
    Variant("de+m4", "m", 90.7, 0.155),
    Variant("de+m5", "m", 101.6, 0.165),
    Variant("de+m6", "m", 98.4, 0.174),
    Variant("de+m7", "m", 102.1, 0.148),
    Variant("de+m8", "m", 82.9, 0.167),
    Variant("de+marcelo", "m", 94.2, 0.110),
    Variant("de+Mario", "m", 105.5, 0.128),
    Variant("de+max", "m", 98.9, 0.165),
    Variant("de+Michael", "m", 103.5, 0.142),
    Variant("de+michel", "m", 102.1, 0.169),
    Variant("de+miguel", "m", 107.0, 0.155),
    Variant("de+Mike", "m", 87.2, 0.153),
    Variant("de+mike2", "m", 87.5, 0.152),
    Variant("de+Nguyen", None, 144.1, 0.142),
    Variant("de+norbert", "m", 99.8, 0.170),
    Variant("de+pablo", "m", 111.9, 0.149),
    Variant("de+paul", "m", 83.5, 0.166),
    Variant("de+quincy", "m", 86.8, 0.120),
    Variant("de+Reed", "m", 111.9, 0.160),
    Variant("de+RicishayMax", "m", 99.3, 0.167),
    Variant("de+robosoft6", None, 141.3, 0.238),
    Variant("de+robosoft8", None, 141.3, 0.238),
    Variant("de+shelby", "f", 170.9, 0.127),
    Variant("de+steph", "f", 180.7, 0.207),
    Variant("de+steph2", "f", 180.7, 0.205),
    Variant("de+steph3", "f", 180.7, 0.205),
    Variant("de+Storm", "m", 83.8, 0.138),
    Variant("de+travis", "m", 100.2, 0.153),
    Variant("de+Tweaky", "m", 99.8, 0.173),
    Variant("de+zac", None, 339.2, 0.156),
)
UNUSABLE = {
    "de+Alicia": "not reproducible: breath noise differs from run to run",
    "de+Andrea": "tempo: 0.88 times as long as the plain voice",
    "de+anika": "tempo: 0.88 times as long as the plain voice",
    "de+anikaRobot": "tempo: 0.88 times as long as the plain voice",
    "de+announcer": "no firm pitch: whispered, rough, or deaf to a shift",
    "de+antonio": "tempo: 0.89 times as long as the plain voice",
    "de+AnxiousAndy": "tempo: 1.19 times as long as the plain voice",
    "de+caleb": "no firm pitch: whispered, rough, or deaf to a shift",
    "de+Demonic": "not reproducible: breath noise differs from run to run",
    "de+f2": "not reproducible: breath noise differs from run to run",
    "de+f3": "not reproducible: breath noise differs from run to run",
    "de+f5": "not reproducible: breath noise differs from run to run",
    "de+Hugo": "faint: -8 dB against the plain voice",
    "de+ian": "faint: -7 dB against the plain voice",
    "de+klatt": "faint: -9 dB against the plain voice",
    "de+klatt2": "faint: -8 dB against the plain voice",
    "de+Marco": "tempo: 1.29 times as long as the plain voice",
    "de+Mr serious": "its name cannot be written as a voice",
    "de+pedro": "tempo: 0.89 times as long as the plain voice",
    "de+RicishayMax2": "tempo: 0.90 times as long as the plain voice",
    "de+RicishayMax3": "tempo: 0.91 times as long as the plain voice",
    "de+rob": "no firm pitch: whispered, rough, or deaf to a shift",
    "de+robosoft": "tempo: 0.88 times as long as the plain voice",
    "de+robosoft2": "tempo: 0.88 times as long as the plain voice",
    "de+robosoft3": "tempo: 0.88 times as long as the plain voice",
    "de+robosoft4": "tempo: 0.89 times as long as the plain voice",
    "de+robosoft5": "tempo: 0.89 times as long as the plain voice",
    "de+robosoft7": "tempo: 0.89 times as long as the plain voice",
    "de+robert": "pitch: a shift of 3 semitones is off by 1.3",
    "de+sandro": "not reproducible: breath noise differs from run to run",
    "de+UniRobot": "tempo: 0.86 times as long as the plain voice",
    "de+victor": "not reproducible: breath noise differs from run to run",
    "de+whisper": "not reproducible: breath noise differs from run to run",
    "de+whisperf": "not reproducible: breath noise differs from run to run",
}
