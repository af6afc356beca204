"""From a script to utterances and takes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.lexicon import Entry, Lexicon, ScopedLexicon
from narrate.model import Script, ScriptSection, Speech, Utterance, Voice
from narrate.model.errors import EngineUnavailable, ServiceBusy, SynthesisError
from narrate.system.cache import Cache
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.cast import Cast, make_cast
from narrate.voices.speak import Pronunciation, speak, utterances
from narrate.voices.voices import Voices
from tests.articles import segment, small_script
from tests.dummies import DistantEngine, ToneEngine

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
    takes = speak(wanted, Voices({"tone": engine}, tmp_cache), lambda stage, done, total, one: heard.append(done))
    assert [take.utterance for take in takes] == wanted
    assert heard == list(range(1, len(wanted) + 1))
    assert all(0 <= take.first < take.last for take in takes)
    calls = tone.calls
    speak(wanted, Voices({"tone": engine}, tmp_cache), quiet)
    assert tone.calls == calls


def test_silence_for_words_is_a_failure(tmp_cache: Cache) -> None:
    """An engine that gives silence for words fails the run, with the voice and the first words."""

    class Mute(ToneEngine):
        def synthesize(self, text: str, voice: Voice) -> Speech:
            return Speech(bytes(len(super().synthesize(text, voice).pcm)), self.rate_hz)

    engine = CachedEngine(Mute(), tmp_cache)
    with pytest.raises(SynthesisError, match=r"tone:high.*synthetischen"):
        speak(said(small_script())[:1], Voices({"tone": engine}, tmp_cache), quiet)


def distant_sentences() -> list[Utterance]:
    """Return small_script's utterances in the voice of a service."""
    voice = DistantEngine().voices()[0]
    return [replace(one, voice=voice) for one in said(small_script())]


def quiet(*_: object) -> None:
    """Listen to progress and say nothing."""


def in_tone(utterance: Utterance) -> Utterance:
    """Let the tone engine step in."""
    return replace(utterance, voice=ToneEngine().voices()[1])


@pytest.mark.parametrize("kind", [EngineUnavailable, ServiceBusy, SynthesisError])
def test_a_failure_says_who_and_what(tmp_cache: Cache, kind: type[EngineUnavailable]) -> None:
    """A failure keeps its class and names engine, voice, first words and cause; what was spoken is not asked again."""
    distant = DistantEngine(parallel=1)
    engines = {"distant": CachedEngine(distant, tmp_cache)}
    wanted = distant_sentences()
    speak(wanted[:3], Voices(engines, tmp_cache), quiet)
    kept = len(distant.asked)
    distant.failures = [kind("The line is dead; call the plumber.")]
    with pytest.raises(kind) as caught:
        speak(wanted, Voices(engines, tmp_cache), quiet)
    first = wanted[3].text.split()[0]
    assert caught.value.message.startswith(f"distant:high did not speak '{first}")
    assert caught.value.message.endswith("The line is dead; call the plumber.")
    failed = distant.asked[kept]
    assert failed == " ".join(wanted[3].spoken.split()[:3])
    speak(wanted, Voices(engines, tmp_cache), quiet)
    assert [piece for piece in set(distant.asked) if distant.asked.count(piece) > 1] == [failed]


def test_a_service_that_is_down_is_not_asked_on_and_on(tmp_cache: Cache) -> None:
    """After one failure of the engine itself the rest is not asked, but what is remembered still comes from it."""
    distant = DistantEngine(parallel=1)
    engines = {"distant": CachedEngine(distant, tmp_cache), "tone": CachedEngine(ToneEngine(), tmp_cache)}
    wanted = distant_sentences()
    speak(wanted[4:6], Voices(engines, tmp_cache), quiet)
    before = len(distant.asked)
    distant.failures = [ServiceBusy("Enough for today.")] * 100
    takes = speak(wanted, Voices(engines, tmp_cache), quiet, in_tone)
    assert len(distant.asked) == before + 1
    assert [take.instead_of is None for take in takes] == [4 <= index < 6 for index in range(len(wanted))]
    assert [take.utterance.text for take in takes] == [one.text for one in wanted]
    assert {take.utterance.voice.engine for take in takes[:4]} == {"tone"}


def test_one_text_that_fails_is_one_stand_in(tmp_cache: Cache) -> None:
    """A text that a voice cannot speak is spoken instead; all others stay with their voice."""
    distant = DistantEngine(parallel=1)
    engines = {"distant": CachedEngine(distant, tmp_cache), "tone": CachedEngine(ToneEngine(), tmp_cache)}
    distant.failures = [SynthesisError("Not this one.")]
    heard: list[int] = []
    wanted = distant_sentences()
    takes = speak(wanted, Voices(engines, tmp_cache), lambda stage, done, total, one: heard.append(done), in_tone)
    assert [take.instead_of for take in takes] == [wanted[0].voice] + [None] * (len(wanted) - 1)
    assert heard == list(range(1, len(wanted) + 1))


def test_each_engine_has_its_own_limit(tmp_cache: Cache) -> None:
    """An engine is never called more often at once than it allows, whatever the others allow."""
    distant, tone = DistantEngine(parallel=1), ToneEngine()
    tone.parallel = 4
    engines = {"distant": CachedEngine(distant, tmp_cache), "tone": CachedEngine(tone, tmp_cache)}
    mixed = [one for pair in zip(distant_sentences(), said(small_script()), strict=True) for one in pair]
    assert [take.utterance for take in speak(mixed, Voices(engines, tmp_cache), quiet)] == mixed
    assert distant.most_at_once == 1


def test_an_engine_that_cannot_give_its_notation_is_replaced(tmp_cache: Cache) -> None:
    """What fails before anything is spoken is told when it shall speak, and there another engine steps in."""

    class Speechless(ToneEngine):
        def pronounce(self, ipa: str) -> str | None:
            raise EngineUnavailable("no phonemes today")

    entry = Entry("Markt", None, "maʁkt", "a.tsv:1")
    engines = {"tone": CachedEngine(Speechless(), tmp_cache), "distant": CachedEngine(DistantEngine(), tmp_cache)}
    pronunciation = Pronunciation(engines, [ScopedLexicon(Lexicon((entry,)), None, None)])
    script = Script("Markt", None, (ScriptSection(None, (segment("Der Markt ist offen."),)),))
    sentences = list(utterances(script, cast_of(script), None, pronunciation))
    with pytest.raises(EngineUnavailable, match="no phonemes today"):
        speak(sentences, Voices(engines, tmp_cache), quiet)
    other = DistantEngine().voices()[0]
    takes = speak(sentences, Voices(engines, tmp_cache), quiet, lambda one: replace(one, voice=other, spoken=one.text))
    assert [take.instead_of for take in takes] == [one.voice for one in sentences]
