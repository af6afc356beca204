"""The manifest ``episode.json``: what the episode is made of, written last."""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrate import __version__
from narrate.model import Chapter, Cue, Voice
from narrate.model.errors import OutputRefused
from narrate.system import atomic_move
from narrate.system.files import FileRecord, sha256_of
from narrate.voices.cast import Cast, voice_text

if TYPE_CHECKING:
    from narrate.voices.speak import Take

NAME = "episode.json"
FEED_BEFORE = ".feed-before"  # holds the digest of the feed that an episode was published beside
FEED = "feed.xml"
TOOL = {"name": "narrate", "version": __version__}
TYPES = {
    ".mp3": "audio/mpeg",
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
    ".json": "application/json",
    ".html": "text/html",
    ".txt": "text/plain",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
}
SCHEMA_VERSION = 1
LARGEST_BYTES = 50_000_000  # of a manifest; 255 chapters with every word come to a tenth of it


def manifest_json(facts: Mapping[str, Any]) -> bytes:
    """Return the manifest's bytes; equal facts give equal bytes."""
    return (json.dumps({"schema_version": SCHEMA_VERSION, **facts}, ensure_ascii=False, indent=1) + "\n").encode()


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest in a folder, or None if there is none that can be read.

    A publication that was interrupted is finished first, as far as we may.

    Raises:
        OutputRefused: A newer narrate wrote it; nothing of it may be overwritten by what does not know it.
    """
    path = folder / NAME
    with contextlib.suppress(OSError):
        atomic_move.settle(folder)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
        manifest = json.loads(content) if len(content) <= LARGEST_BYTES else None
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(manifest, dict):
        return None
    check_schema(manifest, folder)
    return manifest


def check_schema(manifest: Mapping[str, Any], folder: Path) -> None:
    """Refuse a manifest that a newer narrate wrote.

    Args:
        manifest: As read.
        folder: Where it stands.

    Raises:
        OutputRefused: Its schema is newer than ours.
    """
    schema = manifest.get("schema_version")
    if isinstance(schema, int | float) and schema > SCHEMA_VERSION:
        raise OutputRefused(
            f"'{folder / NAME}' is of a newer narrate (schema {schema:g}, this one knows {SCHEMA_VERSION}) and is left "
            "alone; update narrate, or choose another folder with -o."
        )


def feed_digest(show: Path) -> str:
    """Return the digest of a show's feed, empty where it has none."""
    try:
        return sha256_of(show / FEED)
    except OSError:
        return ""


def feed_is_older(episode: Path) -> bool:
    """Tell whether a show's feed was not written since the episode was published.

    So it is while a render is between the two, and after one that was killed there: everything that the feed
    names is still to be had, and the next run writes it anew.
    """
    try:
        return (episode / FEED_BEFORE).read_text("ascii") == feed_digest(episode.parent)
    except (OSError, ValueError):
        return False


def file_records(manifest: Mapping[str, Any], folder: Path) -> list[FileRecord]:
    """Return the files a manifest names; what does not lie below the folder is left out."""
    records = []
    for entry in _listed(manifest, "files"):
        try:
            record = FileRecord(str(entry["path"]), int(entry["size_bytes"]), str(entry["sha256"]))
        except (KeyError, OverflowError, TypeError, ValueError):
            continue
        if lies_below(folder, record.path):
            records.append(record)
    return records


def superseded_files(manifest: Mapping[str, Any], folder: Path) -> list[str]:
    """Return the files of earlier versions that a manifest names and that are there, below its folder only."""
    named = [path for path in _listed(manifest, "superseded") if isinstance(path, str)]
    return [path for path in named if lies_below(folder, path) and os.path.isfile(folder / path)]  # noqa: PTH113


def _listed(manifest: Mapping[str, Any], key: str) -> list[Any]:
    found = manifest.get(key)
    return found if isinstance(found, list) else []


def lies_below(folder: Path, path: str) -> bool:
    """Tell whether a path that a manifest names lies below its folder; a manifest may be a stranger's."""
    try:
        return (folder / path).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):
        return False


def cast_facts(cast: Cast) -> list[dict[str, Any]]:
    """Return who speaks with which voice; the reporter's speaker is null."""
    return [_member(None, cast.reporter), *(_member(name, voice) for name, voice in cast.speakers.items())]


def _member(speaker: str | None, voice: Voice) -> dict[str, Any]:
    return {
        "speaker": speaker,
        "engine": voice.engine,
        "voice": voice.name,
        "language": voice.language,
        "rate": voice.rate,
        "pitch_semitones": voice.pitch_semitones,
    }


def stand_in_facts(takes: Iterable[Take]) -> list[dict[str, Any]]:
    """Return the sentences that another voice spoke than the one asked for."""
    return [
        {
            "segment": take.utterance.segment,
            "text": take.utterance.text,
            "wanted": voice_text(take.instead_of),
            "spoken_by": voice_text(take.utterance.voice),
        }
        for take in takes
        if take.instead_of is not None
    ]


def cue_facts(cues: Sequence[Cue]) -> list[dict[str, Any]]:
    """Return the cues: milliseconds for people, samples of the decoded MP3 for cutting."""
    return [
        {
            "start_ms": cue.start_ms,
            "end_ms": cue.end_ms,
            "start_sample": cue.start_sample,
            "end_sample": cue.end_sample,
            "role": cue.role,
            "speaker": cue.speaker,
            "segment": cue.segment,
            "text": cue.text,
        }
        for cue in cues
    ]


def chapter_facts(chapters: Sequence[Chapter]) -> list[dict[str, Any]]:
    """Return the chapters' times, titles, links and pictures."""
    return [asdict(chapter) for chapter in chapters]


def file_facts(records: Sequence[FileRecord]) -> list[dict[str, Any]]:
    """Return the files with type, size and digest."""
    return [
        {
            "path": record.path,
            "type": TYPES[Path(record.path).suffix],
            "size_bytes": record.size_bytes,
            "sha256": record.sha256,
        }
        for record in records
    ]
