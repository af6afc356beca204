"""Every engine there is, ready to speak on this machine: programs where installed, services as our own servers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from narrate.voices.engines import Engine, open_engine
from tests.voices.engines.services import google, microsoft, point_edge_at, point_gtts_at, speech_server
from tests.voices.engines.tiny_piper import make_tiny_voice

NAMES = ("espeak", "piper", "pico", "mbrola", "edge", "gtts", "openai")
BUILT_IN = "espeak" if open_engine("pico").missing() else "pico"  # what speaks where nothing is chosen
NETWORK = ("edge", "gtts", "openai")


@contextlib.contextmanager
def ready(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[dict[str, Any], Any]]:
    """Make an engine's surroundings.

    Args:
        name: Of a built-in engine; the test is skipped where its program is not installed.
        folder: For a voice.
        monkeypatch: Turns addresses of services to ours.

    Yields:
        The engine's options, and the server if it has one.
    """
    if name == "piper":
        pytest.importorskip("onnx")
        make_tiny_voice(folder, speakers=("anna", "berta", "carl"), alignments=True)
        yield {"folder": str(folder)}, None
    elif name == "gtts":
        with google() as server:
            point_gtts_at(monkeypatch, server)
            yield {"interval_s": 0.0}, server
    elif name == "edge":
        with microsoft() as service:
            point_edge_at(monkeypatch, service)
            yield {"interval_s": 0.0}, service
    elif name == "openai":
        with speech_server() as speech:
            yield {"base_url": f"{speech.url}/v1", "voices": ["nova", "onyx"]}, speech
    else:
        engine = open_engine(name)
        missing = engine.missing()
        engine.close()
        if missing:
            pytest.skip(missing)
        yield {}, None


@contextlib.contextmanager
def opened(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Open an engine in its surroundings, and close it."""
    with ready(name, folder, monkeypatch) as (options, _):
        engine = open_engine(name, options)
        try:
            yield engine
        finally:
            engine.close()
