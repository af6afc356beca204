"""Mix units, levels and the timeline."""

from __future__ import annotations

import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from narrate.audio import ffmpeg, mix
from narrate.audio.gain import before_encoding, gains_for
from narrate.audio.loudness import energies, integrated_lufs, to_samples
from narrate.audio.mp3_frames import SAMPLES_PER_FRAME
from narrate.audio.soundtrack import Soundtrack, load
from narrate.audio.timeline import loudness, timeline
from narrate.model import Script, ScriptSection, Take, Voice
from narrate.model.settings import Encoding, Gaps, Music, Target
from narrate.system.cache import Cache, key_of
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.cast import make_cast
from narrate.voices.engines.espeak.engine import EspeakEngine
from narrate.voices.speak import speak, utterances
from narrate.voices.voices import Voices
from tests.articles import segment, small_script
from tests.audio.test_loudness import pcm, sine
from tests.dummies import ToneEngine

TARGET = Target()


def quiet(*_: object) -> None:
    """Listen to no progress."""


@pytest.fixture
def voices(tmp_cache: Cache) -> Voices:
    """Return two tones and an empty cache."""
    return Voices({"tone": CachedEngine(ToneEngine(22_050), tmp_cache)}, tmp_cache)


def takes_of(script: Script, voices: Voices) -> list[Take]:
    """Speak a script with a cast of tones."""
    cast = make_cast(script, next(iter(voices.engines.values())).voices(), {})
    return speak(list(utterances(script, cast, "Mit künstlichen Stimmen.")), voices, quiet)


def gains_of(takes: list[Take], voices: Voices, target: Target = TARGET) -> dict[Voice, float]:
    """Return the gains that bring takes to a target."""
    return gains_for(takes, voices, voices.cache, target)


def script_of(paragraphs: list[list[str]]) -> Script:
    """Return a script with a section for each list of paragraphs."""
    sections = [ScriptSection(f"Teil {number}", tuple(map(segment, part))) for number, part in enumerate(paragraphs)]
    return Script("Titel", None, tuple(sections))


WORDS = st.lists(st.sampled_from(["Boot", "Wasser", "und", "Abend", "fährt", "langsam"]), min_size=1, max_size=12)
PARAGRAPHS = st.lists(st.lists(WORDS.map(" ".join), min_size=1, max_size=5), min_size=1, max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paragraphs=PARAGRAPHS, gaps=st.builds(Gaps, *[st.integers(0, 2000)] * 4))
def test_a_cue_cuts_out_its_own_samples(paragraphs: list[list[str]], gaps: Gaps, voices: Voices) -> None:
    """Cutting a unit's sound at its cues gives back each take's own levelled samples, whatever the gaps."""
    takes = takes_of(script_of(paragraphs), voices)
    gains = gains_of(takes, voices)
    for unit in mix.mix_units(takes, gaps):
        pcm, _ = mix.joined(unit, voices, gains, TARGET)
        encoded = mix.EncodedUnit(unit, "", 0, 0, b"", 0.0)
        cues = timeline([encoded], ["?"] * len(paragraphs), None, Encoding()).cues
        assert len(pcm) // 2 == sum(unit.lengths()) + sum(unit.silences)
        for cue, take in zip(cues, unit.takes, strict=True):
            start, end = cue.start_sample // 2, cue.end_sample // 2  # the MP3 has twice the rate
            said = voices.speech(take).pcm[2 * take.first : 2 * take.last]
            own, _ = ffmpeg.level(said, gains[take.utterance.voice], -1.0)
            assert pcm[2 * start : 2 * end] == ffmpeg.join([own], 22_050)
            assert not np.any(to_samples(pcm[2 * end : 2 * end + 2]))


def test_gaps_follow_the_boundary(voices: Voices) -> None:
    """The silence between two cues is what was asked for their boundary; a unit's end may add 60 ms."""
    takes = takes_of(small_script(), voices)
    gaps = Gaps(sentence_ms=110, paragraph_ms=220, voice_ms=440, chapter_ms=880)
    for unit in mix.mix_units(takes, gaps):
        for take, silence in list(zip(unit.takes, unit.silences, strict=False))[1:]:
            assert take.utterance.boundary is not None
            assert silence == gaps.before(take.utterance.boundary) * 22_050 // 1000


