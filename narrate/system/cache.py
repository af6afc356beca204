"""What was made before, by the digest of all that shaped it."""

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
NO_TEMPORARY = "There is no folder that temporary files can be written to; set TMPDIR to one."


def key_of(*parts: object) -> str:
    """Return the SHA-256 of the parts, which must be JSON values or dataclasses of them."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=lambda part: asdict(part))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Cache:
    """A folder of entries that never change: facts (JSON) and a body, under a digest.

    An entry is checked when read; one that is torn or altered is a miss and is made again.
    A folder that cannot be written is replaced by a temporary one for this run; and where only
    an entry's place in it cannot, the entry alone.

    Args:
        folder: Where entries are kept; None for this run only.

    Attributes:
        kept: Whether the folder is the one that was asked for.
        refused: A place in it that may not be written, or None.
        written_bytes: What this process has kept; who has seen to the folder's size sets it back to 0.

    Raises:
        OutputRefused: There is no place for temporary files either.
    """

    def __init__(self, folder: Path | None) -> None:
        self._beside: tempfile.TemporaryDirectory[str] | None = None
        self._beginning = threading.Lock()
        self._swept: set[Path] = set()
        _check_temporary()
        self.kept = folder is not None and _writable(folder)
        self.refused: Path | None = None
        self.written_bytes = 0
        self.folder = folder if folder is not None and self.kept else self._for_this_run()

    def path(self, key: str) -> Path:
        """Return where the entry of a key stands, whether it exists or not."""
        return self.folder / key[:2] / key

    def facts(self, key: str) -> Facts | None:
        """Return an entry's facts without reading its body, or None."""
        found = facts_at(self.path(key), key)
        return found if found is not None or self.refused is None else facts_at(self._place_beside(key), key)

    def get(self, key: str) -> Entry | None:
        """Return an entry's facts and body, or None if it is absent or damaged."""
        found = entry_at(self.path(key), key)
        return found if found is not None or self.refused is None else entry_at(self._place_beside(key), key)

    def put(self, key: str, facts: Facts, body: bytes) -> None:
        """Keep an entry. Safe beside other threads and processes.

        Raises:
            StorageError: The disk is full or fails.
        """
        parts = parts_of(key, facts, body)
        try:
            self._write(self.path(key), parts)
        except PermissionRefused:
            self.refused = self.path(key)
            self._write(self._place_beside(key), parts)

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
        """Return a folder that goes with this run."""
        with self._beginning:
            if self._beside is None:
                try:
                    sweep_folders(Path(tempfile.gettempdir()))
                    self._beside = tempfile.TemporaryDirectory(prefix=f"narrate-{token()}.", ignore_cleanup_errors=True)
                except OSError as error:
                    raise OutputRefused(NO_TEMPORARY) from error
        return Path(self._beside.name)

    def _place_beside(self, key: str) -> Path:
        return self._for_this_run() / key[:2] / key

    def warnings(self) -> list[str]:
        """Return warnings to show the user."""
        if self.refused is None:
            return []
        return [f"The cache may not write '{self.refused}', so not all that was made is kept; allow it (chmod +w)."]

    def entries(self, within: str = "??") -> Iterator[tuple[Path, os.stat_result]]:
        """Yield every entry, and whatever a killed run left behind."""
        for path in filter(Path.is_file, self.folder.glob(f"{within}/*")):
            with contextlib.suppress(OSError):
                yield path, path.stat()

    def size_bytes(self) -> int:
        """Return the size of all entries."""
        return sum(status.st_size for _, status in self.entries())

    def lock(self, key: str) -> FileLock:
        """Return a lock for making what a key names, between threads and processes.

        A few keys share one, so that their number stays small; hold one at a time.

        Raises:
            StorageError: The folder cannot be written.
        """
        from filelock import FileLock  # a fifth of what an unchanged render takes to start

        folder = self.folder / LOCKS
        with _explained(folder):
            folder.mkdir(exist_ok=True)
        return FileLock(folder / f"{key[:3]}.lock")

    def clear(self) -> int:
        """Remove every entry; return the bytes removed. Locks stay, since somebody may hold one."""
        return self.prune(0)

    def prune(self, most_bytes: int) -> int:
        """Remove the entries unused for longest until the rest fits; return the bytes removed.

        Safe beside a render: what it misses it makes again.
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
        """Remove the folder if it was for this run only."""
        if self._beside is not None:
            self._beside.cleanup()


def default_folder() -> Path:
    """Return the folder of ``NARRATE_CACHE_DIR``, else the user's cache folder."""
    chosen = os.environ.get("NARRATE_CACHE_DIR")
    if chosen:
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("narrate", appauthor=False)


@contextlib.contextmanager
def _explained(path: Path, sizes: Sequence[int] = ()) -> Iterator[None]:
    """Turn the operating system's refusals into sentences that fit a cache."""
    try:
        with explained(path, sizes):
            yield
    except (OutputRefused, PermissionRefused) as error:
        raise type(error)(error.message.replace("choose another folder with -o", CURE)) from error


def _check_temporary() -> None:
    """Refuse at once what would fail when the first sound is encoded, after everything was spoken."""
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
