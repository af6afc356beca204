"""Where episodes are kept, and how a new version replaces the one before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from narrate.episode.job import Job
from narrate.episode.manifest import (
    FEED_BEFORE,
    NAME,
    PAGE,
    episode_json,
    feed_digest,
    is_whole,
    read_episode,
    superseded_files,
)
from narrate.model.episode import Episode, Publication
from narrate.model.show import Show, Site
from narrate.system.cache import Cache, key_of
from narrate.system.files import Staging, check_writable

Write = Callable[[Staging], Episode]
"""Writes every file of an episode but its manifest, and returns the episode."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next version of an article's episode goes, and what is there now.

    Attributes:
        folder: On this machine, for the files.
        previous: The version that is published now, or None.
        publication: Identity and dates of that version, also where the rest of its manifest is damaged.
        address: Where the folder will be served, or nothing; that of the show where each version has its own folder.
        edition_after: Where each version has a folder of its own, the name of the one before, empty for the first;
            None where all versions share a folder.
    """

    folder: Path
    previous: Episode | None = None
    publication: Publication | None = None
    address: str = ""
    edition_after: str | None = None


class EpisodeStore(Protocol):
    """Where episodes are kept: a folder, a show's folder, or a show on object storage.

    Attributes:
        show: The show that the episodes belong to, with its stable identity; None for episodes without one.
    """

    show: Show | None

    def place(self, source: str, name: str, named: bool) -> Place:
        """Return where an article's episode goes: the same place every time; a new one is reserved.

        Args:
            source: Digest of where the article comes from.
            name: What a new episode is called; another article's gets a number behind it.
            named: Whether the user chose the name: then it is that episode, whatever article it was made of.
        """

    def current(self, source: str) -> Episode | None:
        """Return the version of an article's episode that is published now, or None; nothing is reserved."""

    def is_whole(self, episode: Episode, sizes_only: bool = False) -> bool:
        """Tell whether every file of an episode is there, by its digest where the store can tell."""

    def check_writable(self, job: Job) -> None:
        """Find out whether the files can be written, before work begins.

        Raises:
            OutputRefused, PermissionRefused, StorageError: They cannot.
        """

    def publish(self, job: Job, write: Write) -> Episode:
        """Let an episode's files be written and put them in place together, the manifest last.

        Returns:
            The episode as it stands there, which another run may have published meanwhile.

        Raises:
            Overtaken: Another version was published meanwhile; place and make it again.
            OutputRefused, PermissionRefused, StorageError: Nothing was published.
        """

    def holds(self, name: str) -> bool:
        """Tell whether an episode stands in a folder of the store."""

    def write_site(self, cache: Cache) -> Site | None:
        """Derive feed, cover and pages from the episodes and write what has changed; None without a show.

        Raises:
            InputUnreadable: The show's cover is not a picture.
            OutputRefused, PermissionRefused, StorageError: Nothing was changed.
        """

    def close(self) -> None:
        """Remove what was temporary."""


class LooseFolder:
    """Episodes without a show."""

    show: Show | None = None

    def __init__(self, cache: Cache, parent: Path, folder: Path | None = None) -> None:
        self._cache, self._parent, self._folder = cache, parent, folder

    def place(self, source: str, name: str, named: bool) -> Place:
        """Return the folder; see :class:`EpisodeStore`."""
        folder = self._folder or self._parent / name
        return Place(folder, read_episode(folder))

    def current(self, source: str) -> Episode | None:
        """Return None: nothing tells an article again."""
        return None

    def is_whole(self, episode: Episode, sizes_only: bool = False) -> bool:
        """Tell whether every file of an episode is there with its digest."""
        return is_whole(episode, sizes_only)

    def check_writable(self, job: Job) -> None:
        """Find out whether files can be put into the folder."""
        check_writable(job.release.folder)

    def publish(self, job: Job, write: Write) -> Episode:
        """Write an episode; what an earlier version no longer has is removed."""
        return publish_in_folder(job.release.folder, write, self._cache)

    def holds(self, name: str) -> bool:
        """Tell whether there is an episode of that name."""
        return (self._parent / name / NAME).is_file()

    def write_site(self, cache: Cache) -> None:
        """Write nothing: there is no show."""

    def close(self) -> None:
        """Do nothing."""


def publish_in_folder(folder: Path, write: Write, cache: Cache) -> Episode:
    """Write an episode's files beside their places, then move all of them together, the manifest last.

    An episode of a show leaves the removal of old files to the show's feed, which may still name them.

    Args:
        folder: Of the episode; made if absent.
        write: Writes the files.
        cache: For its locks between threads and processes.
    """
    with Staging(folder) as staging:
        episode = write(staging)
        with cache.lock(key_of(str(folder.resolve()))):
            episode = _moved(staging, episode)
    return msgspec.structs.replace(episode, location=str(folder))


def _moved(staging: Staging, episode: Episode) -> Episode:
    folder = staging.folder
    earlier = read_episode(folder)
    if earlier is not None and _says_the_same(earlier, episode) and is_whole(earlier):
        return earlier  # somebody else has just made the same
    old = {file.path for file in earlier.files} | set(superseded_files(earlier)) if earlier else set()
    obsolete = sorted(old - {file.path for file in episode.files})
    if episode.publication:
        kept = tuple(path for path in obsolete if path != PAGE)  # the show writes a page of its own
        episode = msgspec.structs.replace(episode, superseded=kept)
        staging.write(FEED_BEFORE, [feed_digest(folder.parent).encode()])
    staging.write(NAME, [episode_json(episode)])
    staging.publish(obsolete=() if episode.publication else obsolete)
    return episode


def _says_the_same(one: Episode, other: Episode) -> bool:
    """Tell whether two episodes are the same but for where they stand and what an earlier version left."""
    bare = [msgspec.structs.replace(each, superseded=None, location="") for each in (one, other)]
    return bare[0] == bare[1]
