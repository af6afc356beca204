"""Everything of a show that is derived from its episodes' manifests: feed, cover, pages."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from narrate.cache import Cache, key_of
from narrate.errors import NarrateError
from narrate.publish.claims import adopt
from narrate.publish.feed import FILE, feed, item_text, new_item
from narrate.publish.item import fill_item, named_files
from narrate.publish.manifest import NAME, lies_below
from narrate.publish.page import VERSION, index_page
from narrate.publish.pages import BROKEN, INDEX, key_in, write_changed, write_pages
from narrate.publish.publication import Publication, publication_of
from narrate.publish.show import Show, episode_folders, locked

MOST_EPISODES = 1000
FORMAT = 2  # raise when equal manifests come to give other items


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


@dataclass(frozen=True, slots=True)
class Site:
    """What a show came to.

    Attributes:
        entries: The episodes that the feed names, the newest first.
        warnings: A sentence for each episode that it cannot name, and whatever else is to be said.
        written: Names of the files that changed.
    """

    entries: tuple[Entry, ...]
    warnings: tuple[str, ...]
    written: tuple[str, ...]


def write_site(show: Show, cache: Cache) -> Site:
    """Derive a show's feed, cover and pages from its manifests, and write what has changed.

    Args:
        show: Its folder is read and written.
        cache: Keeps the items of manifests that have not changed.

    Raises:
        InputUnreadable: The show's cover is no picture.
        OutputRefused, PermissionRefused, StorageError: Nothing was changed.
    """
    with locked(show.folder):
        found, warnings = _entries(show, cache)
        adopt(show.folder, ((one.folder, one.source) for one in found))
        listed = sorted((one for one in found if one.listed), key=lambda one: (one.published, one.guid), reverse=True)
        if len(listed) > MOST_EPISODES:
            warnings.append(
                f"The feed names all {len(listed)} episodes; past {MOST_EPISODES} some players load it slowly."
            )
        cover = show_cover(show, cache)
        cover_name = f"cover-{hashlib.sha256(cover).hexdigest()[:8]}.jpg"
        moments = [
            datetime.fromisoformat(moment) for one in listed for moment in (one.published, one.updated) if moment
        ]
        content = feed(show, (one.item for one in listed), cover_name, max(moments, default=None))
        written = write_pages(show, ((one.folder, one.digest) for one in found), warnings)
        key = key_of("index", VERSION, show.facts(), [one.digest for one in listed], cover_name)
        files = {cover_name: cover}
        if key_in(show.folder / INDEX) != key:
            files[INDEX] = index_page(show, listed, key=key, cover=cover_name)
        written += write_changed(show.folder, {**files, FILE: content})
        _remove_superseded(show.folder, found, cover_name)
    return Site(tuple(listed), tuple(warnings), tuple(written))


def show_cover(show: Show, cache: Cache) -> bytes:
    """Return the show's picture as a JPEG of 1400 to 3000 pixels: its own, or one made from its title.

    Raises:
        InputUnreadable: Its own cannot be read.
    """
    from narrate.publish.cover import VERSION, generated_cover, show_cover_from

    if show.cover is not None:
        return show_cover_from(show.cover)
    key = key_of("cover", VERSION, show.title, show.author)
    entry = cache.get(key)
    if entry is None:
        entry = {}, generated_cover(show.title, show.author)
        cache.put(key, *entry)
    return entry[1]


def _entries(show: Show, cache: Cache) -> tuple[list[Entry], list[str]]:
    """Return every episode that can be read, and a sentence for each that cannot."""
    cache_key = key_of("items", FORMAT, show.facts(), str(show.folder.resolve()))
    remembered = _remembered(cache, cache_key)
    entries: list[Entry] = []
    warnings: list[str] = []
    guids: dict[str, str] = {}
    for folder in episode_folders(show.folder):
        try:
            entry = _entry(show, folder, remembered.get(folder.name))
        except _Unusable as problem:
            warnings.append(f"{folder.name}: {problem.message} The feed leaves it out.")
            continue
        if entry.guid in guids:
            warnings.append(
                f"{folder.name}: it is a copy of {guids[entry.guid]} with the same guid; remove one of them. "
                "The feed leaves it out."
            )
            continue
        guids[entry.guid] = folder.name
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


def _entry(show: Show, folder: Path, remembered: Entry | None) -> Entry:
    try:
        content = (folder / NAME).read_bytes()
    except OSError as error:
        raise _Unusable(f"its manifest cannot be read ({error.strerror}); allow reading it.") from error
    digest = hashlib.sha256(content).hexdigest()
    if remembered is not None and remembered.digest == digest:
        paths = [file.rpartition(":")[0] for file in remembered.files]
        if remembered.files == _sizes(folder, paths):
            return remembered
    try:
        return _made(show, folder, json.loads(content), digest)
    except BROKEN as error:
        raise _Unusable("its manifest is damaged; render it again.") from error


def _sizes(folder: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Return ``PATH:SIZE`` for each, ``PATH:-`` where there is no such file."""
    sizes = []
    for path in paths:
        try:
            # Not by a Path: a large show has 13,000 files to look at.
            sizes.append(f"{path}:{os.stat(f'{folder}/{path}').st_size}")  # noqa: PTH116
        except OSError:
            sizes.append(f"{path}:-")
    return tuple(sizes)


def _made(show: Show, folder: Path, manifest: Mapping[str, Any], digest: str) -> Entry:
    publication = publication_of(manifest)
    if publication is None:
        raise _Unusable("it was made without --show or its manifest is damaged; render it again with --show.")
    paths = named_files(manifest)
    sizes = _sizes(folder, paths)
    there = {path for path, size in zip(paths, sizes, strict=True) if not size.endswith(":-")}
    _check_audio(publication, manifest, sizes)
    item = new_item()
    fill_item(item, show, folder.name, manifest, publication, there)
    facts = publication.facts()
    return Entry(
        folder=folder.name,
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


def _remove_superseded(folder: Path, entries: Sequence[Entry], cover: str) -> None:
    """Remove what earlier versions left, now that no feed names it."""
    for old in folder.glob("cover-*.jpg"):
        if old.name != cover and re.fullmatch(r"cover-[0-9a-f]{8}\.jpg", old.name):
            with contextlib.suppress(OSError):
                old.unlink()
    for entry in entries:
        for path in entry.superseded:
            if lies_below(folder / entry.folder, path):
                with contextlib.suppress(OSError):
                    (folder / entry.folder / path).unlink()
