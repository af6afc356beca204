"""Who speaks with which voice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.model import Gender, Script, ScriptSection, Segment, Speaker, Voice
from narrate.model.errors import EngineUnavailable
from narrate.voices.cast import as_listed, make_cast, parse_voice, voice_text

POOL = [
    Voice("e", "r", gender="f"),
    Voice("e", "m1", gender="m"),
    Voice("e", "m2", gender="m"),
    Voice("e", "f1", gender="f"),
    Voice("e", "f2", gender="f"),
]


def script_of(*said: tuple[str, Gender | None, int]) -> Script:
    """Return a script in which each speaker says so many characters."""
    segments = tuple(Segment("quote", Speaker(name, gender), "x" * length) for name, gender, length in said)
    return Script("T", None, (ScriptSection(None, segments),))


def test_who_says_most_chooses_first() -> None:
    """The reporter has the first voice; of two men the one who says more has the better voice."""
    cast = make_cast(script_of(("Kurz", "m", 5), ("Lang", "m", 500), ("Frau", "f", 50)), POOL, {})
    assert cast.reporter == POOL[0]
    assert {name: voice.name for name, voice in cast.speakers.items()} == {"Kurz": "m2", "Lang": "m1", "Frau": "f1"}
    assert list(cast.speakers) == ["Kurz", "Lang", "Frau"]
    assert cast.voices()[0] == POOL[0]


def test_without_a_gender_the_voice_is_unlike_the_reporters() -> None:
    """Where the text tells no gender, the clearest contrast is taken."""
    assert make_cast(script_of(("Wer", None, 5)), POOL, {}).speakers["Wer"].gender == "m"


def test_wishes_are_kept_and_not_given_away() -> None:
    """A voice asked for is used by whom it was asked for, and nobody else gets it."""
    cast = make_cast(script_of(("A", "m", 9), ("B", "m", 99)), POOL, {"A": POOL[1], "reporter": POOL[3]})
    assert cast.reporter == POOL[3]
    assert cast.speakers["A"] == POOL[1]
    assert cast.speakers["B"] == POOL[2]


@given(st.lists(st.sampled_from([None, "f", "m"]), min_size=1, max_size=12))
def test_voices_are_shared_only_when_all_are_taken(genders: list[Gender | None]) -> None:
    """Nobody but the reporter has the reporter's voice; while a voice is free, none is shared."""
    said = [(f"P{number}", gender, 10 + number) for number, gender in enumerate(genders)]
    voices = list(make_cast(script_of(*said), POOL, {}).speakers.values())
    assert POOL[0] not in voices
    assert len(set(voices)) == min(len(genders), len(POOL) - 1)
    uses = [voices.count(voice) for voice in set(voices)]
    assert max(uses) - min(uses) <= 1 or len(set(voices)) < len(POOL) - 1


def test_no_voice_at_all_is_told() -> None:
    """An empty pool is an error, not an IndexError."""
    with pytest.raises(EngineUnavailable):
        make_cast(script_of(), [], {})


NAMES = st.from_regex(r"[a-z][a-z0-9+_-]{0,12}", fullmatch=True)


@given(NAMES, NAMES, st.floats(-12, 12), st.floats(50, 200))
def test_a_written_voice_is_read(engine: str, name: str, semitones: float, rate: float) -> None:
    """Engine, name, semitones and rate are read from `ENGINE:NAME@SEMITONES@RATE%`, in any order, all but one optional."""
    voice = Voice(engine, name, rate=rate / 100, pitch_semitones=semitones)
    assert parse_voice(f"{engine}:{name}@{semitones}@{rate}%", "x") == voice
    assert parse_voice(f"{engine}:{name}@{rate}%@{semitones}", "x") == voice
    assert parse_voice(f"{engine}:{name}@{semitones}", "x") == replace(voice, rate=1.0)
    assert parse_voice(f"{engine}:{name}", "x") == Voice(engine, name)
    assert parse_voice(name, "x") == Voice("x", name)


@given(st.integers(-24, 24), st.integers(50, 200))
def test_a_voice_is_written_as_it_is_read(half_semitones: int, percent: int) -> None:
    """What `voice_text` writes reads back as the same voice, to a hundredth of its rate."""
    voice = Voice("piper", "de_DE-thorsten-medium", rate=percent / 100, pitch_semitones=half_semitones / 2)
    assert parse_voice(voice_text(voice), "x") == voice


@pytest.mark.parametrize(
    "text", ["", ":", ":de", "espeak:", "de@", "de@hoch", "@2", "de@13", "de@nan", "de@10%", "de@1@2@3", "de@90%%"]
)
def test_anything_else_is_refused(text: str) -> None:
    """What is no voice is a ValueError that says how to write one."""
    with pytest.raises(ValueError, match=r"voice|semitones|per cent"):
        parse_voice(text, "espeak")


def test_a_named_voice_is_the_listed_one() -> None:
    """A voice named by a person gets language, gender and rate of the engine's list; a rate of its own stays."""
    listed = [Voice("e", "a", "de-AT", 0.9, gender="f"), Voice("e", "a", "de-AT", 0.9, 5.0, "m")]
    assert as_listed(Voice("e", "a"), listed) == listed[0]
    assert as_listed(Voice("e", "a", pitch_semitones=5.0), listed) == listed[1]
    assert as_listed(Voice("e", "a", rate=1.2), listed) == replace(listed[0], rate=1.2)
    assert as_listed(Voice("e", "a", pitch_semitones=2.0), listed) == Voice("e", "a", "de-AT", 0.9, 2.0)
    assert as_listed(Voice("e", "b"), listed) == Voice("e", "b")


def test_who_fits_both_speaks_for_whom_the_text_leaves_open() -> None:
    """Without a gender the first free voice of none is taken; who has a gender gets one of it, then one of none."""
    pool = [*POOL[:1], Voice("e", "n", gender=None), *POOL[1:2]]
    assert make_cast(script_of(("Wer", None, 5)), pool, {}).speakers["Wer"].name == "n"
    both = make_cast(script_of(("Eva", "f", 9), ("Ida", "f", 5)), pool, {}).speakers
    assert [both["Eva"].name, both["Ida"].name] == ["n", "m1"]


def test_nobody_shares_silently() -> None:
    """Who speaks with one voice is listed together, the reporter too; where everybody has an own voice, nobody is."""
    names = [(f"P{number}", None, 10) for number in range(5)]
    shared = make_cast(script_of(*names), POOL, {}).shared()
    assert sum(len(group) - 1 for group in shared) == 1
    assert make_cast(script_of(*names[:4]), POOL, {}).shared() == []
    assert ["reporter", "P0"] in make_cast(script_of(*names[:1]), POOL, {"P0": POOL[0]}).shared()
