"""Stretches, levels and the timeline."""

from __future__ import annotations

import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from narrate.audio import ffmpeg, mix
from narrate.audio.gain import before_encoding, levels
from narrate.audio.loudness import energies, integrated_lufs, to_samples
from narrate.audio.mp3_frames import SAMPLES_PER_FRAME
from narrate.audio.soundtrack import Score, load
from narrate.audio.timeline import loudness, timeline
from narrate.model import Script, ScriptSection
from narrate.model.settings import Encoding, Gaps, Music, Target
from narrate.system.cache import Cache, key_of
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.cast import make_cast
from narrate.voices.speak import Take, speak, utterances
from tests.articles import segment, small_script
from tests.audio.test_loudness import pcm, sine
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
            own, _ = ffmpeg.level(speech.pcm[2 * take.first : 2 * take.last], gains[take.utterance.voice], -1.0)
            assert pcm[2 * start : 2 * end] == ffmpeg.join([own], 22_050)
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


def score_of(folder: Path, rate_hz: int, cache: Cache) -> Score:
    """Return music for everything: a tone for intro, outro and jingle, noise for the bed."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(1)
    sounds = {"ton.wav": sine(900, -20, 1.5, 22_050), "bett.wav": rng.normal(0, 0.05, 22_050 * 7)}
    for name, samples in sounds.items():
        with wave.open(str(folder / name), "wb") as file:
            file.setparams((1, 2, 22_050, 0, "NONE", ""))
            file.writeframes(pcm(samples))
    tone = folder / "ton.wav"
    return load(Music(tone, tone, tone, folder / "bett.wav"), Target(), rate_hz, cache)


def test_without_music_the_keys_know_of_none(tmp_cache: Cache) -> None:
    """Speech without music has the keys it would have if there were none; music that is alone leaves it as it is."""
    engine = CachedEngine(ToneEngine(22_050), tmp_cache)
    takes = takes_of(small_script(), engine, tmp_cache)
    gains = {take.utterance.voice: 1.5 for take in takes}
    encoding, target = Encoding(), Target()
    score = score_of(tmp_cache.folder / "musik", 44_100, tmp_cache)
    plain = mix.stretches(takes, Gaps())
    for stretch in plain:
        said = [(take.key, 1.5) for take in stretch.takes]
        old = key_of("stretch", mix.VERSION, said, stretch.silences, stretch.rate_hz, encoding, target.ceiling_dbtp)
        assert mix._key(stretch, gains, target, encoding) == old
    assert [each for each in mix.stretches(takes, Gaps(), replace(score, bed=None)) if each.takes] == plain


def test_a_jingle_is_encoded_once(tmp_cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same music before every chapter is one stretch of frames, with the chapter's own number each time."""
    engine = CachedEngine(ToneEngine(22_050), tmp_cache)
    takes = takes_of(script_of([["Das Boot fährt."]] * 6), engine, tmp_cache)
    score = replace(score_of(tmp_cache.folder / "musik", 44_100, tmp_cache), intro=None, outro=None, bed=None)
    gains = {take.utterance.voice: 0.0 for take in takes}
    calls: list[int] = []
    real = ffmpeg.encode

    def counted(sound: bytes, rate_hz: int, encoding: Encoding, music: bool) -> bytes:
        calls.append(len(sound))
        return real(sound, rate_hz, encoding, music)

    monkeypatch.setattr(ffmpeg, "encode", counted)
    wanted = mix.stretches(takes, Gaps(), score)
    done = mix.encode(wanted, {engine.name: engine}, tmp_cache, gains, Target(), Encoding(), quiet)
    music = [each for each in done if not each.stretch.takes]
    assert [each.stretch for each in done] == wanted
    assert [each.stretch.chapter for each in music] == [1, 2, 3, 4, 5]
    assert len({each.key for each in music}) == 1
    assert len(calls) == len({each.key for each in done})


def test_a_bed_runs_under_a_whole_chapter_and_memory_stays_bounded(tmp_cache: Cache) -> None:
    """With a bed a chapter is one stretch; one of 20 minutes becomes parts of about five."""
    engine = CachedEngine(ToneEngine(22_050), tmp_cache)
    takes = takes_of(script_of([["Das Boot fährt langsam. " * 20] * 4]), engine, tmp_cache)
    score = score_of(tmp_cache.folder / "musik", 44_100, tmp_cache)
    assert len([each for each in mix.stretches(takes, Gaps(), score) if each.takes]) == 1
    long = [replace(take, first=0, last=take.last * 12) for take in takes]
    parts = [each for each in mix.stretches(long, Gaps(), score) if each.takes]
    seconds = [sum(each.lengths()) / each.rate_hz for each in parts]
    assert len(parts) > 1
    assert max(seconds) < 1.5 * mix.BED_STRETCH_S + mix.LONGEST_STRETCH_S
    assert [take for each in parts for take in each.takes] == long


def test_the_bed_keeps_its_level_and_the_ceiling(tmp_cache: Cache) -> None:
    """What the bed adds to a stretch is 18 LU under the target where somebody speaks, and the sum keeps the ceiling."""
    engine = CachedEngine(ToneEngine(22_050), tmp_cache)
    engines, target = {engine.name: engine}, Target()
    takes = takes_of(script_of([["Das Boot fährt langsam über das Wasser. " * 8]]), engine, tmp_cache)
    score = score_of(tmp_cache.folder / "musik", 44_100, tmp_cache)
    gains = levels(takes, engines, tmp_cache, mix.speech_target(target, score.bed))
    stretch = next(each for each in mix.stretches(takes, Gaps(), score) if each.takes)
    both, rate_hz, peak = mix._with_music(stretch, engines, gains, target, tmp_cache)
    speech, _ = mix.sound(stretch, engines, gains, mix.speech_target(target, score.bed))
    alone = to_samples(both) - to_samples(ffmpeg.resample(speech, 22_050, rate_hz))[: len(both) // 2]
    start, end = 2 * stretch.silences[0], len(alone) - 2 * stretch.silences[-1]
    lufs = integrated_lufs(energies(pcm(alone[start:end].astype(float)), rate_hz))
    assert lufs == pytest.approx(-34, abs=1)
    assert 0.1 < peak <= 10 ** (-1 / 20)
    assert not alone[: rate_hz // 20].any()
    assert not alone[-rate_hz // 20 :].any()
