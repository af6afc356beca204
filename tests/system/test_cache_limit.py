"""The cache stays below its limit, whoever fills it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from narrate.model.errors import InputUnreadable
from narrate.system.cache import LOCKS, Cache, key_of
from narrate.system.cache_limit import DEFAULT_MAX_MB, MEGABYTE, VARIABLE, keep_below, most_bytes
from tests.batch.archive import make_archive, make_show
from tests.cli.test_main import Run, article, assert_one_sentence, run

__all__ = ["article", "run"]

BODY = bytes(1000)
ENTRIES = 1024


@pytest.fixture
def full(tmp_cache: Cache) -> Cache:
    """Return a cache with many entries, the first unused for longest."""
    for number in range(ENTRIES):
        tmp_cache.put(key_of(number), {}, BODY)
        os.utime(tmp_cache.path(key_of(number)), (1000 + number, 1000 + number))
    return tmp_cache


def test_what_was_unused_longest_goes_first(full: Cache) -> None:
    """Beyond the limit a cache comes down to four fifths of it; the entries used last are there still."""
    whole, limit = full.size_bytes(), full.size_bytes() // 2
    removed = keep_below(full, limit)
    assert removed == whole - full.size_bytes()
    assert limit * 0.75 < full.size_bytes() <= limit * 0.8
    assert full.facts(key_of(ENTRIES - 1)) is not None
    assert full.facts(key_of(0)) is None


def test_nothing_goes_without_need(full: Cache) -> None:
    """Below the limit, without one, or where nothing was added since, every entry stays."""
    whole = full.size_bytes()
    assert keep_below(full, whole * 2) == 0
    assert keep_below(full, None) == 0
    full.written_bytes = 0
    assert keep_below(full, 1) == 0
    assert full.size_bytes() == whole


def test_one_process_at_a_time_looks(full: Cache) -> None:
    """While another is at it nobody waits, and nothing more is removed."""
    with FileLock(full.folder / LOCKS / "prune.lock"):
        assert keep_below(full, full.size_bytes() // 2) == 0
    full.put(key_of("one more"), {}, BODY)
    assert keep_below(full, full.size_bytes() // 2) > 0


def test_what_is_for_this_run_only_is_emptied() -> None:
    """With --no-cache a batch keeps no article's sound on the disk while it makes the next."""
    cache = Cache(None)
    cache.put(key_of(1), {}, BODY)
    assert keep_below(cache, 10 * MEGABYTE) > 0
    assert cache.size_bytes() == 0
    cache.close()


@pytest.mark.parametrize(("said", "meant"), [("", DEFAULT_MAX_MB), ("0.5", 0.5), ("250", 250), ("off", None)])
def test_the_limit_is_chosen_by_a_variable(said: str, meant: float | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Megabytes, or off; 10,000 where nothing is said."""
    monkeypatch.setenv(VARIABLE, said)
    assert most_bytes() == (None if meant is None else meant * MEGABYTE)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_anything_else_is_refused(said: str) -> None:
    """A limit is a number above 0, or a sentence says what it should be."""
    with pytest.MonkeyPatch.context() as variables:
        variables.setenv(VARIABLE, said)
        try:
            assert (most_bytes() or 1) > 0
        except InputUnreadable as error:
            assert VARIABLE in error.message


def test_a_wrong_limit_is_told_before_anything_is_made(
    run: Run, article: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """65 and a sentence, from render and from a batch, which has no article to blame for it."""
    make_archive(tmp_path / "archiv", 2)
    make_show(tmp_path / "show")
    monkeypatch.setenv(VARIABLE, "viel")
    assert_one_sentence(run("render", article.name), 65, VARIABLE, "viel", "off")
    assert_one_sentence(run("batch", "archiv", "--show", "show"), 65, VARIABLE)


@pytest.mark.slow
def test_a_batch_stays_within_it(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers that fill one cache keep it below the limit, and all they make is sound."""
    make_archive(tmp_path / "archiv", 8)
    make_show(tmp_path / "show")
    monkeypatch.setenv("NARRATE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv(VARIABLE, "1")
    done = run("batch", "archiv", "--show", "show", "--jobs", "2", "--json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(run("cache", "info", "--json").stdout)
    one_article_bytes = MEGABYTE
    assert 0 < facts["size_bytes"] < facts["most_bytes"] + one_article_bytes
    assert facts["most_bytes"] == MEGABYTE
    assert run("verify", "show").returncode == 0
