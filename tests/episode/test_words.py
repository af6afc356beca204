"""Word times."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import pytest

from narrate.audio.gain import gains_for
from narrate.audio.mix import Mastering, encode, mix_units
from narrate.audio.timeline import Timeline, timeline
from narrate.episode.words import Words, word_times, words_json
from narrate.model import Script, ScriptSection, Speech, Utterance, Voice
from narrate.model.settings import Encoding, Gaps, Target
from narrate.pipeline.render import silent
from narrate.system.cache import Cache
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.cast import make_cast
from narrate.voices.engines.espeak.engine import EspeakEngine
from narrate.voices.speak import Pronunciation, speak, utterances
from narrate.voices.voices import Voices
from tests.articles import segment
from tests.dummies import ToneEngine

TEXT = "Am 3. 5. 2024 kamen 1.200 Gäste, „Igor Babuschkin“ von xAI & Co. war dabei. Die Boote legen an."


def made(engine: CachedEngine, cache: Cache) -> tuple[Timeline, Words]:
    """Speak a sentence with everything that is said in another way than printed."""
    script = Script("Titel", None, (ScriptSection(None, (segment(TEXT),)),))
    voices = Voices({engine.name: engine}, cache)
    cast = make_cast(script, engine.voices(), {})
    takes = speak(utterances(script, cast, None, Pronunciation(voices.engines)), voices, silent)
    mastering = Mastering(gains_for(takes, voices, cache, Target()), Target(), Encoding())
    encoded = encode(mix_units(takes, Gaps()), mastering, voices, cache, silent)
    whole = timeline(encoded, ["Titel"], None, Encoding())
    return whole, word_times(encoded, whole.cues, voices.marks)


def test_words_are_printed_words_in_their_cues(espeak: EspeakEngine, tmp_cache: Cache) -> None:
    """Each word is a word as printed; words ascend, do not overlap and lie inside their cue; numbers have theirs too."""
    whole, words = made(CachedEngine(espeak, tmp_cache), tmp_cache)
    assert len(words) == len(whole.cues)
    for cue, own in zip(whole.cues, words, strict=True):
        assert own
        assert all(cue.start_ms <= word.start_ms < word.end_ms <= cue.end_ms for word in own)
        assert all(a.end <= b.start and a.end_ms <= b.start_ms for a, b in itertools.pairwise(own))
        assert all(cue.text[word.start : word.end] in cue.text.split() for word in own)
    told = [whole.cues[0].text[word.start : word.end] for word in words[0]]
    assert {"1.200", "„Igor", "Babuschkin“", "xAI", "2024"} <= set(told)
    # "eintausendzweihundert" takes longer than "Am".
    length = {whole.cues[0].text[word.start : word.end]: word.end_ms - word.start_ms for word in words[0]}
    assert length["1.200"] > 2 * length["Am"]


class MuteEngine(ToneEngine):
    """An engine that does not tell when it says a word."""

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Return a tone without marks."""
        return replace(super().synthesize(text, voice), marks=())


def test_an_engine_without_marks_has_no_words(tmp_cache: Cache) -> None:
    """Where the engine tells nothing, the list of a cue is empty."""
    whole, words = made(CachedEngine(MuteEngine(22_050), tmp_cache), tmp_cache)
    assert words == ((),) * len(whole.cues)
    assert json.loads(words_json(words)) == {"version": 1, "cues": [[]] * len(whole.cues)}


@pytest.mark.parametrize("lost", [True, False])
def test_marks_are_read_without_the_sound(espeak: EspeakEngine, tmp_cache: Cache, lost: bool) -> None:
    """Remembered marks are those of the speech; what is not remembered has none, and is not spoken for it."""
    voices = Voices({"espeak": CachedEngine(espeak, tmp_cache)}, tmp_cache)
    said = Utterance(0, None, "narration", None, espeak.voices()[0], "Guten Tag.", "Guten Tag.", 0)
    (take,) = speak([said], voices, silent)
    spoken = voices.speech(take).marks
    if lost:
        tmp_cache.clear()
    assert spoken
    assert voices.marks(take) == (() if lost else spoken)
