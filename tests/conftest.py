"""What every test may ask for."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from narrate.system.cache import Cache
from narrate.voices.engines.espeak.engine import EspeakEngine

# The same examples on every run, so that a change is to blame for a failure; NARRATE_FUZZ=1 draws new ones, and more.
FUZZ = bool(os.environ.get("NARRATE_FUZZ"))
settings.register_profile("narrate", deadline=None, derandomize=not FUZZ, max_examples=500 if FUZZ else 50)
settings.load_profile("narrate")

# Commands run by tests keep what they compile, as installed ones do.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A shell lets what it starts in the background ignore Ctrl-C, and the tests' own children would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every test away from the user's cache, configuration, voices and keys."""
    for name in [name for name in os.environ if name.startswith("NARRATE_") or name == "OPENAI_API_KEY"]:
        monkeypatch.delenv(name)
    folder = tmp_path_factory.mktemp("own")
    (folder / "config.toml").touch()
    monkeypatch.setenv("NARRATE_CACHE_DIR", str(folder / "cache"))
    monkeypatch.setenv("NARRATE_CONFIG", str(folder / "config.toml"))
    monkeypatch.setenv("NARRATE_DATA_DIR", str(folder / "data"))


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
