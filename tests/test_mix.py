"""Stretches, levels and the timeline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from narrate import audio, mix
from narrate.cache import Cache, CachedEngine
from narrate.cast import make_cast
from narrate.frames import SAMPLES_PER_FRAME
from narrate.levels import before_encoding, levels
from narrate.loudness import to_samples
from narrate.model import Script, ScriptSection
from narrate.settings import Encoding, Gaps, Target
from narrate.speak import Take, speak, utterances
from narrate.timeline import loudness, timeline
from tests.articles import segment, small_script
from tests.dummies import ToneEngine


def quiet(*_: object) -> None:
    """Listen to no progress."""


def takes_of(script: Script, engine: CachedEngine, cache: Cache) -> list[Take]:
    """Speak a script with a cast of the engine."""
    cast = make_cast(script, engine.voices(), {})
    return speak(list(utterances(script, cast, "Mit künstlichen Stimmen.")), {engine.name: engine}, cache, quiet)


def script_of(paragraphs: list[list[str]]) -> Script:
    """Return a script with a section for each list of paragraphs."""
    sections = [ScriptSection(f"Teil {number}", tuple(map(segment, part))) for number, part in enumerate(paragraphs)]
    return Script("Titel", None, tuple(sections))


WORDS = st.lists(st.sampled_from(["Boot", "Wasser", "und", "Abend", "fährt", "langsam"]), min_size=1, max_size=12)
PARAGRAPHS = st.lists(st.lists(WORDS.map(" ".join), min_size=1, max_size=5), min_size=1, max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paragraphs=PARAGRAPHS, gaps=st.builds(Gaps, *[st.integers(0, 2000)] * 4))
def test_a_cue_cuts_out_its_own_samples(paragraphs: list[list[str]], gaps: Gaps, tmp_cache: Cache) -> None:
    """Cutting a stretch's sound at its cues gives back each take's own levelled samples, whatever the gaps."""
    engine = CachedEngine(ToneEngine(22_050), tmp_cache)
    takes = takes_of(script_of(paragraphs), engine, tmp_cache)
    engines, target = {engine.name: engine}, Target()
    gains = levels(takes, engines, tmp_cache, target)
    for stretch in mix.stretches(takes, gaps):
        pcm, _ = mix.sound(stretch, engines, gains, target)
        encoded = mix.Encoded(stretch, "", 0, 0, b"", 0.0)
        cues = timeline([encoded], ["?"] * len(paragraphs), None, Encoding()).cues
        assert len(pcm) // 2 == sum(stretch.lengths()) + sum(stretch.silences)
        for cue, take in zip(cues, stretch.takes, strict=True):
            start, end = cue.start_sample // 2, cue.end_sample // 2  # the MP3 has twice the rate
            speech = engine.synthesize(take.utterance.spoken, take.utterance.voice)
            own, _ = audio.level(speech.pcm[2 * take.first : 2 * take.last], gains[take.utterance.voice], -1.0)
            assert pcm[2 * start : 2 * end] == audio.join([own], 22_050)
            assert not np.any(to_samples(pcm[2 * end : 2 * end + 2]))


def test_gaps_follow_the_boundary(tmp_cache: Cache) -> None:
    """The silence between two cues is what was asked for their boundary; a stretch's end may add 60 ms."""
    engine = CachedEngine(ToneEngine(22_050), tmp_cache)
    takes = takes_of(small_script(), engine, tmp_cache)
    gaps = Gaps(sentence_ms=110, paragraph_ms=220, voice_ms=440, chapter_ms=880)
    for stretch in mix.stretches(takes, gaps):
        for take, silence in list(zip(stretch.takes, stretch.silences, strict=False))[1:]:
            assert take.utterance.boundary is not None
            assert silence == gaps.before(take.utterance.boundary) * 22_050 // 1000


def test_every_stretch_belongs_to_one_chapter_and_holds_all_takes(tmp_cache: Cache) -> None:
    """Stretches keep the order of the takes, lose none, and never reach over a chapter's end."""
    engine = CachedEngine(ToneEngine(22_050), tmp_cache)
    takes = takes_of(script_of([["Das Boot fährt langsam. " * 40] * 9] * 2), engine, tmp_cache)
    made = mix.stretches(takes, Gaps())
    assert [take for stretch in made for take in stretch.takes] == takes
    assert all({take.utterance.chapter for take in stretch.takes} == {stretch.chapter} for stretch in made)
    assert len(made) > 2
    seconds = [sum(stretch.lengths()) / stretch.rate_hz for stretch in made]
    assert max(seconds) <= mix.LONGEST_STRETCH_S


