"""What is remembered."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.model import Voice
from narrate.model.errors import EngineUnavailable, NarrateError
from narrate.system.cache import Cache, default_folder, key_of
from narrate.voices.cached_engine import CachedEngine
from tests.dummies import DistantEngine, ToneEngine

FACTS = {"rate_hz": 22_050, "marks": [[0, "Übung", 0.5, 1.5]]}
BODY = bytes(range(256)) * 30


def test_what_is_put_comes_back(tmp_cache: Cache) -> None:
    """Facts and body come back as they were; facts can be had alone; an unknown key is a miss."""
    key = key_of("x")
    assert tmp_cache.get(key) is None
    assert tmp_cache.facts(key) is None
    tmp_cache.put(key, FACTS, BODY)
    assert tmp_cache.get(key) == (FACTS, BODY)
    assert tmp_cache.facts(key) == FACTS


@pytest.mark.parametrize("place", [0, 9, 45, 73, 80, 120, 1000, -1])
def test_a_flipped_bit_is_a_miss(tmp_cache: Cache, place: int) -> None:
    """Wherever a bit flips, in head, facts or body, the entry is not served; put again, it is."""
    key = key_of("x")
    tmp_cache.put(key, FACTS, BODY)
    data = bytearray(tmp_cache.path(key).read_bytes())
    data[place] ^= 4
    tmp_cache.path(key).write_bytes(data)
    assert tmp_cache.get(key) is None
    tmp_cache.put(key, FACTS, BODY)
    assert tmp_cache.get(key) == (FACTS, BODY)


def test_a_torn_entry_is_a_miss(tmp_cache: Cache) -> None:
    """An entry cut at any length is not served."""
    key = key_of("x")
    tmp_cache.put(key, FACTS, BODY)
    data = tmp_cache.path(key).read_bytes()
    for length in (0, 1, 8, 40, 75, 76, 90, 200, len(data) - 1):
        tmp_cache.path(key).write_bytes(data[:length])
        assert tmp_cache.get(key) is None, length


def _write(folder: Path) -> None:
    cache = Cache(folder)
    for number in range(100):
        cache.put(key_of(number % 5), {"n": number % 5}, BODY)


def test_processes_may_write_the_same_entry(tmp_path: Path) -> None:
    """Two processes that put the same keys at once leave whole entries and no temporary file."""
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(tmp_path,)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    cache = Cache(tmp_path)
    assert all(cache.get(key_of(number)) == ({"n": number}, BODY) for number in range(5))
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_folder_that_cannot_be_written_is_replaced(tmp_path: Path) -> None:
    """Where the folder cannot be made, entries are kept for this run, and gone after it."""
    (tmp_path / "datei").write_bytes(b"")
    cache = Cache(tmp_path / "datei" / "unter")
    assert not cache.kept
    cache.put(key_of("x"), FACTS, BODY)
    assert cache.get(key_of("x")) == (FACTS, BODY)
    folder = cache.folder
    cache.close()
    assert not folder.exists()


def test_prune_removes_what_was_unused_longest(tmp_cache: Cache) -> None:
    """Entries go in the order of their last use, until the rest fits."""
    keys = [key_of(number) for number in range(4)]
    for age, key in enumerate(keys):
        tmp_cache.put(key, {}, BODY)
        os.utime(tmp_cache.path(key), (1000 + age, 1000 + age))
    assert tmp_cache.get(keys[0])  # used again: now the youngest
    one = tmp_cache.size_bytes() // 4
    assert tmp_cache.prune(2 * one) == 2 * one
    assert [tmp_cache.get(key) is not None for key in keys] == [True, False, False, True]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON, JSON)
def test_keys_differ_when_anything_differs(one: object, two: object) -> None:
    """Equal parts have equal keys, and unequal ones have not."""
    assert key_of(one) == key_of(one)
    if repr(one) != repr(two) and one != two:
        assert key_of(one) != key_of(two)
    assert key_of("a", "bc") != key_of("ab", "c")


def test_an_engine_that_remembers_speaks_once(tmp_cache: Cache) -> None:
    """The same text and voice are spoken once, also by another engine of the same version; others are spoken."""
    tone = ToneEngine()
    engine = CachedEngine(tone, tmp_cache)
    high, low, _ = engine.voices()
    first = engine.synthesize("Ein Satz.", high)
    assert engine.synthesize("Ein Satz.", high) == first
    assert CachedEngine(ToneEngine(), tmp_cache).synthesize("Ein Satz.", high) == first
    assert tone.calls == 1
    engine.synthesize("Ein Satz.", low)
    engine.synthesize("Ein Satz.", Voice("tone", "high", rate=1.2))
    CachedEngine(ToneEngine(16_000), tmp_cache).synthesize("Ein Satz.", high)
    assert tone.calls == 3


def test_the_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """NARRATE_CACHE_DIR moves the cache; without it the user's own cache folder is used."""
    monkeypatch.setenv("NARRATE_CACHE_DIR", str(tmp_path))
    assert default_folder() == tmp_path
    monkeypatch.delenv("NARRATE_CACHE_DIR")
    assert default_folder().name == "narrate"


