"""Fetching a Piper voice: to files of other names, checked by size and digest, then put in its place at once."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from narrate.model.errors import EngineUnavailable, InputUnreadable, OutputRefused, PermissionRefused, StorageError
from narrate.system.files import explained
from narrate.voices.engines.piper.folder import voices_folder
from narrate.voices.engines.piper.server import (
    ListedFile,
    ListedVoice,
    base_url,
    broke_off,
    contents,
    look_up,
    opened,
    read_list,
)

__all__ = ["ListedFile", "ListedVoice", "base_url", "fetch", "install", "look_up", "read_list"]
WAIT_S = 3600.0  # for another process that installs the same voice
Progress = Callable[[int, int], None]


def install(
    name: str,
    accept_licence: bool = False,
    progress: Progress = lambda done, total: None,
    folder: Path | None = None,
    url: str | None = None,
) -> ListedVoice:
    """Look a voice up and fetch it; see ``look_up`` and ``fetch`` for what they take and raise."""
    listed = look_up(name, url)
    fetch(listed, accept_licence, progress, folder)
    return listed


def fetch(
    voice: ListedVoice,
    accept_licence: bool = False,
    progress: Progress = lambda done, total: None,
    folder: Path | None = None,
) -> tuple[Path, Path]:
    """Fetch a voice, and go on where an earlier attempt ended; one that is whole already is left alone.

    Args:
        voice: As ``look_up`` found it.
        accept_licence: Take a voice that must not be used commercially.
        progress: Called with the bytes there are so far and all there will be, more than once with the same.
        folder: Where to; the user's data folder by default, made if absent.

    Returns:
        The model and its configuration.

    Raises:
        InputUnreadable: Its licence was not accepted.
        EngineUnavailable: The server cannot be reached, breaks off, or sends something else than its list says.
        ServiceBusy: It asks to come later.
        OutputRefused: The folder cannot be made, or another process is installing the same voice for an hour.
        StorageError: The disk is full or fails.
        PermissionRefused: The operating system does not let us write there.
    """
    if not voice.commercial and not accept_licence:
        raise InputUnreadable(
            f"'{voice.name}' is licensed {voice.licence}: no commercial use; add --accept-licence if you accept that."
        )
    folder = folder or voices_folder()
    model, config = (folder / file.name for file in voice.files)
    with _writing(folder), _alone(folder, voice.name):
        if all(map(_is_whole, (model, config), voice.files)):
            progress(voice.size_bytes, voice.size_bytes)
            return model, config
        parts = [folder / f".{file.name}.part" for file in voice.files]
        _check_space(folder, voice.size_bytes - sum(part.stat().st_size for part in parts if part.is_file()))
        before = 0
        for part, file in zip(parts, voice.files, strict=True):
            _complete(f"{voice.url}/{file.path}", part, file, _after(progress, before, voice.size_bytes))
            before += file.size_bytes
        # A voice is listed when both files are there: the old configuration goes first, the new one comes last.
        config.unlink(missing_ok=True)
        parts[0].replace(model)
        parts[1].replace(config)
    return model, config


def _after(progress: Progress, before: int, total: int) -> Callable[[int], None]:
    return lambda have: progress(before + have, total)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Turn the operating system's refusals into sentences that fit here."""
    try:
        with explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
            yield
    except (OutputRefused, PermissionRefused) as error:
        raise type(error)(error.message.replace("with -o", "with NARRATE_DATA_DIR")) from error


@contextmanager
def _alone(folder: Path, name: str) -> Iterator[None]:
    """Keep others from installing the same voice; the second waits and finds it whole."""
    from filelock import FileLock, Timeout

    try:
        # Never removed by us: whoever waits for it would hold a file that nobody else sees.
        with FileLock(folder / f".{name}.lock", timeout=WAIT_S):
            yield
    except Timeout as error:
        raise OutputRefused(f"Another process is installing '{name}'; wait for it to finish.") from error


def _check_space(folder: Path, needed: int) -> None:
    if shutil.disk_usage(folder).free < needed:
        raise StorageError(
            f"'{folder}' has less than {needed / 1e6:.0f} MB free; free some space and run the command again."
        )


def _is_whole(path: Path, file: ListedFile) -> bool:
    if not path.is_file() or path.stat().st_size != file.size_bytes:
        return False
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, lambda: hashlib.md5(usedforsecurity=False))
    return digest.hexdigest() == file.md5


def _complete(url: str, part: Path, file: ListedFile, progress: Callable[[int], None]) -> None:
    """Bring a partial file to its whole size, and check it."""
    if part.is_symlink() or (part.exists() and not part.is_file()):
        if part.is_dir() and not part.is_symlink():
            raise OutputRefused(
                f"'{part}' is a folder, but the voice must be written there; remove it and run the command again."
            )
        part.unlink()  # what a link leads to is not ours to write, and a pipe would never end
    have = part.stat().st_size if part.is_file() else 0
    if have > file.size_bytes:
        have = 0
    progress(have)
    if have < file.size_bytes:
        _go_on(url, part, have, file.size_bytes, progress)
    if not _is_whole(part, file):
        part.unlink(missing_ok=True)
        raise EngineUnavailable(
            f"'{file.name}' arrived damaged (size or checksum differs from the list); run the command again."
        )


def _go_on(url: str, part: Path, have: int, size: int, progress: Callable[[int], None]) -> None:
    """Fetch the rest of a file, or all of it where the server gives no part or another."""
    with opened(url, {"Range": f"bytes={have}-"} if have else {}) as answer:
        if answer.status == 416:
            part.unlink()
            raise EngineUnavailable(f"{url} is shorter than the list says; try again later.")
        if answer.status != 206 or answer.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
            _write(answer, url, part, have if answer.status == 206 else 0, size, progress)
            return
    part.unlink(missing_ok=True)
    _go_on(url, part, 0, size, progress)


def _write(answer: Any, url: str, part: Path, have: int, size: int, progress: Callable[[int], None]) -> None:
    with part.open("ab" if have else "wb") as file:
        for content in contents(answer, url):
            have += len(content)
            if have > size:
                break
            file.write(content)
            progress(have)
        file.flush()
        os.fsync(file.fileno())
    if have > size:
        part.unlink()
        raise EngineUnavailable(f"{url} is larger than the list says; try again later.")
    if have < size:
        raise broke_off(url)
