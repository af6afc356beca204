"""The feed of a show in a bucket, derived from the manifests that the pointers name.

Any number of writers may do so at once: each reads the feed's ETag first, then everything else, and writes only over
the feed it read. So whoever writes last has seen all that was published before the feed it replaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from narrate.episode.manifest import NAME, parse_episode
from narrate.model.errors import ManifestDamaged
from narrate.model.show import Show, Site
from narrate.settings import SHOW_FILE
from narrate.show.feed import FILE
from narrate.show.pages import HEAD_BYTES, INDEX, key_of_page, page_key, page_of
from narrate.show.s3.bucket import TRIES, Bucket, pause
from narrate.show.s3.pointers import SOURCES, edition_in
from narrate.show.s3.sweeping import sweep
from narrate.show.site import Derived, derive
from narrate.system.cache import Cache, key_of

READERS = 16


class Mirror:
    """What a bucket holds at a moment; objects that were read before are read from the cache."""

    def __init__(self, bucket: Bucket, cache: Cache) -> None:
        self.name, self._bucket, self._cache = bucket.url, bucket, cache
        self.listing = bucket.list()
        pointers = [name for name in self.listing if name.startswith(SOURCES)]
        with ThreadPoolExecutor(READERS) as readers:
            self.editions = {edition_in(bucket, content) for content in readers.map(self.read, pointers)}
            for edition in self.editions:
                if f"{edition}/{NAME}" not in self.listing:  # its pointer was moved since
                    self.listing |= bucket.list(f"{edition}/")
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
        found = self._bucket.read(name, most_bytes)
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


def write_site(show: Show, bucket: Bucket, cache: Cache) -> Site:
    """Derive feed, cover and pages of a show in a bucket, and write what has changed.

    Args:
        show: With the identity that it has in the bucket; of its folder on this machine only ``show.toml`` is read.
        bucket: The bucket, whose conditional writes were checked.
        cache: Keeps manifests, which never change.

    Raises:
        InputUnreadable: The show's cover is not a picture.
        OutputRefused, PermissionRefused, StorageError: The feed is as it was.
    """
    written = _put_changed(bucket, SHOW_FILE, (show.folder / SHOW_FILE).read_bytes())
    for attempt in range(TRIES):
        before = {name: bucket.read(name) for name in (FILE, INDEX)}
        mirror = Mirror(bucket, cache)
        derived = derive(show, mirror, cache)
        warnings = [*derived.warnings, *mirror.warnings()]
        written += _put_pages(show, bucket, mirror, derived, warnings)
        if derived.cover_name not in mirror.listing and bucket.create(derived.cover_name, derived.cover):
            written.append(derived.cover_name)
        written += _put_older(show, bucket, mirror, derived)
        content = {FILE: derived.feed, INDEX: _newest(show, derived, before[INDEX])}
        for name in (FILE, INDEX):
            current, etag = before[name] or (None, None)
            if content[name] == current:
                continue
            if not bucket.swap(name, content[name], etag):
                break
            written.append(name)
        else:
            sweep(bucket, mirror, derived)
            return Site(len(derived.listed), tuple(warnings), tuple(dict.fromkeys(written)))
        pause(attempt)
    raise bucket.crowded(FILE)


def _newest(show: Show, derived: Derived, before: tuple[bytes, str] | None) -> bytes:
    """Return the first page of the index, as it is where it would come out the same."""
    page = derived.index[0]
    if before is not None and key_of_page(before[0]) == page.key:
        return before[0]
    return page.content(show, derived.cover_name)


def _put_older(show: Show, bucket: Bucket, mirror: Mirror, derived: Derived) -> list[str]:
    """Write the other pages of the index; one written by somebody who came too late is written again by them."""
    changed = [
        page
        for page in derived.index[1:]
        if page.name not in mirror.listing or key_of_page(mirror.read(page.name, HEAD_BYTES)) != page.key
    ]
    for page in changed:
        bucket.put(page.name, page.content(show, derived.cover_name))
    return [page.name for page in changed]


def _put_changed(bucket: Bucket, name: str, content: bytes) -> list[str]:
    found = bucket.read(name)
    if found is not None and found[0] == content:
        return []
    bucket.put(name, content)
    return [name]


def _put_pages(show: Show, bucket: Bucket, mirror: Mirror, derived: Derived, warnings: list[str]) -> list[str]:
    """Write the pages that were made of another manifest or of what the show was before; all writers write the same."""
    written = []
    for entry in derived.found:
        name, wanted = f"{entry.folder}/{INDEX}", page_key(show, entry.digest)
        if name in mirror.listing and key_of_page(mirror.read(name, HEAD_BYTES)) == wanted:
            continue
        words, picture = (
            mirror.read(path) if (path := f"{entry.folder}/{each}") in mirror.listing else None
            for each in ("words.json", "waveform.svg")
        )
        try:
            episode = parse_episode(mirror.manifest(entry.folder), f"{bucket.url}/{entry.folder}")
        except ManifestDamaged:
            warnings.append(f"{entry.folder}: its manifest is damaged and gave no page; render it again.")
            continue
        bucket.put(name, page_of(episode, show, wanted, words, picture))
        written.append(name)
    return written
