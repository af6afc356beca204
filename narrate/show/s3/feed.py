"""The feed of a show in a bucket, derived from the manifests that the pointers name.

Any number of writers may do so at once: each reads the feed's ETag first, then everything else, and writes only over
the feed it read. So whoever writes last has seen all that was published before the feed it replaces.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from narrate.episode.manifest import NAME
from narrate.model.show import Show
from narrate.settings import SHOW_FILE
from narrate.show.feed import FILE
from narrate.show.pages import BROKEN, HEAD_BYTES, INDEX, key_of_page, page_key
from narrate.show.s3.shelf import SOURCES, edition_in, settled
from narrate.show.s3.store import TRIES, Store, pause
from narrate.show.s3.sweeping import sweep
from narrate.show.site import Derived, Site, derive
from narrate.system.cache import Cache, key_of
from narrate.web import episode_page

READERS = 16


class Mirror:
    """What a bucket holds at a moment; objects that were read before are read from the cache.

    Args:
        store: The bucket.
        cache: Keeps what was read under name and ETag.
    """

    def __init__(self, store: Store, cache: Cache) -> None:
        self.name, self._store, self._cache = store.url, store, cache
        self.listing = store.list()
        pointers = [name for name in self.listing if name.startswith(SOURCES)]
        with ThreadPoolExecutor(READERS) as readers:
            self.editions = {edition_in(store, content) for content in readers.map(self.read, pointers)}
            for edition in self.editions:
                if f"{edition}/{NAME}" not in self.listing:  # its pointer was moved since
                    self.listing |= store.list(f"{edition}/")
            for _ in readers.map(self.read, [f"{one}/{NAME}" for one in self.folders()]):
                pass  # into the cache, and not all into memory

    def read(self, name: str, most_bytes: int | None = None) -> bytes:
        """Return an object's content, empty where it is gone.

        Args:
            name: Of an object in the listing.
            most_bytes: Of its beginning; None for all of it.
        """
        key = key_of("object", self.name, name, self.listing[name].etag, most_bytes)
        kept = self._cache.get(key)
        if kept is not None:
            return kept[1]
        found = self._store.read(name, most_bytes)
        if found is None:
            return b""
        if found[1] == self.listing[name].etag:
            self._cache.put(key, {}, found[0])
        return found[0]

    def folders(self) -> list[str]:
        """Return the folders of the newest versions."""
        return sorted(one for one in self.editions if f"{one}/{NAME}" in self.listing)

    def warnings(self) -> list[str]:
        """Return a sentence for each newest version that is not there."""
        lacking = sorted(self.editions - set(self.folders()))
        return [f"{one}: its manifest is missing; render it again. The feed leaves it out." for one in lacking]

    def manifest(self, folder: str) -> bytes:
        """Return the manifest in a folder."""
        return self.read(f"{folder}/{NAME}")

    def sizes(self, folder: str, paths: Sequence[str]) -> tuple[str, ...]:
        """Return the sizes of files, as the listing has them."""
        found = (self.listing.get(f"{folder}/{path}") for path in paths)
        return tuple(f"{path}:{one.size_bytes if one else '-'}" for path, one in zip(paths, found, strict=True))


def write_site(show: Show, store: Store, cache: Cache) -> Site:
    """Derive feed, cover and pages of a show in a bucket, and write what has changed.

    Args:
        show: As its folder on this machine describes it; nothing else of that folder is read.
        store: The bucket, whose conditional writes were checked.
        cache: Keeps manifests, which never change.

    Raises:
        InputUnreadable: The show's cover is no picture.
        OutputRefused, PermissionRefused, StorageError: The feed is as it was.
    """
    show = settled(store, show)
    written = _put_changed(store, SHOW_FILE, (show.folder / SHOW_FILE).read_bytes())
    for attempt in range(TRIES):
        before = {name: store.read(name) for name in (FILE, INDEX)}
        mirror = Mirror(store, cache)
        derived = derive(show, mirror, cache)
        warnings = [*derived.warnings, *mirror.warnings()]
        written += _put_pages(show, store, mirror, derived, warnings)
        if derived.cover_name not in mirror.listing and store.create(derived.cover_name, derived.cover):
            written.append(derived.cover_name)
        written += _put_older(show, store, mirror, derived)
        content = {FILE: derived.feed, INDEX: _newest(show, derived, before[INDEX])}
        for name in (FILE, INDEX):
            current, etag = before[name] or (None, None)
            if content[name] == current:
                continue
            if not store.swap(name, content[name], etag):
                break
            written.append(name)
        else:
            sweep(store, mirror, derived)
            return Site(derived.listed, tuple(warnings), tuple(dict.fromkeys(written)))
        pause(attempt)
    raise store.crowded(FILE)


def _newest(show: Show, derived: Derived, before: tuple[bytes, str] | None) -> bytes:
    """Return the first page of the index, as it is where it would come out the same."""
    page = derived.index[0]
    if before is not None and key_of_page(before[0]) == page.key:
        return before[0]
    return page.content(show, derived.cover_name)


def _put_older(show: Show, store: Store, mirror: Mirror, derived: Derived) -> list[str]:
    """Write the other pages of the index; one written by somebody who came too late is written again by them."""
    changed = [
        page
        for page in derived.index[1:]
        if page.name not in mirror.listing or key_of_page(mirror.read(page.name, HEAD_BYTES)) != page.key
    ]
    for page in changed:
        store.put(page.name, page.content(show, derived.cover_name))
    return [page.name for page in changed]


def _put_changed(store: Store, name: str, content: bytes) -> list[str]:
    found = store.read(name)
    if found is not None and found[0] == content:
        return []
    store.put(name, content)
    return [name]


def _put_pages(show: Show, store: Store, mirror: Mirror, derived: Derived, warnings: list[str]) -> list[str]:
    """Write the pages that were made of another manifest or of what the show was before; all writers write the same."""
    written = []
    for entry in derived.found:
        name, wanted = f"{entry.folder}/{INDEX}", page_key(show, entry.digest)
        if name in mirror.listing and key_of_page(mirror.read(name, HEAD_BYTES)) == wanted:
            continue
        words = None
        with contextlib.suppress(KeyError, ValueError, RecursionError):
            words = json.loads(mirror.read(f"{entry.folder}/words.json"))
        picture = f"{entry.folder}/waveform.svg"
        drawn = mirror.read(picture) if picture in mirror.listing else None
        try:
            manifest = json.loads(mirror.manifest(entry.folder))
            page = episode_page(manifest, words, drawn, show, key=wanted, folder=entry.folder)
        except BROKEN:
            warnings.append(f"{entry.folder}: its manifest is damaged and gave no page; render it again.")
            continue
        store.put(name, page)
        written.append(name)
    return written
