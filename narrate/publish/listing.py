"""The episodes of a show, as its feed and index have them: read from manifests, wherever those stand."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Protocol

from narrate.cache import Cache, key_of
from narrate.errors import NarrateError
from narrate.publish.feed import item_text, new_item
from narrate.publish.item import fill_item, named_files
from narrate.publish.manifest import NAME
from narrate.publish.pages import BROKEN
from narrate.publish.publication import Publication, publication_of
from narrate.publish.show import Show, episode_folders

FORMAT = 2  # raise when equal manifests come to give other items


class Place(Protocol):
    """Where the folders of a show's episodes stand.

    Attributes:
        name: Tells it from other places.
    """

    name: str

    def folders(self) -> list[str]:
        """Return the names of the folders that hold a manifest, in their order."""

    def manifest(self, folder: str) -> bytes:
        """Return the manifest in a folder.

        Raises:
            OSError: It cannot be read.
        """

    def sizes(self, folder: str, paths: Sequence[str]) -> tuple[str, ...]:
        """Return ``PATH:SIZE`` for each path below a folder, ``PATH:-`` where there is no such file."""


class Disk:
    """A show's folder as a place.

    Args:
        folder: Of the show.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self.name = folder, str(folder.resolve())

    def folders(self) -> list[str]:
        """Return the names of the folders that hold a manifest, in their order."""
        return [folder.name for folder in episode_folders(self._folder)]

    def manifest(self, folder: str) -> bytes:
        """Return the manifest in a folder."""
        return (self._folder / folder / NAME).read_bytes()

    def sizes(self, folder: str, paths: Sequence[str]) -> tuple[str, ...]:
        """Return the sizes of files, without a Path for each: a large show has 13,000."""
        sizes = []
        for path in paths:
            try:
                sizes.append(f"{path}:{os.stat(f'{self._folder}/{folder}/{path}').st_size}")  # noqa: PTH116
            except OSError:
                sizes.append(f"{path}:-")
        return tuple(sizes)


@dataclass(frozen=True, slots=True)
class Entry:
    """An episode of a show, as feed and index have it.

    Attributes:
        folder: Its folder's name.
        digest: Of the manifest.
        files: ``PATH:SIZE`` of each file that its item may name, ``PATH:-`` where it is not there.
        guid: UUID.
        source: Digest of where the article comes from.
        title: Of the episode.
        teaser: Or None.
        published: ISO 8601, UTC.
        updated: ISO 8601, UTC, or None.
        listed: Whether the feed names it.
        duration_ms: Of the sound.
        cover: Path below its folder, or None.
        item: Its item of the feed.
        superseded: Files of earlier versions, which nobody names any more.
    """

    folder: str
    digest: str
    files: tuple[str, ...]
    guid: str
    source: str
    title: str
    teaser: str | None
    published: str
    updated: str | None
    listed: bool
    duration_ms: int
    cover: str | None
    item: str
    superseded: Sequence[str]


NAMES = [field.name for field in fields(Entry)]


def entries_of(show: Show, place: Place, cache: Cache) -> tuple[list[Entry], list[str]]:
    """Return every episode that can be read, and a sentence for each that cannot.

    Args:
        show: Their show.
        place: Where they stand.
        cache: Keeps what was derived of manifests that have not changed.
    """
    cache_key = key_of("items", FORMAT, show.facts(), place.name)
    remembered = _remembered(cache, cache_key)
    entries: list[Entry] = []
    warnings: list[str] = []
    guids: dict[str, str] = {}
    for folder in place.folders():
        try:
            entry = _entry(show, place, folder, remembered.get(folder))
        except _Unusable as problem:
            warnings.append(f"{folder}: {problem.message} The feed leaves it out.")
            continue
        if entry.guid in guids:
            warnings.append(
                f"{folder}: it is a copy of {guids[entry.guid]} with the same guid; remove one of them. "
                "The feed leaves it out."
            )
            continue
        guids[entry.guid] = folder
        entries.append(entry)
    if entries != list(remembered.values()):
        cache.put(cache_key, {}, json.dumps([[getattr(one, name) for name in NAMES] for one in entries]).encode())
    return entries, warnings


class _Unusable(NarrateError):
    """An episode that the feed cannot name."""


def _remembered(cache: Cache, key: str) -> dict[str, Entry]:
    kept = cache.get(key)
    listed = json.loads(kept[1]) if kept else []
    facts = (dict(zip(NAMES, values, strict=True)) for values in listed)
    return {one["folder"]: Entry(**{**one, "files": tuple(one["files"])}) for one in facts}


def _entry(show: Show, place: Place, folder: str, remembered: Entry | None) -> Entry:
    try:
        content = place.manifest(folder)
    except OSError as error:
        raise _Unusable(f"its manifest cannot be read ({error.strerror}); allow reading it.") from error
    digest = hashlib.sha256(content).hexdigest()
    if remembered is not None and remembered.digest == digest:
        paths = [file.rpartition(":")[0] for file in remembered.files]
        if remembered.files == place.sizes(folder, paths):
            return remembered
    try:
        return _made(show, place, folder, json.loads(content), digest)
    except BROKEN as error:
        raise _Unusable("its manifest is damaged; render it again.") from error


def _made(show: Show, place: Place, folder: str, manifest: Mapping[str, Any], digest: str) -> Entry:
    publication = publication_of(manifest)
    if publication is None:
        raise _Unusable("it was made without --show or its manifest is damaged; render it again with --show.")
    paths = named_files(manifest)
    sizes = place.sizes(folder, paths)
    there = {path for path, size in zip(paths, sizes, strict=True) if not size.endswith(":-")}
    _check_audio(publication, manifest, sizes)
    item = new_item()
    fill_item(item, show, folder, manifest, publication, there)
    facts = publication.facts()
    return Entry(
        folder=folder,
        digest=digest,
        files=sizes,
        guid=publication.guid,
        source=publication.source,
        title=str(manifest["title"]),
        teaser=manifest["script"].get("teaser"),
        published=facts["published"],
        updated=facts["updated"],
        listed=publication.listed,
        duration_ms=int(manifest["duration_ms"]),
        cover=manifest["cover"] if manifest.get("cover") in there else None,
        item=item_text(item),
        superseded=list(map(str, manifest.get("superseded", ()))),
    )


def _check_audio(publication: Publication, manifest: Mapping[str, Any], sizes: Sequence[str]) -> None:
    """Refuse an episode whose MP3 is not there, or not the one that its manifest describes."""
    listed = next(file for file in manifest["files"] if file["path"] == publication.audio)
    found = next((one for one in sizes if one.rpartition(":")[0] == publication.audio), ":-").rpartition(":")[2]
    if found == "-":
        raise _Unusable(f"{publication.audio} is missing; render it again.")
    if int(found) != listed["size_bytes"]:
        raise _Unusable(f"{publication.audio} is not the file that was rendered; render it again.")
