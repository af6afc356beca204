"""The pages of a show's episodes, each written anew only where it would differ."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from narrate.episode.manifest import NAME, parse_episode
from narrate.model.episode import Episode
from narrate.model.errors import ManifestDamaged
from narrate.model.show import Show
from narrate.system.cache import key_of
from narrate.system.files import Staging
from narrate.web import VERSION, PageParts, episode_page

INDEX = "index.html"
HEAD_BYTES = 2000  # in which a page says what it was made of


def write_page(show: Show, folder: Path) -> None:
    """Write the page of one episode, as :func:`narrate.show.site.write_site` would; a damaged manifest gives none.

    Raises:
        OutputRefused, PermissionRefused, StorageError: It cannot be written.
    """
    with contextlib.suppress(OSError, ManifestDamaged):
        content = (folder / NAME).read_bytes()
        _write_page(show, folder, hashlib.sha256(content).hexdigest(), content)


def write_pages(show: Show, entries: Iterable[tuple[str, str]], warnings: list[str]) -> list[str]:
    """Write the page of every episode whose manifest, or whose show, is another than that of the page there.

    Returns:
        Names of the files that changed.
    """
    written = []
    for name, digest in entries:
        try:
            written += _write_page(show, show.folder / name, digest)
        except ManifestDamaged:
            warnings.append(f"{name}: its manifest is damaged and gave no page; render it again.")
    return written


def page_key(show: Show, digest: str) -> str:
    """Return what an episode's page is made of."""
    return key_of("page", _made_of(show), digest)


@lru_cache(maxsize=1)
def _made_of(show: Show) -> str:
    return key_of(VERSION, show.facts())


def _write_page(show: Show, folder: Path, digest: str, content: bytes | None = None) -> list[str]:
    key = page_key(show, digest)
    if key_in(folder / INDEX) == key:
        return []
    episode = parse_episode(content or (folder / NAME).read_bytes(), str(folder))
    words = picture = None
    with contextlib.suppress(OSError):
        words = (folder / "words.json").read_bytes()
    with contextlib.suppress(OSError):
        picture = (folder / "waveform.svg").read_bytes()
    page = page_of(episode, show, key, words, picture)
    return [f"{folder.name}/{name}" for name in write_changed(folder, {INDEX: page})]


def page_of(episode: Episode, show: Show, key: str, words: bytes | None, picture: bytes | None) -> bytes:
    """Return an episode's page in its show.

    Args:
        episode: Its location ends with the name of its folder in the show.
        show: The episode's.
        key: As :func:`page_key` gives it.
        words: Content of ``words.json``; where it is damaged the page highlights sentences only.
        picture: Content of ``waveform.svg``, or None.
    """
    heard = None
    with contextlib.suppress(ValueError, RecursionError):
        heard = json.loads(words) if words else None
    folder = episode.location.rstrip("/").rpartition("/")[2]
    return episode_page(episode, PageParts(key, heard, picture), show, folder)


def key_in(page: Path) -> str | None:
    """Return what a page says it was made of, or None."""
    try:
        with page.open("rb") as file:
            return key_of_page(file.read(HEAD_BYTES))
    except OSError:
        return None


def key_of_page(content: bytes) -> str | None:
    """Return what a page says it was made of, or None."""
    found = re.search(rb'name="narrate-key" content="([0-9a-f]{64})"', content[:HEAD_BYTES])
    return found[1].decode() if found else None


def write_changed(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write the files that differ from what is there, in their order; return their names."""
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
