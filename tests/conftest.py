"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from narrate.cache import Cache
from narrate.engines.espeak import EspeakEngine


@pytest.fixture(autouse=True)
def own_cache_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every test away from the user's cache."""
    monkeypatch.setenv("NARRATE_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def tmp_cache(tmp_path: Path) -> Iterator[Cache]:
    """Return an empty cache."""
    cache = Cache(tmp_path / "cache")
    yield cache
    cache.close()


@pytest.fixture(scope="session")
def espeak() -> Iterator[EspeakEngine]:
    """Return the embedded engine, shared by all tests."""
    engine = EspeakEngine()
    yield engine
    engine.close()
