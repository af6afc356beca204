"""What decides that an episode has to be made again."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path

import pytest

from narrate.episode.job import Job, make_job, shaping_values
from narrate.episode.release import Release
from narrate.model.settings import Gaps, Music, Settings
from narrate.system.cache import Cache
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.cast import make_cast
from narrate.voices.voices import Voices
from tests.articles import small_script
from tests.dummies import ToneEngine


@pytest.fixture
def job(tmp_cache: Cache) -> Job:
    """Return the job of the small script."""
    voices = Voices({"tone": CachedEngine(ToneEngine(), tmp_cache)}, tmp_cache)
    script = small_script()
    return make_job(script, make_cast(script, ToneEngine().voices(), {}), Settings(), Release(Path("a")), (), voices)


def test_a_new_field_counts_by_itself(job: Job) -> None:
    """A field that somebody adds to a job, or to any part of it, changes the digest without being listed anywhere."""

    @dataclass(frozen=True)
    class LongerJob(Job):
        mood: str = "calm"

    @dataclass(frozen=True)
    class LongerGaps(Gaps):
        breath_ms: int = 0

    own = {one.name: getattr(job, one.name) for one in fields(job)}
    calm, cheerful = LongerJob(**own), LongerJob(**own, mood="cheerful")
    assert len({job.digest, calm.digest, cheerful.digest}) == 3
    breathing = [replace(job, settings=replace(job.settings, gaps=LongerGaps(breath_ms=ms))) for ms in (0, 5)]
    assert len({job.digest, *(one.digest for one in breathing)}) == 3


def test_where_it_goes_does_not_count(job: Job) -> None:
    """The same episode in another folder is the same job; another gap, word or voice is not."""
    assert replace(job, release=Release(Path("b"))).digest == job.digest
    others = [
        replace(job, settings=replace(job.settings, gaps=Gaps(chapter_ms=1))),
        replace(job, script=small_script("Kai")),
        replace(job, cast=replace(job.cast, reporter=replace(job.cast.reporter, rate=1.1))),
        replace(job, versions=("x",)),
    ]
    assert len({job.digest, *(one.digest for one in others)}) == len(others) + 1


def test_levels_of_no_music_do_not_count(tmp_cache: Cache) -> None:
    """How loud music would be decides nothing where there is none."""
    voices = Voices({"tone": CachedEngine(ToneEngine(), tmp_cache)}, tmp_cache)
    script = small_script()
    cast = make_cast(script, ToneEngine().voices(), {})
    one, other = (
        make_job(script, cast, Settings(music=music), Release(Path("a")), (), voices)
        for music in (Music(), Music(level_lu=-9.0))
    )
    assert one.digest == other.digest


def test_paths_count_by_their_content() -> None:
    """A path in the settings is no value of its own: its file's digest is."""
    assert shaping_values(Settings(cover=Path("a.png"))) == shaping_values(Settings(cover=Path("b.png")))