def test_every_stretch_belongs_to_one_chapter_and_holds_all_takes(voices: Voices) -> None:
    """Mix units keep the order of the takes, lose none, and never reach over a chapter's end."""
    takes = takes_of(script_of([["Das Boot fährt langsam. " * 40] * 9] * 2), voices)
    made = mix.mix_units(takes, Gaps())
    assert [take for unit in made for take in unit.takes] == takes
    assert all({take.utterance.chapter for take in unit.takes} == {unit.chapter} for unit in made)
    assert len(made) > 2
    seconds = [sum(unit.lengths()) / unit.rate_hz for unit in made]
    assert max(seconds) <= mix.LONGEST_UNIT_S


def test_an_endless_paragraph_is_cut_too(voices: Voices) -> None:
    """A paragraph of many minutes becomes several units, so that memory stays small."""
    takes = takes_of(script_of([["Das Boot fährt am Abend langsam über das Wasser. " * 200]]), voices)
    made = mix.mix_units(takes, Gaps())
    assert len(made) > 1
    assert all(sum(unit.lengths()) / unit.rate_hz <= mix.LONGEST_UNIT_S for unit in made)


def test_chapters_leave_no_gap_and_begin_where_frames_do(voices: Voices) -> None:
    """The first chapter starts at 0, each ends where the next starts, the last at the end of the sound."""
    takes = takes_of(small_script(), voices)
    units = mix.mix_units(takes, Gaps())
    gains = gains_of(takes, voices)
    encoded = mix.encode(units, mix.Mastering(gains, TARGET, Encoding()), voices, voices.cache, quiet)
    when = timeline(encoded, ["a", "b", "c"], None, Encoding())
    assert when.chapters[0].start_ms == 0
    assert [c.end_ms for c in when.chapters[:-1]] == [c.start_ms for c in when.chapters[1:]]
    assert when.chapters[-1].end_ms == round(when.length_samples / 44.1)
    frames = sum(each.frames for each in encoded)
    assert frames * SAMPLES_PER_FRAME == when.length_samples + 576 + when.padding_samples
    assert all(a.end_ms <= b.start_ms for a, b in zip(when.cues, when.cues[1:], strict=False))
    assert when.cues[-1].end_ms <= when.chapters[-1].end_ms


def test_one_level_a_voice_reaches_the_target(tmp_cache: Cache, espeak: EspeakEngine) -> None:
    """Whatever the engine's own level, all voices together come out at -16 LUFS within half a LU."""
    voices, encoding = Voices({"espeak": CachedEngine(espeak, tmp_cache)}, tmp_cache), Encoding()
    takes = takes_of(small_script(), voices)
    target = before_encoding(TARGET, encoding)
    gains = gains_of(takes, voices, target)
    assert len(set(gains.values())) > 1
    encoded = mix.encode(mix.mix_units(takes, Gaps()), mix.Mastering(gains, target, encoding), voices, tmp_cache, quiet)
    lufs, peak = loudness(encoded, encoding)
    assert lufs == pytest.approx(-16, abs=0.5)
    assert peak <= -1.0


def test_mixed_sample_rates_are_brought_together(tmp_cache: Cache) -> None:
    """Takes of different sample rates join at the highest of them, each as long as it was."""
    slow, fast = ToneEngine(16_000), ToneEngine(22_050)
    voices = Voices({"tone": CachedEngine(fast, tmp_cache), "slow": CachedEngine(slow, tmp_cache)}, tmp_cache)
    takes = takes_of(small_script(), voices)
    voice = replace(takes[0].utterance.voice, engine="slow")
    first = speak([replace(takes[0].utterance, voice=voice)], voices, quiet)[0]
    unit = mix.mix_units([first, *takes[1:]], Gaps())[0]
    gains = dict.fromkeys([voice, *(take.utterance.voice for take in takes)], 0.0)
    pcm, _ = mix.joined(unit, voices, gains, TARGET)
    assert unit.rate_hz == 22_050
    assert len(pcm) // 2 == sum(unit.lengths()) + sum(unit.silences)


def test_a_gain_stays_the_same_after_a_small_edit(voices: Voices) -> None:
    """One word changed leaves every voice's gain, and so all other units, as they were."""
    before = gains_of(takes_of(small_script(), voices), voices)
    after = gains_of(takes_of(small_script("Kai"), voices), voices)
    assert before == after


def soundtrack_of(folder: Path, rate_hz: int, cache: Cache) -> Soundtrack:
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


