"""Lexicons in a render: what is spoken anew, and what is warned of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from narrate.lexicon import Entry, Lexicon, ScopedLexicon
from narrate.system.cache import Cache
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.cast import make_cast
from narrate.voices.speak import Pronunciation, utterances
from tests.articles import small_script
from tests.dummies import ToneEngine
from tests.episodes import Rendered, Renderer


class Booth:
    """An engine and a cache to render the small article with."""

    def __init__(self, folder: Path) -> None:
        self.tone = ToneEngine()
        self.cache = Cache(folder / "cache")
        self.engine = CachedEngine(self.tone, self.cache)
        self.out = folder / "out"

    def render(self, *lexicons: ScopedLexicon) -> Rendered:
        """Render with some lexicons."""
        return Renderer(self.out, {"tone": self.engine}, self.cache, lexicons).render(small_script("Kai"))


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[Booth]:
    """Return a booth of its own."""
    made = Booth(tmp_path)
    yield made
    made.engine.close()
    made.cache.close()


def own(alias: str | None, ipa: str | None = None, printed: str = "Kai", line: int = 1) -> Lexicon:
    """Return a lexicon of one entry."""
    return Lexicon((Entry(printed, alias, ipa, f"namen.tsv:{line}"),))


def test_a_lexicon_changes_only_what_it_hits(booth: Booth) -> None:
    """A new lexicon renders again and speaks the sentences it hits; the same once more does nothing."""
    booth.render()
    calls = booth.tone.calls
    assert not booth.render(ScopedLexicon(own("Käi"))).unchanged
    assert booth.tone.calls == calls + 1
    assert booth.render(ScopedLexicon(own("Käi", line=9))).unchanged
    assert not booth.render(ScopedLexicon(own("Kei"))).unchanged
    assert booth.tone.calls == calls + 2
    assert not booth.render().unchanged
    assert booth.tone.calls == calls + 2


def test_the_transcript_keeps_what_is_printed(booth: Booth) -> None:
    """What is said differs, what is shown does not."""
    plain = [cue.text for cue in booth.render().episode.cues]
    assert [cue.text for cue in booth.render(ScopedLexicon(own("Käi"))).episode.cues] == plain


def test_what_cannot_be_spoken_is_warned_of_once(booth: Booth) -> None:
    """IPA without phonemes gives one warning for the engine, with entries and lines; an alias alone gives none."""
    both = ScopedLexicon(Lexicon((*own(None, "kaɪ").entries, *own("Bohte", "boːt", "Boote", 2).entries)))
    (told,) = booth.render(both).warnings
    assert "'tone'" in told
    assert "namen.tsv:1" in told
    assert "lexicon check" in told
    assert booth.render(ScopedLexicon(own("Käi"))).warnings == []


def test_each_voice_has_its_own_lexicons() -> None:
    """A lexicon for one voice changes what that voice says and nothing else."""
    script = small_script("Kai")
    cast = make_cast(script, ToneEngine().voices(), {})
    every = Lexicon(
        (Entry("die", "dieh", None, "x:1"), Entry("der", "dehr", None, "x:2"), Entry("Die", "Dieh", None, "x:3"))
    )
    plain = list(utterances(script, cast, None))
    scoped = ScopedLexicon(every, "tone", cast.reporter.name)
    changed = list(utterances(script, cast, None, Pronunciation({}, [scoped])))
    differing = {one.voice for one, other in zip(plain, changed, strict=True) if one.spoken != other.spoken}
    assert differing == {cast.reporter}
    assert [one.text for one in plain] == [one.text for one in changed]
