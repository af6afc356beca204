"""The episodes of a show, as its feed and index have them: read from manifests, wherever those stand."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Protocol

from narrate.episode.manifest import NAME, parse_episode
from narrate.model.episode import Episode
from narrate.model.errors import ManifestDamaged, NarrateError
from narrate.model.show import Show
from narrate.show.feed import item_text, new_item
from narrate.show.item import fill_item, named_files
from narrate.show.show import episode_folders
from narrate.system.cache import Cache, key_of

FORMAT = 4  # raise when equal manifests come to give other items
MOST_ITEMS = 2000  # kept in memory of those just made; a feed seldom names more, a show may have a hundred thousand


class EpisodeFolders(Protocol):
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


class FoldersOnDisk:
    """A show's folder as a place."""

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
    superseded: Sequence[str]


NAMES = [field.name for field in fields(Entry)]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a place holds.

    Attributes:
        entries: Every episode that can be read.
        warnings: A sentence for each that cannot.
        items: Items of the feed that were made on the way, by folder.
    """

    entries: list[Entry]
    warnings: list[str]
    items: dict[str, str]


def listing_of(show: Show, place: EpisodeFolders, cache: Cache) -> Listing:
    """Read the manifests of a show."""
    cache_key = key_of("entries", FORMAT, show.facts(), place.name)
    remembered = _remembered(cache, cache_key)
    listing = Listing([], [], {})
    guids: dict[str, str] = {}
    for folder in place.folders():
        try:
            entry = _entry(show, place, folder, remembered.get(folder), listing.items)
        except _Unusable as problem:
            listing.warnings.append(f"{folder}: {problem.message} The feed leaves it out.")
            continue
        if entry.guid in guids:
            listing.warnings.append(
                f"{folder}: it is a copy of {guids[entry.guid]} with the same guid; remove one of them. "
                "The feed leaves it out."
            )
            continue
        guids[entry.guid] = folder
        listing.entries.append(entry)
    if listing.entries != list(remembered.values()):
        facts = [[getattr(one, name) for name in NAMES] for one in listing.entries]
        cache.put(cache_key, {}, json.dumps(facts).encode())
    return listing


def items_of(show: Show, place: EpisodeFolders, cache: Cache, named: Sequence[Entry], listing: Listing) -> list[str]:
    """Return the items of the episodes that a feed names, in their order.

    Args:
        show: Theirs.
        place: Where they stand.
        cache: Keeps the items.
        named: The episodes.
        listing: Theirs; it gets a warning for each that can no longer be read.
    """
    cache_key = key_of("items", FORMAT, show.facts(), place.name)
    kept = cache.get(cache_key)
    before = json.loads(kept[1]) if kept else []
    remembered = {(folder, digest, tuple(files)): text for folder, digest, files, text in before}
    items: dict[tuple[str, str, tuple[str, ...]], str] = {}
    for one in named:
        key = one.folder, one.digest, one.files
        text = remembered.get(key) or listing.items.get(one.folder)
        try:
            items[key] = text or _made(show, place, one.folder, place.manifest(one.folder), one.digest)[1]
        except (OSError, _Unusable):
            listing.warnings.append(f"{one.folder}: it was changed meanwhile; write the feed again.")
    if list(items) != list(remembered):
        cache.put(cache_key, {}, json.dumps([[*key, text] for key, text in items.items()]).encode())
    return list(items.values())


class _Unusable(NarrateError):
    """An episode that the feed cannot name."""


def _remembered(cache: Cache, key: str) -> dict[str, Entry]:
    kept = cache.get(key)
    listed = json.loads(kept[1]) if kept else []
    facts = (dict(zip(NAMES, values, strict=True)) for values in listed)
    return {one["folder"]: Entry(**{**one, "files": tuple(one["files"])}) for one in facts}


def _entry(show: Show, place: EpisodeFolders, folder: str, remembered: Entry | None, items: dict[str, str]) -> Entry:
    try:
        content = place.manifest(folder)
    except OSError as error:
        raise _Unusable(f"its manifest cannot be read ({error.strerror}); check its permissions.") from error
    digest = hashlib.sha256(content).hexdigest()
    if remembered is not None and remembered.digest == digest:
        paths = [file.rpartition(":")[0] for file in remembered.files]
        if remembered.files == place.sizes(folder, paths):
            return remembered
    entry, item = _made(show, place, folder, content, digest)
    if len(items) < MOST_ITEMS:
        items[folder] = item
    return entry


def _made(show: Show, place: EpisodeFolders, folder: str, content: bytes, digest: str) -> tuple[Entry, str]:
    """Return an episode and its item of the feed.

    Raises:
        OutputRefused: A newer narrate wrote the manifest; a feed without its episode would take it from everybody.
    """
    try:
        episode = parse_episode(content, str(show.folder / folder))
    except ManifestDamaged as error:
        raise _Unusable("its manifest is damaged; render it again.") from error
    publication = episode.publication
    if publication is None:
        raise _Unusable("it was made without --show; render it again with --show.")
    paths = named_files(episode)
    sizes = place.sizes(folder, paths)
    there = {path for path, size in zip(paths, sizes, strict=True) if not size.endswith(":-")}
    _check_audio(episode, sizes)
    item = new_item()
    fill_item(item, show, folder, episode, there)
    entry = Entry(
        folder=folder,
        digest=digest,
        files=sizes,
        guid=publication.guid,
        source=publication.source,
        title=episode.title,
        teaser=episode.script.teaser,
        published=publication.published.isoformat(),
        updated=publication.updated.isoformat() if publication.updated else None,
        listed=publication.listed,
        duration_ms=episode.duration_ms,
        cover=episode.cover if episode.cover in there else None,
        superseded=list(episode.superseded or ()),
    )
    return entry, item_text(item)


def _check_audio(episode: Episode, sizes: Sequence[str]) -> None:
    """Refuse an episode whose MP3 is not there, or not the one that its manifest describes."""
    audio = episode.audio_file
    if audio is None:
        raise _Unusable("its manifest names no MP3; render it again.")
    found = next((one for one in sizes if one.rpartition(":")[0] == audio.path), ":-").rpartition(":")[2]
    if found == "-":
        raise _Unusable(f"{audio.path} is missing; render it again.")
    if int(found) != audio.size_bytes:
        raise _Unusable(f"{audio.path} is not the file that was rendered; render it again.")