def test_without_music_the_keys_know_of_none(tmp_cache: Cache, voices: Voices) -> None:
    """Speech without music has the keys it would have if there were none; music that is alone leaves it as it is."""
    takes = takes_of(small_script(), voices)
    gains = {take.utterance.voice: 1.5 for take in takes}
    soundtrack = soundtrack_of(tmp_cache.folder / "musik", 44_100, tmp_cache)
    plain = mix.mix_units(takes, Gaps())
    encoded = mix.encode(plain, mix.Mastering(gains, TARGET, Encoding()), voices, voices.cache, quiet)
    for unit, one in zip(plain, encoded, strict=True):
        said = [(take.key, 1.5) for take in unit.takes]
        old = key_of("stretch", mix.VERSION, said, unit.silences, unit.rate_hz, Encoding(), TARGET.ceiling_dbtp)
        assert one.key == old
    assert [each for each in mix.mix_units(takes, Gaps(), replace(soundtrack, bed=None)) if each.takes] == plain


def test_a_jingle_is_encoded_once(tmp_cache: Cache, monkeypatch: pytest.MonkeyPatch, voices: Voices) -> None:
    """The same music before every chapter is one unit of frames, with the chapter's own number each time."""
    takes = takes_of(script_of([["Das Boot fährt."]] * 6), voices)
    soundtrack = replace(soundtrack_of(tmp_cache.folder / "musik", 44_100, tmp_cache), intro=None, outro=None, bed=None)
    gains = {take.utterance.voice: 0.0 for take in takes}
    calls: list[int] = []
    real = ffmpeg.encode

    def counted(sound: bytes, rate_hz: int, encoding: Encoding, music: bool) -> bytes:
        calls.append(len(sound))
        return real(sound, rate_hz, encoding, music)

    monkeypatch.setattr(ffmpeg, "encode", counted)
    wanted = mix.mix_units(takes, Gaps(), soundtrack)
    done = mix.encode(wanted, mix.Mastering(gains, TARGET, Encoding()), voices, voices.cache, quiet)
    music = [each for each in done if not each.unit.takes]
    assert [each.unit for each in done] == wanted
    assert [each.unit.chapter for each in music] == [1, 2, 3, 4, 5]
    assert len({each.key for each in music}) == 1
    assert len(calls) == len({each.key for each in done})


def test_a_bed_runs_under_a_whole_chapter_and_memory_stays_bounded(tmp_cache: Cache, voices: Voices) -> None:
    """With a bed a chapter is one unit; one of 20 minutes becomes parts of about five."""
    takes = takes_of(script_of([["Das Boot fährt langsam. " * 20] * 4]), voices)
    soundtrack = soundtrack_of(tmp_cache.folder / "musik", 44_100, tmp_cache)
    assert len([each for each in mix.mix_units(takes, Gaps(), soundtrack) if each.takes]) == 1
    long = [replace(take, first=0, last=take.last * 12) for take in takes]
    parts = [each for each in mix.mix_units(long, Gaps(), soundtrack) if each.takes]
    seconds = [sum(each.lengths()) / each.rate_hz for each in parts]
    assert len(parts) > 1
    assert max(seconds) < 1.5 * mix.BED_UNIT_S + mix.LONGEST_UNIT_S
    assert [take for each in parts for take in each.takes] == long


def test_the_bed_keeps_its_level_and_the_ceiling(tmp_cache: Cache, voices: Voices) -> None:
    """What the bed adds to a unit is 18 LU under the target where somebody speaks, and the sum keeps the ceiling."""
    takes = takes_of(script_of([["Das Boot fährt langsam über das Wasser. " * 8]]), voices)
    soundtrack = soundtrack_of(tmp_cache.folder / "musik", 44_100, tmp_cache)
    gains = gains_of(takes, voices, mix.speech_target(TARGET, soundtrack.bed))
    unit = next(each for each in mix.mix_units(takes, Gaps(), soundtrack) if each.takes)
    both, rate_hz, peak = mix.mixed(unit, mix.Mastering(gains, TARGET, Encoding()), voices, voices.cache)
    speech, _ = mix.joined(unit, voices, gains, mix.speech_target(TARGET, soundtrack.bed))
    alone = to_samples(both) - to_samples(ffmpeg.resample(speech, 22_050, rate_hz))[: len(both) // 2]
    start, end = 2 * unit.silences[0], len(alone) - 2 * unit.silences[-1]
    lufs = integrated_lufs(energies(pcm(alone[start:end].astype(float)), rate_hz))
    assert lufs == pytest.approx(-34, abs=1)
    assert 0.1 < peak <= 10 ** (-1 / 20)
    assert not alone[: rate_hz // 20].any()
    assert not alone[-rate_hz // 20 :].any()
