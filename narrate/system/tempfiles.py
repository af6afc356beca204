"""Names of temporary files, and the removal of those that a killed process left."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import re
import shutil
import socket
import threading
import time
from pathlib import Path

ORPHANED_S = 24 * 3600  # of another host, whose processes cannot be asked for
OWN = re.compile(r"\.(?P<host>[0-9a-f]{8})\.(?P<pid>\d{1,10})\.\d+\.tmp(?:\.new)?")
OLDER = re.compile(r"\..+\.\d+\.tmp(?:\.new)?")  # as narrate named them before: no host, so only their age counts
FOLDER = re.compile(r"narrate-(?P<host>[0-9a-f]{8})\.(?P<pid>\d{1,10})\..+")


@functools.cache
def _host() -> str:
    """Return eight digits for what shares its process ids with us: a host, or one container of it."""
    space = ""
    with contextlib.suppress(OSError):
        space = str(os.readlink("/proc/self/ns/pid"))  # noqa: PTH115, a Path would look for the file
    return hashlib.sha256(f"{socket.gethostname()} {space}".encode()).hexdigest()[:8]


def token() -> str:
    """Return what no other thread, process or host has in its names at the same time."""
    return f"{_host()}.{os.getpid()}.{threading.get_ident()}"


def temporary_beside(path: Path) -> Path:
    """Return the temporary name of a file, in the same folder: a move must not cross file systems."""
    return path.with_name(f".{path.name}.{token()}.tmp")


def sweep(folder: Path) -> int:
    """Remove the temporary files of processes that are no more; return the bytes removed."""
    removed = 0
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") and ".tmp" in entry.name:
                with contextlib.suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    if entry.is_file(follow_symlinks=False) and _orphaned(entry.name, status.st_mtime):
                        os.unlink(entry.path)  # noqa: PTH108
                        removed += status.st_size
    return removed


def sweep_folders(parent: Path) -> None:
    """Remove the temporary folders of processes that are no more."""
    with contextlib.suppress(OSError), os.scandir(parent) as entries:
        for entry in entries:
            found = FOLDER.fullmatch(entry.name)
            if found and found["host"] == _host() and entry.is_dir(follow_symlinks=False) and not _alive(found["pid"]):
                shutil.rmtree(entry.path, ignore_errors=True)


def _orphaned(name: str, changed_s: float) -> bool:
    found = re.search(f"{OWN.pattern}$", name)
    if found and found["host"] == _host() and os.name == "posix":
        return not _alive(found["pid"])
    return bool(found or OLDER.fullmatch(name)) and time.time() - changed_s > ORPHANED_S


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # somebody else's
    return True
