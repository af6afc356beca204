"""Which version of an episode a bucket holds.

``.claims/sources/DIGEST`` names the folder of an article's newest version, and is changed only by who saw the one
before. ``.claims/names/FOLDER`` holds the digest of the article whose folder that is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from narrate.episode.manifest import NAME, parse_episode
from narrate.model.episode import Episode
from narrate.model.errors import ManifestDamaged, StorageError
from narrate.model.show import Show
from narrate.settings import choose
from narrate.show.claims import CLAIMS
from narrate.show.s3.bucket import Bucket, Stored
from narrate.show.show import STATE_FILE, rate_in

NAMES, SOURCES = f"{CLAIMS}/names/", f"{CLAIMS}/sources/"


def pointed(bucket: Bucket, source: str) -> tuple[str, str | None]:
    """Return the folder of an article's newest version and the pointer's ETag; empty and None where there is none.

    Raises:
        StorageError: The pointer does not hold a name.
    """
    found = bucket.read(SOURCES + source)
    return (edition_in(bucket, found[0]), found[1]) if found else ("", None)


def edition_in(bucket: Bucket, content: bytes) -> str:
    """Return the name that a pointer holds.

    Raises:
        StorageError: It does not hold one.
    """
    name = content.decode("utf-8", "replace")
    if not name or "/" in name or name.startswith(".") or not name.isprintable():
        raise StorageError(f"A pointer in '{bucket.url}/{SOURCES}' is damaged; remove the one that names no folder.")
    return name


def episode_in(bucket: Bucket, edition: str) -> Episode | None:
    """Return a version of an episode, or None where there is none that can be used.

    Raises:
        OutputRefused: A newer narrate wrote it.
    """
    found = bucket.read(f"{edition}/{NAME}") if edition else None
    try:
        return parse_episode(found[0], f"{bucket.url}/{edition}") if found else None
    except ManifestDamaged:
        return None


def has_files(listing: Mapping[str, Stored], episode: Episode) -> bool:
    """Tell whether every file of an episode is there with its size."""
    edition = episode.location.rpartition("/")[2]
    wanted = {f"{edition}/{file.path}": file.size_bytes for file in episode.files}
    return all(name in listing and listing[name].size_bytes == size for name, size in wanted.items())


def settled(bucket: Bucket, show: Show) -> Show:
    """Return a show with the GUID that it has in the bucket; it is kept there if it is new.

    Args:
        bucket: Where the show is.
        show: As its folder on this machine describes it; a GUID in its ``show.toml`` counts before all.

    Raises:
        StorageError: What is kept there is damaged.
    """
    state = json.dumps({"guid": show.guid}, indent=0).encode()
    found = None if bucket.create(STATE_FILE, state) else bucket.read(STATE_FILE)
    if found is None:
        return replace(show, sample_rate_hz=None)
    try:
        kept = json.loads(found[0])
        guid = show.guid if choose({}, None, show.folder)["guid"] else str(kept["guid"])
        return replace(show, guid=guid, sample_rate_hz=rate_in(kept))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise StorageError(
            f"'{bucket.url}/{STATE_FILE}' is damaged; write the podcast's guid into it as the feed has it."
        ) from error


def keep_rate(bucket: Bucket, show: Show, rate_hz: int) -> None:
    """Remember the sample rate of the first episode, so that those after it get the same."""
    found = bucket.read(STATE_FILE)
    if found is None or rate_in(json.loads(found[0])) is None:
        state = {"guid": show.guid, "sample_rate_hz": rate_hz}
        # Where another run was quicker, its rate counts.
        bucket.swap(STATE_FILE, json.dumps(state, indent=0).encode(), found[1] if found else None)
