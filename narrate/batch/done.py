"""Articles that need not even be read again: remembered by their digest and everything that was chosen.

A memory only: the episode's manifest and the sizes of its files decide. What is forgotten is found by rendering,
which compares digests too.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from narrate.batch.receipt import Receipt
from narrate.episode.manifest import TOOL, file_records, read_manifest
from narrate.episode.publication import source_digest
from narrate.model import Voice
from narrate.model.errors import EngineUnavailable
from narrate.pipeline import Assignment, Delivery, Studio
from narrate.pipeline.render import FORMAT
from narrate.reading.source import is_address
from narrate.show.claims import claimed
from narrate.system.cache import key_of


def is_done(studio: Studio, assignment: Assignment) -> Receipt | None:
    """Return the receipt of an article whose episode is up to date, or None where that is not known.

    Args:
        studio: That would render it.
        assignment: Which article.
    """
    if assignment.only_new:
        return _has_episode(studio, assignment)
    key = _key(studio, assignment)
    facts = studio.cache.facts(key) if key else None
    if facts is None or not _same_engines(studio, facts):
        return None
    folder = Path(facts["folder"])
    manifest = read_manifest(folder)
    if manifest is None or manifest.get("job") != facts["job"]:
        return None
    records = file_records(manifest, folder)
    if len(records) != facts["files"] or not all(_there(folder, one.path, one.size_bytes) for one in records):
        return None
    return Receipt(assignment.source, "unchanged", folder.name, manifest["title"], manifest["duration_ms"])


def _has_episode(studio: Studio, assignment: Assignment) -> Receipt | None:
    show = studio.show
    if show is None or assignment.identity is None:
        return None
    name = claimed(show.folder, source_digest(show.guid, assignment.identity))
    manifest = read_manifest(show.folder / name) if name else None
    if name is None or manifest is None:
        return None
    return Receipt(assignment.source, "unchanged", name, str(manifest.get("title")))


def remember(studio: Studio, assignment: Assignment, delivery: Delivery) -> None:
    """Remember an article whose episode is up to date.

    Args:
        studio: That rendered it.
        assignment: Which article.
        delivery: What it came to.
    """
    manifest = delivery.rendered.manifest
    script = manifest["script"]
    # A picture beside an article is no part of its digest, and who stepped in shall be tried again.
    pictured = script.get("image") or any(section.get("image") for section in script["sections"])
    key = None if pictured or manifest["stand_ins"] or delivery.warnings else _key(studio, assignment)
    if key:
        facts = {
            "folder": str(delivery.rendered.folder.resolve()),
            "job": manifest["job"],
            "files": len(manifest["files"]),
            "engines": manifest["engines"],
            "voices": [
                [asdict(replace(voice, gender=None)), studio.engines[voice.engine].version(voice)]
                for voice in delivery.cast.voices()
            ],
        }
        studio.cache.put(key, facts, b"")


def _key(studio: Studio, assignment: Assignment) -> str | None:
    """Return the digest of an article and of all that was chosen; None for one that is on the network."""
    content = assignment.content
    if content is None:
        if is_address(assignment.source) or assignment.source == "-":
            return None
        try:
            digest = hashlib.sha256(Path(assignment.source).read_bytes()).hexdigest()
        except (OSError, ValueError):
            return None
    else:
        digest = hashlib.sha256(content).hexdigest()
    own: dict[str, Any] = asdict(replace(assignment, content=None))
    own["published"] = str(assignment.published)
    return key_of("done", TOOL, FORMAT, studio.digest, digest, json.dumps(own, sort_keys=True))


def _same_engines(studio: Studio, facts: dict[str, Any]) -> bool:
    """Tell whether the engines that spoke are the same today."""
    try:
        return all(
            studio.engines[voice["engine"]].version(Voice(**voice)) == version for voice, version in facts["voices"]
        )
    except EngineUnavailable:
        return False


def _there(folder: Path, path: str, size_bytes: int) -> bool:
    try:
        return (folder / path).stat().st_size == size_bytes
    except OSError:
        return False
