"""The table of espeak-ng's variants, against the voices themselves."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import espeakng_loader
import numpy as np
import pytest

from narrate.audio.loudness import to_samples
from narrate.model import Voice
from narrate.voices.engines.espeak import engine as espeak_module
from narrate.voices.engines.espeak.engine import EspeakEngine, pitch_parameter
from narrate.voices.engines.espeak.variants import TIMBRES, UNUSABLE, VARIANTS
from tests.measure import median_f0_hz

TEXT = (
    "Am frühen Morgen legen die Boote an. Die Händler tragen Kisten über den Platz, und bald riecht es nach Brot. "
    "Niemand hat es eilig, denn der Markt öffnet erst um acht."
)
MEASURE_ANEW = "measure them with: python -m scripts.measure_variants"
NAMES = [variant.name for variant in VARIANTS]
SOME = ["de", "de+Annie", "de+aunty", "de+Henrique", "de+zac"]


def f0_hz(engine: EspeakEngine, voice: Voice) -> float:
    """Return the median F0 of a voice."""
    speech = engine.synthesize(TEXT, voice)
    return median_f0_hz(to_samples(speech.pcm), speech.rate_hz)


def semitones(high: float, low: float) -> float:
    """Return how far two frequencies are apart."""
    return float(12 * np.log2(high / low))


def test_the_table_covers_every_variant_of_the_installed_loader() -> None:
    """Each variant file of espeakng-loader is listed as usable or with a reason, and nothing else is."""
    files = {"de+" + path.name for path in (Path(espeakng_loader.get_data_path()) / "voices" / "!v").iterdir()}
    listed = {*NAMES, *UNUSABLE}
    new, gone = sorted(files - listed), sorted(listed - files - {"de"})
    assert not new, f"The installed espeakng-loader has variants that were never measured: {new}; {MEASURE_ANEW}"
    assert not gone, f"The installed espeakng-loader lacks variants that were measured: {gone}; {MEASURE_ANEW}"
    assert len(set(NAMES)) == len(NAMES)
    assert not set(NAMES) & set(UNUSABLE)
    assert all(UNUSABLE.values())


def test_every_usable_variant_is_offered_as_measured(espeak: EspeakEngine) -> None:
    """`offers` lists the table: each voice once, unshifted, with its pitch, offline, here; the cast is among them."""
    offers = espeak.offers()
    assert [offer.voice.name for offer in offers] == NAMES
    assert {timbre.name for timbre in TIMBRES} <= set(NAMES)
    for offer, variant in zip(offers, VARIANTS, strict=True):
        assert offer.f0_hz == variant.f0_hz
        assert offer.voice.gender == variant.gender
        assert (offer.voice.rate, offer.voice.pitch_semitones) == (1.0, 0.0)
        assert offer.installed
        assert not offer.network
        assert (offer.quality, offer.licence) == ("clear", "GPL-3.0-or-later")


def test_a_voice_whose_file_is_missing_is_offered_as_not_installed(tmp_path: Path) -> None:
    """With a data folder without variants, only the plain voice is said to be installed."""
    engine = EspeakEngine(data=tmp_path)
    assert [offer.voice.name for offer in engine.offers() if offer.installed] == ["de"]


@pytest.mark.slow
def test_every_listed_variant_speaks(espeak: EspeakEngine) -> None:
    """Each listed voice has a version and says a sentence in the time the plain one takes, within a tenth."""
    plain = len(espeak.synthesize("Der Markt am Fluss.", Voice("espeak", "de")).pcm)
    for name in NAMES:
        voice = Voice("espeak", name)
        assert espeak.version(voice)
        assert len(espeak.synthesize("Der Markt am Fluss.", voice).pcm) == pytest.approx(plain, rel=0.12), name


def test_the_genders_are_those_of_the_pitch() -> None:
    """Above 160 Hz a voice is listed as a woman's, below 135 Hz as a man's, a child's above 300 Hz as neither."""
    for variant in VARIANTS:
        if variant.f0_hz > 300:
            assert variant.gender is None
        elif not 135 < variant.f0_hz < 160:
            assert variant.gender == ("f" if variant.f0_hz > 150 else "m"), variant


@pytest.mark.parametrize("name", [*SOME, *(pytest.param(n, marks=pytest.mark.slow) for n in NAMES if n not in SOME)])
def test_pitch_and_rate_are_as_the_table_says(espeak: EspeakEngine, name: str) -> None:
    """The pitch is the listed one within a semitone; a shift and a rate are heard as such."""
    variant = next(variant for variant in VARIANTS if variant.name == name)
    plain = Voice("espeak", name)
    own = f0_hz(espeak, plain)
    assert abs(semitones(own, variant.f0_hz)) < 1
    for shift in (-3.0, 3.0):
        moved = f0_hz(espeak, replace(plain, pitch_semitones=shift))
        assert semitones(moved, own) == pytest.approx(shift, abs=1.2)
    normal, fast = (len(espeak.synthesize(TEXT, replace(plain, rate=rate)).pcm) for rate in (1.0, 1.5))
    assert fast / normal == pytest.approx(1 / 1.5, abs=0.08)


def test_a_voice_that_is_not_listed_still_shifts() -> None:
    """A variant of another version of espeak-ng moves by the plain voice's steps."""
    other = Voice("espeak", "de+neu", pitch_semitones=3.0)
    assert pitch_parameter(other) == pitch_parameter(replace(other, name="de"))


def assert_equal_from_run_to_run(names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two processes speak, over a second apart because espeak-ng's random numbers begin with the time of day."""
    spoken = []
    for memory in (None, "85"):
        if memory:
            monkeypatch.setenv("MALLOC_PERTURB_", memory)
            time.sleep(1.1)
        engine = EspeakEngine()
        spoken.append({name: engine.synthesize("Am Fluss ist Markt.", Voice("espeak", name)).pcm for name in names})
        engine.close()
    assert [name for name in names if spoken[0][name] != spoken[1][name]] == []


@pytest.mark.slow
def test_some_variants_are_the_same_in_every_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second later and with memory filled otherwise, the samples are the same."""
    assert_equal_from_run_to_run(SOME, monkeypatch)


@pytest.mark.slow
def test_all_variants_are_the_same_in_every_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """No listed voice depends on the time or on memory."""
    assert_equal_from_run_to_run(NAMES, monkeypatch)


def test_any_number_of_voices_can_be_spoken_by_one_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another worker takes over where one holds as many voices as it may, and the sound stays the same."""
    monkeypatch.setattr(espeak_module, "MOST_HOLDERS", 3)
    engine = EspeakEngine()
    voices = [Voice("espeak", "de", rate=1 + number / 100) for number in range(8)]
    first = [engine.synthesize("Eins.", voice).pcm for voice in voices]
    assert all(first)
    assert [engine.synthesize("Eins.", voice).pcm for voice in voices] == first
    engine.close()


@pytest.mark.drill
@pytest.mark.slow
def test_more_voices_than_a_byte_counts_are_spoken_by_one_engine() -> None:
    """The 256th rate and pitch is spoken like the first."""
    engine = EspeakEngine()
    for number in range(300):
        voice = Voice("espeak", "de", rate=1 + number % 20 / 20, pitch_semitones=-2 + number // 20 / 4)
        assert engine.synthesize("Eins.", voice).pcm, number
    engine.close()
