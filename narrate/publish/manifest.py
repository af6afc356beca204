"""The manifest ``episode.json``: what the episode is made of, written last."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrate import __version__, journal
from narrate.cast import Cast, voice_text
from narrate.files import FileRecord, sha256_of
from narrate.model import Chapter, Cue, Voice

if TYPE_CHECKING:
    from narrate.speak import Take

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


def manifest_json(facts: Mapping[str, Any]) -> bytes:
    """Return the manifest's bytes; equal facts give equal bytes."""
    return (json.dumps({"schema_version": SCHEMA_VERSION, **facts}, ensure_ascii=False, indent=1) + "\n").encode()


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest in a folder, or None if there is none that can be read.

    A publication that was interrupted is finished first, as far as we may.
    """
    with contextlib.suppress(OSError):
        journal.settle(folder)
    try:
        manifest = json.loads((folder / NAME).read_bytes())
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else None


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
    for entry in manifest.get("files", []):
        try:
            record = FileRecord(str(entry["path"]), int(entry["size_bytes"]), str(entry["sha256"]))
        except (KeyError, TypeError, ValueError):
            continue
        if (folder / record.path).resolve().is_relative_to(folder.resolve()):
            records.append(record)
    return records


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
