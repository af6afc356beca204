"""Everything of a show that is derived from its episodes' manifests: feed, cover, pages."""

from __future__ import annotations

import contextlib
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from narrate.episode.manifest import lies_below
from narrate.model.show import Show, Site
from narrate.show.claims import adopt
from narrate.show.feed import FILE, feed
from narrate.show.index_pages import IndexPage, index_pages, may_be_superseded
from narrate.show.listing import Entry, EpisodeFolders, FoldersOnDisk, items_of, listing_of
from narrate.show.pages import key_in, write_changed, write_pages
from narrate.show.show import locked
from narrate.system.cache import Cache, key_of

MOST_EPISODES = 1000
_COVER = re.compile(r"cover-[0-9a-f]{8}\.jpg")


def write_site(show: Show, cache: Cache) -> Site:
    """Derive a show's feed, cover and pages from its manifests, and write what has changed.

    Raises:
        InputUnreadable: The show's cover is not a picture.
        OutputRefused, PermissionRefused, StorageError: Nothing was changed.
    """
    with locked(show.folder):
        derived = derive(show, FoldersOnDisk(show.folder), cache)
        warnings = list(derived.warnings)
        adopt(show.folder, ((one.folder, one.source) for one in derived.found))
        written = write_pages(show, ((one.folder, one.digest) for one in derived.found), warnings)
        files = {derived.cover_name: derived.cover}
        for page in reversed(derived.index):
            if key_in(show.folder / page.name) != page.key:
                files[page.name] = page.content(show, derived.cover_name)
        written += write_changed(show.folder, {**files, FILE: derived.feed})
        _remove_superseded(show.folder, derived)
    return Site(len(derived.listed), tuple(warnings), tuple(written))


@dataclass(frozen=True, slots=True)
class Derived:
    """What a show's manifests come to.

    Attributes:
        found: Every episode that can be read.
        listed: Those that are published, the newest first; the feed names the first ``show.newest`` of them.
        warnings: A sentence for each that cannot be read, and whatever else is to be said.
        cover: The show's picture.
        cover_name: Its name.
        feed: Content of ``feed.xml``.
        index: The pages of the index; ``index.html`` is the first.
    """

    found: tuple[Entry, ...]
    listed: tuple[Entry, ...]
    warnings: tuple[str, ...]
    cover: bytes
    cover_name: str
    feed: bytes
    index: tuple[IndexPage, ...]


def derive(show: Show, place: EpisodeFolders, cache: Cache) -> Derived:
    """Derive a show's feed from its manifests, and write nothing.

    Raises:
        InputUnreadable: The show's cover is not a picture.
    """
    listing = listing_of(show, place, cache)
    listed = sorted(
        (one for one in listing.entries if one.listed), key=lambda one: (one.published, one.guid), reverse=True
    )
    named = listed[: show.newest]
    if len(named) > MOST_EPISODES:
        told = f"The feed names {len(named)} episodes; past {MOST_EPISODES} some players load it slowly."
        listing.warnings.append(f"{told} Choose feed.newest to leave out the oldest.")
    cover = show_cover(show, cache)
    name = f"cover-{hashlib.sha256(cover).hexdigest()[:8]}.jpg"
    moments = [datetime.fromisoformat(moment) for one in listed for moment in (one.published, one.updated) if moment]
    content = feed(show, items_of(show, place, cache, named, listing), name, max(moments, default=None))
    index = index_pages(show, listed, name)
    return Derived(tuple(listing.entries), tuple(listed), tuple(listing.warnings), cover, name, content, index)


def show_cover(show: Show, cache: Cache) -> bytes:
    """Return the show's picture as a JPEG of 1400 to 3000 pixels: its own, or one made from its title.

    Raises:
        InputUnreadable: Its own cannot be read.
    """
    from narrate.episode.cover import VERSION, generated_cover, show_cover_from

    if show.cover is not None:
        return show_cover_from(show.cover)
    key = key_of("cover", VERSION, show.title, show.author)
    entry = cache.get(key)
    if entry is None:
        entry = {}, generated_cover(show.title, show.author)
        cache.put(key, *entry)
    return entry[1]


def _remove_superseded(folder: Path, derived: Derived) -> None:
    """Remove what earlier versions left, now that no feed names it."""
    old = [
        path
        for path in folder.glob("*-*.*")
        if (_COVER.fullmatch(path.name) and path.name != derived.cover_name)
        or (may_be_superseded(path.name, derived.index) and key_in(path))
    ]
    for entry in derived.found:
        old += [folder / entry.folder / path for path in entry.superseded if lies_below(folder / entry.folder, path)]
    for path in old:
        with contextlib.suppress(OSError):
            path.unlink()
