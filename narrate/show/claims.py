"""Which article has which folder of a show: two small files for each, so that a claim costs the same in any archive.

``.claims/names/FOLDER`` holds the digest of the article's source, ``.claims/sources/DIGEST`` the folder's name. The
first counts; the second finds it. What is lost of both is found in the manifests again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from narrate.episode.manifest import read_episode
from narrate.show.show import episode_folders, locked
from narrate.system.files import Staging

CLAIMS = ".claims"
MOST_OF_A_NAME = 1 << 20
_swept: set[Path] = set()


def claim(folder: Path, source: str, name: str, named: bool) -> Path:
    """Return the folder of an article's episode, the same one every time; a new one is reserved.

    Args:
        folder: Of the show, opened before.
        source: As :func:`narrate.episode.publication.source_digest` gives it.
        name: What a new episode's folder is called; another article's gets a number behind it.
        named: Whether the user chose the name: then it is that episode, whatever article it was made of.

    Raises:
        StorageError, PermissionRefused: The show cannot be written.
    """
    with locked(folder):
        if not (folder / CLAIMS).is_dir():
            _write(folder, _in_manifests(folder))
        chosen = name if named else claimed(folder, source)
        if chosen is None:
            more = (f"{name}-{number}" for number in range(2, MOST_OF_A_NAME))
            chosen = next(one for one in chain((name,), more) if _free(folder, one, source))
        if claimed(folder, source) != chosen:
            _write(folder, [(chosen, source)])
        return folder / chosen


def claimed(folder: Path, source: str) -> str | None:
    """Return the name of the folder that an article has, or None."""
    name = _read(folder / CLAIMS / "sources" / source)
    return name if name and _holder(folder, name) == source else None


def adopt(folder: Path, episodes: Iterable[tuple[str, str]]) -> None:
    """Claim the folders that nobody claimed yet: they were copied here."""
    try:
        known = {path.name for path in (folder / CLAIMS / "names").iterdir()}
    except FileNotFoundError:
        return  # the next claim finds all
    _write(folder, [one for one in episodes if one[0] not in known])


def _in_manifests(folder: Path) -> Iterator[tuple[str, str]]:
    for one in episode_folders(folder):
        episode = read_episode(one)
        if episode and episode.publication:
            yield one.name, episode.publication.source


def _write(folder: Path, claims: Iterable[tuple[str, str]]) -> None:
    claims = [(name, source) for name, source in claims if source.isalnum()]
    # Thousands of names stand there: one look for leftovers is enough for a process.
    with Staging(folder, sweeping=folder not in _swept) as staging:
        _swept.add(folder)
        for name, source in claims:
            staging.write(f"{CLAIMS}/names/{name}", [source.encode()])
            staging.write(f"{CLAIMS}/sources/{source}", [name.encode()])
        staging.publish()


def _free(folder: Path, name: str, source: str) -> bool:
    holder = _holder(folder, name)
    return holder == source or (holder is None and not (folder / name).exists())


def _holder(folder: Path, name: str) -> str | None:
    return _read(folder / CLAIMS / "names" / name)


def _read(path: Path) -> str | None:
    try:
        text = path.read_text("utf-8")
    except (OSError, ValueError):
        return None
    return text if text and "/" not in text and not text.startswith(".") else None