LINE = "Am Hafen beginnt der Tag früh und die ersten Boote legen schon an"


def test_a_service_is_asked_once_for_every_piece(tmp_cache: Cache) -> None:
    """Another pitch of the same words asks the service for nothing; both are remembered on their own."""
    distant = DistantEngine()
    engine = CachedEngine(distant, tmp_cache)
    high, low = distant.voices()
    first = engine.synthesize(LINE, high)
    asked = len(distant.asked)
    assert asked == len(distant.pieces(LINE))
    assert engine.synthesize(LINE, low) != first
    assert engine.synthesize(LINE, high) == first
    assert engine.remembers(LINE, low)
    assert len(distant.asked) == asked


def test_a_crash_in_the_middle_loses_one_piece(tmp_cache: Cache) -> None:
    """After a failure at the third piece the first two are not asked again."""
    distant = DistantEngine()
    engine = CachedEngine(distant, tmp_cache)
    voice = distant.voices()[0]
    pieces = distant.pieces(LINE)
    engine.synthesize(" ".join(pieces[:2]), voice)
    distant.failures = [EngineUnavailable("gone")]
    with pytest.raises(EngineUnavailable):
        engine.synthesize(LINE, voice)
    assert not engine.remembers(LINE, voice)
    engine.synthesize(LINE, voice)
    assert distant.asked == [*pieces[:3], *pieces[2:]]


def test_threads_ask_once_for_the_same_words(tmp_cache: Cache) -> None:
    """Many threads that want the same words at once cause one request for each piece, and get the same speech."""
    distant = DistantEngine(parallel=8)
    engines = [CachedEngine(distant, tmp_cache) for _ in range(2)]
    voice = distant.voices()[0]
    with ThreadPoolExecutor(8) as threads:
        speeches = list(threads.map(lambda number: engines[number % 2].synthesize(LINE, voice), range(16)))
    assert distant.asked.count(distant.pieces(LINE)[0]) == 1
    assert sorted(distant.asked) == sorted(distant.pieces(LINE))
    assert all(speech == speeches[0] for speech in speeches)


def test_a_flipped_bit_asks_again_and_never_sounds(tmp_cache: Cache) -> None:
    """A damaged piece is asked for again; what is heard is the same as before."""
    distant = DistantEngine()
    engine = CachedEngine(distant, tmp_cache)
    voice = distant.voices()[0]
    before = engine.synthesize(LINE, voice)
    for path, _ in list(tmp_cache.entries()):
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)
    assert engine.synthesize(LINE, voice) == before
    assert len(distant.asked) == 2 * len(distant.pieces(LINE))


def test_clearing_leaves_nothing(tmp_cache: Cache) -> None:
    """A cleared cache has no entry, and can be used on."""
    tmp_cache.put(key_of("x"), FACTS, BODY)
    assert tmp_cache.clear() > len(BODY)
    assert tmp_cache.size_bytes() == 0
    tmp_cache.put(key_of("x"), FACTS, BODY)
    assert tmp_cache.get(key_of("x")) == (FACTS, BODY)


def test_no_entry_stands_for_another(tmp_cache: Cache) -> None:
    """Files that changed their names are misses, since an entry is checked together with its key."""
    one, other = key_of("one"), key_of("other")
    for key in (one, other):
        tmp_cache.put(key, {"of": key}, key.encode())
    first, second = tmp_cache.path(one), tmp_cache.path(other)
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)
    assert [tmp_cache.get(one), tmp_cache.get(other), tmp_cache.facts(one)] == [None] * 3


def test_a_file_where_locks_are_kept_names_the_cache(tmp_cache: Cache) -> None:
    """What is in the way is told with the variable that moves the cache, not with an option for results."""
    (tmp_cache.folder / "locks").write_bytes(b"")
    with pytest.raises(NarrateError, match="NARRATE_CACHE_DIR"):
        tmp_cache.lock("a")


@pytest.mark.parametrize("where", ["entry", "folder"])
def test_what_stands_where_an_entry_belongs_names_the_cache(tmp_cache: Cache, where: str) -> None:
    """A folder for an entry, or a file for a folder of them, is a miss, and told with the variable that helps."""
    path = tmp_cache.path(key_of("x"))
    if where == "entry":
        path.mkdir(parents=True)
    else:
        path.parent.write_bytes(b"")
    assert tmp_cache.get(key_of("x")) is None
    assert tmp_cache.facts(key_of("x")) is None
    with pytest.raises(NarrateError, match="NARRATE_CACHE_DIR") as raised:
        tmp_cache.put(key_of("x"), FACTS, BODY)
    assert "with -o" not in raised.value.message
    tmp_cache.clear()
