"""From a script to utterances and takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.cache import Cache, CachedEngine
from narrate.cast import Cast, make_cast
from narrate.errors import SynthesisError
from narrate.model import Script, ScriptSection, Speech, Utterance, Voice
from narrate.speak import speak, utterances
from tests.articles import segment, small_script
from tests.dummies import ToneEngine

NOTICE = "Mit synthetischen Stimmen."


def cast_of(script: Script) -> Cast:
    """Return a cast of tones."""
    return make_cast(script, ToneEngine().voices(), {})


def said(script: Script, notice: str | None = NOTICE) -> list[Utterance]:
    """Return a script's utterances."""
    return list(utterances(script, cast_of(script), notice))


def test_notice_and_headings_are_said_but_belong_to_no_segment() -> None:
    """The notice comes first, each heading at its chapter's start; both by the reporter, with no segment."""
    own = [one for one in said(small_script()) if one.segment is None]
    assert [(one.role, one.text, one.chapter) for one in own] == [
        ("notice", NOTICE, 0),
        ("heading", "Die Händler", 1),
        ("heading", "Ein Brief", 2),
    ]
    assert {one.speaker for one in own} == {None}
    assert said(small_script(), None)[0].role == "headline"


def test_boundaries_tell_what_lies_between() -> None:
    """Chapter before voice before paragraph before sentence; the very first has none."""
    assert [one.boundary for one in said(small_script())] == [
        None, "paragraph", "paragraph", "paragraph", "sentence",
        "chapter", "paragraph", "voice", "voice",
        "chapter", "paragraph", "voice", "sentence", "paragraph", "voice",
    ]  # fmt: skip


TEXTS = st.lists(st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=80), max_size=6)


@given(TEXTS)
def test_nothing_that_can_be_said_is_lost(texts: list[str]) -> None:
    """Every letter and digit of every segment is in exactly one utterance of that segment, in order."""
    script = Script("T", None, (ScriptSection(None, tuple(map(segment, texts))),))
    for number, text in enumerate(texts):
        own = "".join(one.text for one in said(script, None) if one.segment == number)
        assert [sign for sign in own if sign.isalnum()] == [sign for sign in text if sign.isalnum()]
    assert all(any(map(str.isalnum, one.spoken)) for one in said(script, None))


def test_takes_come_in_order_and_are_spoken_once(tmp_cache: Cache) -> None:
    """Takes stand in the order of the utterances; the same sentence twice is spoken once."""
    tone = ToneEngine()
    engine = CachedEngine(tone, tmp_cache)
    wanted = said(small_script()) * 2
    heard: list[int] = []
    takes = speak(wanted, {"tone": engine}, tmp_cache, lambda stage, done, total, one: heard.append(done))
    assert [take.utterance for take in takes] == wanted
    assert heard == list(range(1, len(wanted) + 1))
    assert all(0 <= take.first < take.last for take in takes)
    calls = tone.calls
    speak(wanted, {"tone": engine}, tmp_cache, lambda *_: None)
    assert tone.calls == calls


def test_silence_for_words_is_a_failure(tmp_cache: Cache) -> None:
    """An engine that gives silence for words fails the run, with the voice and the first words."""

    class Mute(ToneEngine):
        def synthesize(self, text: str, voice: Voice) -> Speech:
            return Speech(bytes(len(super().synthesize(text, voice).pcm)), self.rate_hz)

    engine = CachedEngine(Mute(), tmp_cache)
    with pytest.raises(SynthesisError, match=r"tone:high.*synthetischen"):
        speak(said(small_script())[:1], {"tone": engine}, tmp_cache, lambda *_: None)