def test_an_endless_paragraph_is_cut_too(tmp_cache: Cache) -> None:
    """A paragraph of many minutes becomes several stretches, so that memory stays small."""
    engine = CachedEngine(ToneEngine(22_050), tmp_cache)
    takes = takes_of(script_of([["Das Boot fährt am Abend langsam über das Wasser. " * 200]]), engine, tmp_cache)
    made = mix.stretches(takes, Gaps())
    assert len(made) > 1
    assert all(sum(stretch.lengths()) / stretch.rate_hz <= mix.LONGEST_STRETCH_S for stretch in made)


def test_chapters_leave_no_gap_and_begin_where_frames_do(tmp_cache: Cache) -> None:
    """The first chapter starts at 0, each ends where the next starts, the last at the end of the sound."""
    engine = CachedEngine(ToneEngine(22_050), tmp_cache)
    takes = takes_of(small_script(), engine, tmp_cache)
    stretches = mix.stretches(takes, Gaps())
    engines, target = {engine.name: engine}, Target()
    gains = levels(takes, engines, tmp_cache, target)
    encoded = mix.encode(stretches, engines, tmp_cache, gains, target, Encoding(), quiet)
    when = timeline(encoded, ["a", "b", "c"], None, Encoding())
    assert when.chapters[0].start_ms == 0
    assert [c.end_ms for c in when.chapters[:-1]] == [c.start_ms for c in when.chapters[1:]]
    assert when.chapters[-1].end_ms == round(when.length_samples / 44.1)
    frames = sum(each.frames for each in encoded)
    assert frames * SAMPLES_PER_FRAME == when.length_samples + 576 + when.padding_samples
    assert all(a.end_ms <= b.start_ms for a, b in zip(when.cues, when.cues[1:], strict=False))
    assert when.cues[-1].end_ms <= when.chapters[-1].end_ms


def test_one_level_a_voice_reaches_the_target(tmp_cache: Cache, espeak: object) -> None:
    """Whatever the engine's own level, all voices together come out at -16 LUFS within half a LU."""
    engine = CachedEngine(espeak, tmp_cache)  # type: ignore[arg-type]
    takes = takes_of(small_script(), engine, tmp_cache)
    engines, encoding = {engine.name: engine}, Encoding()
    target = before_encoding(Target(), encoding)
    gains = levels(takes, engines, tmp_cache, target)
    assert len(set(gains.values())) > 1
    encoded = mix.encode(mix.stretches(takes, Gaps()), engines, tmp_cache, gains, target, encoding, quiet)
    lufs, peak = loudness(encoded, encoding)
    assert lufs == pytest.approx(-16, abs=0.5)
    assert peak <= -1.0


def test_mixed_sample_rates_are_brought_together(tmp_cache: Cache) -> None:
    """Takes of different sample rates join at the highest of them, each as long as it was."""
    slow, fast = ToneEngine(16_000), ToneEngine(22_050)
    engines = {"tone": CachedEngine(fast, tmp_cache)}
    takes = takes_of(small_script(), engines["tone"], tmp_cache)
    other = CachedEngine(slow, tmp_cache)
    voice = replace(takes[0].utterance.voice, engine="slow")
    first = speak([replace(takes[0].utterance, voice=voice)], {"slow": other}, tmp_cache, quiet)[0]
    stretch = mix.stretches([first, *takes[1:]], Gaps())[0]
    engines["slow"] = other
    gains = dict.fromkeys([voice, *(take.utterance.voice for take in takes)], 0.0)
    pcm, _ = mix.sound(stretch, engines, gains, Target())
    assert stretch.rate_hz == 22_050
    assert len(pcm) // 2 == sum(stretch.lengths()) + sum(stretch.silences)


def test_a_gain_stays_the_same_after_a_small_edit(tmp_cache: Cache) -> None:
    """One word changed leaves every voice's gain, and so all other stretches, as they were."""
    engine = CachedEngine(ToneEngine(22_050), tmp_cache)
    engines = {engine.name: engine}
    before = levels(takes_of(small_script(), engine, tmp_cache), engines, tmp_cache, Target())
    after = levels(takes_of(small_script("Kai"), engine, tmp_cache), engines, tmp_cache, Target())
    assert before == after
