"""The cache: earlier results, stored under the digest of everything that shaped them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from narrate.model.errors import OutputRefused, PermissionRefused
from narrate.system.cache_entry import Entry as Entry
from narrate.system.cache_entry import Facts, entry_at, facts_at, parts_of
from narrate.system.files import explained
from narrate.system.tempfiles import sweep, sweep_folders, temporary_beside, token

if TYPE_CHECKING:
    from filelock import FileLock

LOCKS = "locks"
CURE = "remove what is there, or set NARRATE_CACHE_DIR to another folder"
NO_TEMPORARY = "No folder for temporary files is writable; set TMPDIR to one that is."


def key_of(*parts: object) -> str:
    """Return the SHA-256 of the parts, which must be JSON values or dataclasses of them."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=lambda part: asdict(part))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Cache:
    """A folder of immutable entries: facts (JSON) and a body, stored under a digest.

    Entries are verified when read: a truncated or altered one is a miss. If the folder is not writable, a temporary
    one replaces it for this run; if only an entry's own subfolder is not, the entry alone goes there.

    Args:
        folder: None keeps entries for this run only.

    Attributes:
        kept: Whether entries outlive this run.
        refused: First path that could not be written, or None.
        written_bytes: Bytes written by this process since the folder's size was last checked.

    Raises:
        OutputRefused: Temporary files cannot be written either.
    """

    def __init__(self, folder: Path | None) -> None:
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._creating = threading.Lock()
        self._swept: set[Path] = set()
        _check_temporary()
        self.kept = folder is not None and _writable(folder)
        self.refused: Path | None = None
        self.written_bytes = 0
        self.folder = folder if folder is not None and self.kept else self._for_this_run()

    def path(self, key: str) -> Path:
        """Return the path of an entry, whether it exists or not."""
        return self.folder / key[:2] / key

    def facts(self, key: str) -> Facts | None:
        """Return an entry's facts without reading its body, or None."""
        found = facts_at(self.path(key), key)
        return found if found is not None or self.refused is None else facts_at(self._temporary_path(key), key)

    def get(self, key: str) -> Entry | None:
        """Return an entry's facts and body, or None if it is absent or damaged."""
        found = entry_at(self.path(key), key)
        return found if found is not None or self.refused is None else entry_at(self._temporary_path(key), key)

    def put(self, key: str, facts: Facts, body: bytes) -> None:
        """Store an entry. Threads and processes may share the cache.

        Raises:
            StorageError: The disk is full or fails.
        """
        parts = parts_of(key, facts, body)
        try:
            self._write(self.path(key), parts)
        except PermissionRefused:
            self.refused = self.path(key)
            self._write(self._temporary_path(key), parts)

    def _write(self, path: Path, parts: Sequence[bytes]) -> None:
        temporary = temporary_beside(path.with_name(path.name[:16]))
        try:
            with _explained(path, [len(part) for part in parts]):
                path.parent.mkdir(parents=True, exist_ok=True)
                if path.parent not in self._swept:
                    self._swept.add(path.parent)
                    sweep(path.parent)
                with temporary.open("wb") as file:
                    file.writelines(parts)
                temporary.replace(path)
            self.written_bytes += sum(map(len, parts))
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise

    def _for_this_run(self) -> Path:
        """Return the temporary folder, created on first use."""
        with self._creating:
            if self._temporary is None:
                prefix = f"narrate-{token()}."
                try:
                    sweep_folders(Path(tempfile.gettempdir()))
                    self._temporary = tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)
                except OSError as error:
                    raise OutputRefused(NO_TEMPORARY) from error
        return Path(self._temporary.name)

    def _temporary_path(self, key: str) -> Path:
        return self._for_this_run() / key[:2] / key

    def warnings(self) -> list[str]:
        """Return warnings to show the user."""
        if self.refused is None:
            return []
        return [f"Permission denied: '{self.refused}'. Not everything was cached; make it writable (chmod +w)."]

    def entries(self, within: str = "??") -> Iterator[tuple[Path, os.stat_result]]:
        """Yield path and status of every entry, and of whatever a killed run left behind.

        Args:
            within: First two characters of the keys, or a pattern for them.
        """
        for path in filter(Path.is_file, self.folder.glob(f"{within}/*")):
            with contextlib.suppress(OSError):
                yield path, path.stat()

    def size_bytes(self) -> int:
        """Return the total size of all entries."""
        return sum(status.st_size for _, status in self.entries())

    def lock(self, key: str) -> FileLock:
        """Return a lock, between threads and processes, for making the entry of a key.

        Keys share 4,096 lock files; hold only one lock at a time.

        Raises:
            StorageError: The folder is not writable.
        """
        from filelock import FileLock  # importing it costs a fifth of an unchanged render's start-up

        folder = self.folder / LOCKS
        with _explained(folder):
            folder.mkdir(exist_ok=True)
        return FileLock(folder / f"{key[:3]}.lock")

    def clear(self) -> int:
        """Remove every entry; return the bytes freed. Lock files stay, since one may be held."""
        return self.prune(0)

    def prune(self, most_bytes: int) -> int:
        """Remove the least recently used entries until the rest fits; return the bytes freed.

        Safe while a render is running: it makes again what it misses.
        """
        removed = sum(sweep(folder) for folder in self.folder.glob("??"))
        left = self.size_bytes() + removed
        for path, status in sorted(self.entries(), key=lambda entry: entry[1].st_mtime):
            if left - removed <= most_bytes:
                break
            path.unlink(missing_ok=True)
            removed += status.st_size
        return removed

    def close(self) -> None:
        """Remove the temporary folder, if there is one."""
        if self._temporary is not None:
            self._temporary.cleanup()


def default_folder() -> Path:
    """Return ``NARRATE_CACHE_DIR``, else narrate's folder in the user's cache folder."""
    chosen = os.environ.get("NARRATE_CACHE_DIR")
    if chosen:
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("narrate", appauthor=False)


@contextlib.contextmanager
def _explained(path: Path, sizes: Sequence[int] = ()) -> Iterator[None]:
    """Turn errors of the operating system into messages that fit a cache."""
    try:
        with explained(path, sizes):
            yield
    except (OutputRefused, PermissionRefused) as error:
        raise type(error)(error.message.replace("choose another folder with -o", CURE)) from error


def _check_temporary() -> None:
    """Fail now, not after everything was spoken, when the first audio is encoded."""
    try:
        tempfile.gettempdir()
    except OSError as error:
        raise OutputRefused(NO_TEMPORARY) from error


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
