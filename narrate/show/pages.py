"""The pages of a show's episodes, each written anew only where it would differ."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from narrate.episode.manifest import NAME
from narrate.model.show import Show
from narrate.system.cache import key_of
from narrate.system.files import Staging
from narrate.web import VERSION, episode_page

INDEX = "index.html"
HEAD_BYTES = 2000  # in which a page says what it was made of
BROKEN = (AttributeError, KeyError, TypeError, ValueError, StopIteration, RecursionError)


def write_page(show: Show, folder: Path) -> None:
    """Write the page of one episode, as :func:`narrate.show.site.write_site` would; a damaged manifest gives none.

    Args:
        show: The episode's.
        folder: The episode's.

    Raises:
        OutputRefused, PermissionRefused, StorageError: It cannot be written.
    """
    with contextlib.suppress(OSError, *BROKEN):
        _write_page(show, folder, hashlib.sha256((folder / NAME).read_bytes()).hexdigest())


def write_pages(show: Show, entries: Iterable[tuple[str, str]], warnings: list[str]) -> list[str]:
    """Write the page of every episode whose manifest, or whose show, is another than that of the page there.

    Args:
        show: Their show.
        entries: Folder's name and manifest's digest of each.
        warnings: Told which manifest gives no page.

    Returns:
        Names of the files that changed.
    """
    written = []
    for name, digest in entries:
        try:
            written += _write_page(show, show.folder / name, digest)
        except BROKEN:
            warnings.append(f"{name}: its manifest is damaged and gave no page; render it again.")
    return written


def page_key(show: Show, digest: str) -> str:
    """Return what an episode's page is made of.

    Args:
        show: The episode's.
        digest: Of its manifest.
    """
    return key_of("page", _made_of(show), digest)


@lru_cache(maxsize=1)
def _made_of(show: Show) -> str:
    return key_of(VERSION, show.facts())


def _write_page(show: Show, folder: Path, digest: str) -> list[str]:
    key = page_key(show, digest)
    if key_in(folder / INDEX) == key:
        return []
    page = episode_page(*_read(folder), show, key=key, folder=folder.name)
    return [f"{folder.name}/{name}" for name in write_changed(folder, {INDEX: page})]


def _read(folder: Path) -> tuple[dict[str, Any], Any, bytes | None]:
    """Return an episode's manifest, words and waveform, the latter two as far as they are there."""
    manifest = json.loads((folder / NAME).read_bytes())
    words = picture = None
    with contextlib.suppress(OSError, ValueError, RecursionError):
        words = json.loads((folder / "words.json").read_bytes())
    with contextlib.suppress(OSError):
        picture = (folder / "waveform.svg").read_bytes()
    return manifest, words, picture


def key_in(page: Path) -> str | None:
    """Return what a page says it was made of, or None.

    Args:
        page: Its file.
    """
    try:
        with page.open("rb") as file:
            return key_of_page(file.read(HEAD_BYTES))
    except OSError:
        return None


def key_of_page(content: bytes) -> str | None:
    """Return what a page says it was made of, or None.

    Args:
        content: Its beginning, or all of it.
    """
    found = re.search(rb'name="narrate-key" content="([0-9a-f]{64})"', content[:HEAD_BYTES])
    return found[1].decode() if found else None


def write_changed(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write the files that differ from what is there, in their order; return their names.

    Args:
        folder: Where they stand.
        files: Content by name.
    """
    changed = [name for name, content in files.items() if not _holds(folder / name, content)]
    if changed:
        with Staging(folder) as staging:
            for name in changed:
                staging.write(name, [files[name]])
            staging.publish()
    return changed


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False
