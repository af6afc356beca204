"""A show: a folder of episodes, and what is said of them all in its feed."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from narrate.config import SHOW_FILE, Chosen, choose
from narrate.errors import InputUnreadable, StorageError
from narrate.files import Staging, explained
from narrate.publish.categories import parse_category
from narrate.publish.manifest import NAME, read_manifest
from narrate.settings import SAMPLE_RATES_HZ

STATE_FILE = "show.json"
LOCK_FILE = ".show.lock"
LOCK_TIMEOUT_S = 60
# Podcasting 2.0's namespace for the UUIDs of podcasts.
PODCAST_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
LARGEST_STATE_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Show:
    """What a feed says of its podcast.

    Attributes:
        folder: Where ``show.toml`` lies, and the episodes' folders.
        title: Name.
        description: What it is about.
        author: Who publishes it.
        language: BCP 47.
        category: Apple's category, and subcategory or None.
        explicit: Whether it is not for children.
        link: Its web site, or None for the index page.
        base_url: Where the folder is served, without a slash at the end.
        guid: The podcast's UUID.
        cover: Picture, or None for a generated one.
        copyright: Owner of the rights, or None.
        owner: Name and address for the feed's owner tag; each may be None.
        funding: Address and text, or None.
        newest: How many episodes the feed names, the newest first; None for all.
        sample_rate_hz: Of its episodes, so that all have the same; None before one was published.
    """

    folder: Path
    title: str
    description: str
    author: str
    language: str
    category: tuple[str, str | None]
    explicit: bool
    link: str | None
    base_url: str
    guid: str
    cover: Path | None = None
    copyright: str | None = None
    owner: tuple[str | None, str | None] = (None, None)
    funding: tuple[str, str] | None = None
    newest: int | None = None
    sample_rate_hz: int | None = None

    def facts(self) -> dict[str, Any]:
        """Return what items and pages say of it; where it lies, its picture, and how many there are, is not."""
        facts = {**asdict(self), "folder": None, "cover": None}
        del facts["newest"], facts["sample_rate_hz"]
        return facts


def open_show(folder: Path, chosen: Chosen | None = None) -> Show:
    """Return a show as its configuration describes it.

    Args:
        folder: With a ``show.toml``.
        chosen: Its keys, laid over each other, if that was done before.

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
        cover=Path(chosen["cover"]) if chosen["cover"] else None,
        copyright=chosen["copyright"],
        owner=(chosen["owner.name"], chosen["owner.email"]),
        funding=(funding, chosen["funding.text"] or "Unterstützen") if funding else None,
        newest=chosen["feed.newest"],
        sample_rate_hz=_stored_rate(folder),
    )


def keep_rate(show: Show, rate_hz: int) -> None:
    """Remember the sample rate of the first episode, so that those after it get the same.

    Args:
        show: Opened before.
        rate_hz: Of an episode that was published in it.

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


def _stored_rate(folder: Path) -> int | None:
    """Return the sample rate of a show's episodes; where its state is older than that, of any one of them."""
    state = _read_state(folder)
    known = rate_in(state)
    if known or not state:
        return known
    found = (read_manifest(one) for one in episode_folders(folder))
    return rate_in(next((manifest for manifest in found if manifest), {}))


def podcast_guid(feed_url: str) -> str:
    """Return the UUID of a podcast by the address of its feed, without scheme and slashes at the end.

    Args:
        feed_url: For example ``https://podnews.net/rss``.

    Source:
        Podcastindex-org/podcast-namespace, docs/tags/guid.md.
    """
    return str(uuid.uuid5(PODCAST_NAMESPACE, feed_url.partition("://")[2].rstrip("/")))


def _stored_guid(folder: Path, base_url: str) -> str:
    """Return the podcast's UUID, computed from its first address and kept for ever after."""
    state = _read_state(folder)
    if "guid" not in state:
        with locked(folder):
            state = _read_state(folder)
            if "guid" not in state:
                state["guid"] = podcast_guid(f"{base_url}/feed.xml")
                _write_state(folder, state)
    return str(state["guid"])


def _read_state(folder: Path) -> dict[str, Any]:
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


def _write_state(folder: Path, state: dict[str, Any]) -> None:
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
        raise InputUnreadable(f"'{folder}' is no folder that can be read; name a show's folder.") from error
    return [folder / name for name in names if (folder / name / NAME).is_file()]
