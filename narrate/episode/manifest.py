"""The manifest ``episode.json``: the one place where an episode is read and written."""

from __future__ import annotations

import contextlib
import json
import os
import stat
from datetime import date, datetime
from pathlib import Path, PurePosixPath

import msgspec

from narrate import __version__
from narrate.model.episode import Episode, EpisodeFile, Publication, Tool
from narrate.model.errors import (
    InputMissing,
    InputUnreadable,
    ManifestDamaged,
    NarrateError,
    OutputRefused,
    PermissionRefused,
)
from narrate.system import atomic_move
from narrate.system.files import FileRecord, sha256_of
from narrate.system.text import shown

NAME = "episode.json"
PAGE = "index.html"
FEED_BEFORE = ".feed-before"  # holds the digest of the feed that an episode was published beside
FEED = "feed.xml"
TOOL = Tool(name="narrate", version=__version__)
TYPES = {
    ".mp3": "audio/mpeg",
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
    ".json": "application/json",
    ".html": "text/html",
    ".txt": "text/plain",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
}
SCHEMA_VERSION = 1
LARGEST_BYTES = 50_000_000  # 255 chapters with every word come to a tenth of it
AGAIN = "render the episode again"


class _Schema(msgspec.Struct):
    schema_version: float


class _Identity(msgspec.Struct):
    publication: Publication | None = None


def episode_json(episode: Episode) -> bytes:
    """Return the content of ``episode.json``; equal episodes give equal bytes."""
    values = msgspec.to_builtins(msgspec.structs.replace(episode, location=""), builtin_types=(date, datetime))
    whole = {"schema_version": SCHEMA_VERSION, **values}
    return (json.dumps(whole, ensure_ascii=False, indent=1, default=lambda day: day.isoformat()) + "\n").encode()


def parse_episode(content: bytes, location: str) -> Episode:
    """Return the episode that a manifest describes.

    Raises:
        ManifestDamaged: It is not a manifest, or one that this version cannot read.
        OutputRefused: A newer narrate wrote it.
    """
    try:
        if len(content) > LARGEST_BYTES:
            raise msgspec.ValidationError(f"larger than {LARGEST_BYTES:,} bytes")
        schema = msgspec.json.decode(content, type=_Schema).schema_version
        if schema > SCHEMA_VERSION:
            raise OutputRefused(
                f"'{location}/{NAME}' was written by a newer narrate (schema {schema:g}, this one knows "
                f"{SCHEMA_VERSION}) and is left alone; update narrate, or choose another folder with -o."
            )
        return msgspec.structs.replace(_DECODER.decode(content), location=location)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        reason = shown(str(error).replace("`", ""), 120)[1:-1]
        raise ManifestDamaged(f"'{location}/{NAME}' is damaged ({reason}); {AGAIN}.") from error


_DECODER = msgspec.json.Decoder(Episode)


def load_episode(folder: str | Path) -> Episode:
    """Read the episode in a folder; a publication that was interrupted is finished first, as far as permitted.

    Raises:
        InputMissing: There is no such folder.
        InputUnreadable: The folder holds no manifest.
        ManifestDamaged: It cannot be used; the next render replaces it.
        OutputRefused: A newer narrate wrote it, so nothing here may be overwritten.
        PermissionRefused: It cannot be opened.
    """
    return parse_episode(_content(Path(folder)), str(folder))


def _content(folder: Path) -> bytes:
    path = folder / NAME
    with contextlib.suppress(OSError):
        atomic_move.settle(folder)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ManifestDamaged(f"'{path}' is not a file; {AGAIN}.")
        with path.open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except PermissionError as error:
        raise PermissionRefused(f"Permission denied: '{path}'. Make it readable (chmod +r).") from error
    except OSError as error:
        if folder.is_dir():
            raise InputUnreadable(f"'{folder}' holds no manifest {NAME}; name the folder of an episode.") from error
        raise InputMissing(f"The folder '{folder}' does not exist; name the folder of an episode.") from error


def read_episode(folder: Path) -> Episode | None:
    """Return the episode in a folder, or None where there is none that can be used.

    Raises:
        OutputRefused: A newer narrate wrote it, so nothing here may be overwritten.
    """
    try:
        return load_episode(folder)
    except (InputMissing, InputUnreadable, PermissionRefused):
        return None


def read_publication(folder: Path) -> Publication | None:
    """Return the identity and dates of the episode in a folder, even where the rest of its manifest is damaged.

    An episode that is made anew would otherwise appear as a new one to everybody who subscribed.
    """
    try:
        return msgspec.json.decode(_content(folder), type=_Identity).publication
    except (NarrateError, msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError):
        return None


def listed_file(record: FileRecord) -> EpisodeFile:
    """Return a file that was written as an episode lists it."""
    kind = TYPES[PurePosixPath(record.path).suffix]
    return EpisodeFile(path=record.path, type=kind, size_bytes=record.size_bytes, sha256=record.sha256)


def is_whole(episode: Episode, sizes_only: bool = False) -> bool:
    """Tell whether every file of an episode is in its folder, with the same bytes or at least the same size."""
    folder = episode.folder
    return bool(episode.files) and all(
        lies_below(folder, one.path) and FileRecord(one.path, one.size_bytes, one.sha256).holds(folder, sizes_only)
        for one in episode.files
    )


def superseded_files(episode: Episode) -> list[str]:
    """Return the files of earlier versions that are still there, below the episode's folder only."""
    folder = episode.folder
    return [
        path
        for path in episode.superseded or ()
        if lies_below(folder, path) and os.path.isfile(folder / path)  # noqa: PTH113
    ]


def lies_below(folder: Path, path: str) -> bool:
    """Tell whether a path that a manifest names is below its folder, links followed."""
    try:
        return (folder / path).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):
        return False


def feed_digest(show: Path) -> str:
    """Return the digest of a show's feed, empty where it has none."""
    try:
        return sha256_of(show / FEED)
    except OSError:
        return ""


def feed_is_older(episode: Path) -> bool:
    """Tell whether a show's feed was not written since the episode was published.

    So it is while a render is between the two, and after one that was killed there: everything that the feed
    names is still available, and the next run writes it anew.
    """
    try:
        return (episode / FEED_BEFORE).read_text("ascii") == feed_digest(episode.parent)
    except (OSError, ValueError):
        return False
