"""Which version of an episode a bucket holds.

``.claims/sources/DIGEST`` names the folder of an article's newest version, and is changed only by who saw the one
before. ``.claims/names/FOLDER`` holds the digest of the article whose folder that is.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from narrate.episode.manifest import NAME, check_schema
from narrate.episode.publication import source_digest
from narrate.model.errors import OutputRefused, StorageError
from narrate.model.show import Show
from narrate.pipeline.placing import Standing
from narrate.settings import choose
from narrate.show.claims import CLAIMS
from narrate.show.s3.store import Store, Stored
from narrate.show.show import STATE_FILE, rate_in
from narrate.system.tempfiles import sweep_folders, token

NAMES, SOURCES = f"{CLAIMS}/names/", f"{CLAIMS}/sources/"
NO_TEMPORARY = "There is no folder that temporary files can be written to; set TMPDIR to one."


class BucketShelf:
    """The episodes of one show in a bucket, and a temporary folder in which their next versions are made.

    Args:
        store: Checked before.

    Raises:
        OutputRefused: There is no place for temporary files.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._shows: dict[Show, Show] = {}
        self._seen: dict[str, str | None] = {}
        try:
            sweep_folders(Path(tempfile.gettempdir()))
            self._folder = Path(tempfile.mkdtemp(prefix=f"narrate-{token()}."))
        except OSError as error:
            raise OutputRefused(NO_TEMPORARY) from error

    def show(self, show: Show) -> Show:
        """Return a show with the GUID that it has in the bucket; it is kept there if it is new."""
        if show not in self._shows:
            self._shows[show] = settled(self.store, show)
        return self._shows[show]

    def standing(self, source: str) -> Standing:
        """Return what there is of an article's episode.

        Args:
            source: As :func:`narrate.episode.publication.source_digest` gives it.
        """
        folder = self._folder / source
        shutil.rmtree(folder, ignore_errors=True)
        edition, self._seen[source] = pointed(self.store, source)
        manifest = manifest_in(self.store, edition) if edition else None
        if manifest is None:
            return Standing(folder, edition)
        return Standing(folder, edition, manifest, whole(self.store.list(f"{edition}/"), edition, manifest))

    def point(self, source: str, edition: str) -> bool:
        """Let an article have another newest version; False where it is not the one that was seen any more.

        Args:
            source: Of the article, asked for by :meth:`standing` before.
            edition: Name of the folder.
        """
        return self.store.swap(SOURCES + source, edition.encode(), self._seen[source])

    def keep_rate(self, show: Show, rate_hz: int) -> None:
        """Remember the sample rate of the first episode, so that those after it get the same.

        Args:
            show: With the identity that it has in the bucket.
            rate_hz: Of an episode that was published in it.
        """
        if show.sample_rate_hz is not None:
            return
        found = self.store.read(STATE_FILE)
        if found is None or rate_in(json.loads(found[0])) is None:
            state = {"guid": show.guid, "sample_rate_hz": rate_hz}
            # Where somebody else was quicker, theirs counts.
            self.store.swap(STATE_FILE, json.dumps(state, indent=0).encode(), found[1] if found else None)
        self._shows = {key: replace(known, sample_rate_hz=rate_hz) for key, known in self._shows.items()}

    def close(self) -> None:
        """Remove the temporary folder."""
        shutil.rmtree(self._folder, ignore_errors=True)


def has_episode(shelf: BucketShelf, show: Show, identity: str) -> str | None:
    """Return the name of the folder of an article's newest version, or None where it has none.

    Nothing is rendered or read of the article: for assignments that are to be made only if they are new. Whether a
    version is up to date is found by :func:`narrate.show.s3.ship`, which compares digests before anything is spoken.

    Args:
        shelf: The bucket.
        show: The show.
        identity: What tells the article again, as in ``Assignment.identity``.
    """
    found = shelf.standing(source_digest(shelf.show(show).guid, identity))
    return found.edition if found.whole else None


def pointed(store: Store, source: str) -> tuple[str, str | None]:
    """Return the folder of an article's newest version and the pointer's ETag; empty and None where there is none.

    Raises:
        StorageError: The pointer is no name.
    """
    found = store.read(SOURCES + source)
    return (edition_in(store, found[0]), found[1]) if found else ("", None)


def edition_in(store: Store, content: bytes) -> str:
    """Return the name that a pointer holds.

    Raises:
        StorageError: It holds none.
    """
    name = content.decode("utf-8", "replace")
    if not name or "/" in name or name.startswith(".") or not name.isprintable():
        raise StorageError(f"A pointer in '{store.url}/{SOURCES}' is damaged; remove the one that holds no folder.")
    return name


def manifest_in(store: Store, edition: str) -> dict[str, Any] | None:
    """Return a version's manifest, or None where there is none that can be read.

    Raises:
        OutputRefused: A newer narrate wrote it.
    """
    found = store.read(f"{edition}/{NAME}")
    try:
        manifest = json.loads(found[0]) if found else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(manifest, dict):
        return None
    check_schema(manifest, Path(edition))
    return manifest


def whole(listing: Mapping[str, Stored], edition: str, manifest: Mapping[str, Any]) -> bool:
    """Tell whether every file that a manifest names is there with its size.

    Args:
        listing: Of the version's folder.
        edition: Its name.
        manifest: Its manifest.
    """
    try:
        wanted = {f"{edition}/{file['path']}": file["size_bytes"] for file in manifest["files"]}
    except (KeyError, TypeError):
        return False
    return all(name in listing and listing[name].size_bytes == size for name, size in wanted.items())


def settled(store: Store, show: Show) -> Show:
    """Return a show with the GUID that it has in the bucket; it is kept there if it is new.

    Args:
        store: The bucket.
        show: As its folder on this machine describes it; a GUID in its ``show.toml`` counts before all.

    Raises:
        StorageError: What is kept there is damaged.
    """
    state = json.dumps({"guid": show.guid}, indent=0).encode()
    found = None if store.create(STATE_FILE, state) else store.read(STATE_FILE)
    if found is None:
        return replace(show, sample_rate_hz=None)
    try:
        kept = json.loads(found[0])
        guid = show.guid if choose({}, None, show.folder)["guid"] else str(kept["guid"])
        return replace(show, guid=guid, sample_rate_hz=rate_in(kept))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise StorageError(
            f"'{store.url}/{STATE_FILE}' is damaged; write the podcast's guid into it as the feed has it."
        ) from error
