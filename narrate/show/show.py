"""A show: a folder of episodes, and what is said of them all in its feed."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from narrate.episode.manifest import NAME, read_episode
from narrate.model.errors import InputUnreadable, StorageError
from narrate.model.settings import SAMPLE_RATES_HZ
from narrate.model.show import Show
from narrate.settings import SETTINGS, SHOW_FILE, Chosen, choose
from narrate.show.categories import parse_category
from narrate.system.files import Staging, explained

STATE_FILE = "show.json"
LOCK_FILE = ".show.lock"
LOCK_TIMEOUT_S = 60
# Podcasting 2.0's namespace for the UUIDs of podcasts.
PODCAST_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
LARGEST_STATE_BYTES = 50_000_000


def open_show(folder: Path, chosen: Chosen | None = None) -> Show:
    """Return a show as its configuration describes it.

    Raises:
        InputUnreadable: It has no ``base_url``, or no such category exists.
        StorageError, PermissionRefused: Its state cannot be written.
    """
    chosen = chosen or choose({}, None, folder)
    base_url = chosen["base_url"]
    if not base_url:
        raise InputUnreadable(
            f"{folder / SHOW_FILE} has no base_url; write where the folder will be served: "
            'base_url = "https://example.org/podcast".'
        )
    try:
        category = parse_category(chosen["category"])
    except ValueError as error:
        raise InputUnreadable(
            f"{chosen.origins['category']}: category = {chosen['category']!r} cannot be used; write {error}."
        ) from None
    funding = chosen["funding.url"]
    return Show(
        folder=folder,
        title=chosen["title"],
        description=chosen["description"] or f"{chosen['title']}: Artikel zum Anhören.",
        author=chosen["author"] or chosen["title"],
        language=chosen["language"],
        category=category,
        explicit=chosen["explicit"],
        link=chosen["link"],
        base_url=base_url,
        guid=chosen["guid"] or _stored_guid(folder, base_url),
        cover=SETTINGS["cover"].kind.use(chosen["cover"]),
        copyright=chosen["copyright"],
        owner=(chosen["owner.name"], chosen["owner.email"]),
        funding=(funding, chosen["funding.text"] or "Unterstützen") if funding else None,
        newest=chosen["feed.newest"],
        sample_rate_hz=stored_rate(folder),
    )


def keep_rate(show: Show, rate_hz: int) -> None:
    """Remember the sample rate of the first episode, so that those after it get the same.

    Raises:
        StorageError, PermissionRefused: Its state cannot be written.
    """
    if _read_state(show.folder).get("sample_rate_hz"):
        return
    with locked(show.folder):
        state = _read_state(show.folder)
        _write_state(show.folder, {"guid": show.guid, "sample_rate_hz": rate_hz} | state)


def rate_in(state: Any) -> int | None:
    """Return the sample rate that a show's state holds, or None where it holds none that an MP3 can have.

    Args:
        state: As JSON has it; somebody may have edited it.
    """
    kept = state.get("sample_rate_hz") if isinstance(state, dict) else None
    return next((rate for rate in SAMPLE_RATES_HZ if rate == kept), None)


def stored_rate(folder: Path) -> int | None:
    """Return the sample rate of a show's episodes; where its state is older than that, of any one of them."""
    state = _read_state(folder)
    known = rate_in(state)
    if known or not state:
        return known
    found = (read_episode(one) for one in episode_folders(folder))
    newest = next((episode for episode in found if episode), None)
    return rate_in({"sample_rate_hz": newest.sample_rate_hz}) if newest else None


def podcast_guid(feed_url: str) -> str:
    """Return the UUID of a podcast by the address of its feed, without scheme and slashes at the end.

    Source:
        Podcastindex-org/podcast-namespace, docs/tags/guid.md.
    """
    return str(uuid.uuid5(PODCAST_NAMESPACE, feed_url.partition("://")[2].rstrip("/")))


def _stored_guid(folder: Path, base_url: str) -> str:
    """Return the podcast's UUID, computed from its first address and kept forever after."""
    state = _read_state(folder)
    if "guid" not in state:
        with locked(folder):
            state = _read_state(folder)
            if "guid" not in state:
                state["guid"] = podcast_guid(f"{base_url}/feed.xml")
                _write_state(folder, state)
    return str(state["guid"])


def _read_state(folder: Path) -> dict[str, object]:
    path = folder / STATE_FILE
    try:
        with path.open("rb") as file:
            state = json.loads(file.read(LARGEST_STATE_BYTES))
        uuid.UUID(state["guid"])
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputUnreadable(
            f'{path} is damaged; write the podcast\'s guid into it as the feed has it: {{"guid": "…"}}.'
        ) from error
    return dict(state)


def _write_state(folder: Path, state: dict[str, object]) -> None:
    with Staging(folder) as staging:
        staging.write(STATE_FILE, [json.dumps(state, ensure_ascii=False, indent=0).encode()])
        staging.publish()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a show's lock, against other threads and processes that write its feed or take a folder in it.

    Raises:
        StorageError: Another process has held it for a minute, or the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK_FILE)
    try:
        with explained(folder / LOCK_FILE):
            lock.acquire(timeout=LOCK_TIMEOUT_S)
    except Timeout as error:
        raise StorageError(f"Another narrate has been writing to {folder} for a minute; wait for it to end.") from error
    try:
        yield
    finally:
        lock.release()


def episode_folders(folder: Path) -> list[Path]:
    """Return the folders of a show that hold a manifest, in the order of their names."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))
    except OSError as error:
        raise InputUnreadable(f"'{folder}' is not a readable folder; name the folder of a show.") from error
    return [folder / name for name in names if (folder / name / NAME).is_file()]
