"""Names for temporary files, and removal of those a killed process left behind."""

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

ORPHANED_S = 24 * 3600  # age at which another host's file counts as orphaned: its processes cannot be checked
OWN = re.compile(r"\.(?P<host>[0-9a-f]{8})\.(?P<pid>\d{1,10})\.\d+\.tmp(?:\.new)?")
OLDER = re.compile(r"\..+\.\d+\.tmp(?:\.new)?")  # narrate's former names: without a host, so only age counts
FOLDER = re.compile(r"narrate-(?P<host>[0-9a-f]{8})\.(?P<pid>\d{1,10})\..+")


@functools.cache
def _host() -> str:
    """Return eight hex digits that identify our namespace of process ids: a host, or one container on it."""
    namespace = ""
    with contextlib.suppress(OSError):
        namespace = str(os.readlink("/proc/self/ns/pid"))  # noqa: PTH115, a Path would look for the file
    return hashlib.sha256(f"{socket.gethostname()} {namespace}".encode()).hexdigest()[:8]


def token() -> str:
    """Return a string that no other living thread, process or host uses."""
    return f"{_host()}.{os.getpid()}.{threading.get_ident()}"


def temporary_beside(path: Path) -> Path:
    """Return a temporary path in the same folder, since an atomic move must not cross file systems."""
    return path.with_name(f".{path.name}.{token()}.tmp")


def sweep(folder: Path) -> int:
    """Remove temporary files of dead processes from a folder, not its subfolders; return the bytes freed."""
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
    """Remove temporary folders of dead processes from the system's folder for them."""
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
        return True  # it belongs to another user
    return True
