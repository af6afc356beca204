"""Shows for tests: small manifests written straight into a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from narrate.episode.manifest import parse_episode
from narrate.model.episode import Episode
from narrate.model.show import Show
from narrate.show.show import open_show

TOML = """title = "Zum Hören"
author = "Redaktion"
description = "Was die Woche bringt."
base_url = "https://podcast.example/hoeren"
"""


def make_show(folder: Path, more: str = "") -> Show:
    """Write a ``show.toml`` and open it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "show.toml").write_text(TOML + more, "utf-8")
    return open_show(folder)


def manifest_of(number: int, **changes: Any) -> dict[str, Any]:
    """Return the manifest of a made-up episode; its files are as :func:`add_episode` writes them."""
    made: dict[str, Any] = {
        "schema_version": 1,
        "title": f"Der Markt am Fluss, Teil {number}",
        "slug": f"teil-{number}",
        "duration_ms": 61_250,
        "sample_rate_hz": 32_000,
        "bitrate_kbps": 64,
        "loudness_lufs": -16.0,
        "true_peak_dbtp": -2.0,
        "dated": None,
        "notice": "Synthetische Stimmen.",
        "synthetic": True,
        "digital_source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia",
        "engines": [],
        "cast": [member(None), member("Ada Beispiel")],
        "stand_ins": [],
        "script": {"title": "x", "teaser": "Ein Besuch.", "url": None, "author": "Ada Beispiel", "language": "de"},
        "chapters": [
            {"start_ms": 0, "end_ms": 20_500, "title": "Anfang", "url": None, "image": None},
            {
                "start_ms": 20_500,
                "end_ms": 40_000,
                "title": "Mitte & mehr",
                "url": "https://a.example/#m",
                "image": None,
            },
            {"start_ms": 40_000, "end_ms": 61_250, "title": "Ende", "url": None, "image": None},
        ],
        "cues": [],
        "audio": f"teil-{number}.mp3",
        "audio_unsigned_sha256": None,
        "cover": "cover-00000000.jpg",
        "clips": [],
        "soundbite": {"start_ms": 1500, "duration_ms": 20_000, "title": "Ada Beispiel: Wer spät kommt …"},
        "files": [
            {"path": f"teil-{number}.mp3", "type": "audio/mpeg", "size_bytes": 5, "sha256": "0" * 64},
            {"path": "chapters.json", "type": "application/json", "size_bytes": 5, "sha256": "0" * 64},
            {"path": "transcript.vtt", "type": "text/vtt", "size_bytes": 5, "sha256": "0" * 64},
            {"path": "transcript.srt", "type": "application/x-subrip", "size_bytes": 5, "sha256": "0" * 64},
            {"path": "cover-00000000.jpg", "type": "image/jpeg", "size_bytes": 5, "sha256": "0" * 64},
        ],
        "publication": {
            "guid": f"00000000-0000-4000-8000-{number:012}",
            "source": f"{number:016x}",
            "published": f"2026-11-{number % 28 + 1:02}T06:00:00+00:00",
            "updated": None,
            "listed": True,
        },
        "job": "0" * 64,
        "tool": {"name": "narrate", "version": "0"},
        "superseded": [],
    }
    return made | changes


def member(speaker: str | None) -> dict[str, Any]:
    """Return somebody of a cast."""
    return {"speaker": speaker, "engine": "tone", "voice": "low"}


def episode_of(number: int, **changes: Any) -> Episode:
    """Return a made-up episode; its manifest is :func:`manifest_of`."""
    return parse_episode(json.dumps(manifest_of(number, **changes)).encode(), "")


def add_episode(show: Path, number: int, **changes: Any) -> Path:
    """Write an episode's manifest, and five bytes for each of its files."""
    made = manifest_of(number, **changes)
    folder = show / f"teil-{number}"
    for file in made["files"]:
        (folder / file["path"]).parent.mkdir(parents=True, exist_ok=True)
        (folder / file["path"]).write_bytes(b"sound")
    (folder / "episode.json").write_text(json.dumps(made), "utf-8")
    return folder
