"""Writing files whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from narrate.errors import NarrateError, OutputRefused, PermissionRefused, StorageError


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of a result.

    Attributes:
        path: Below the result's folder, with forward slashes.
        size_bytes: Its size.
        sha256: Its digest, in hexadecimal.
    """

    path: str
    size_bytes: int
    sha256: str

    def holds(self, folder: Path) -> bool:
        """Tell whether the file stands in the folder with just these bytes."""
        try:
            path = folder / self.path
            return path.stat().st_size == self.size_bytes and sha256_of(path) == self.sha256
        except OSError:
            return False


class Staging:
    """Files of one result, written beside their places and moved there together.

    Until ``publish`` nothing that was there before is touched; leaving the ``with``
    block without it removes what was written.

    Args:
        folder: Where the files will stand; made if absent.

    Raises:
        OutputRefused: The folder cannot be made, or is a file.
        PermissionRefused: The operating system does not let us write there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._staged: dict[str, Path] = {}
        self._made: list[Path] = []

    def __enter__(self) -> Staging:
        with explained(self.folder):
            self._make(self.folder)
        return self

    def __exit__(self, *exc: object) -> None:
        for temporary in self._staged.values():
            temporary.unlink(missing_ok=True)
        for folder in reversed(self._made):
            if not any(folder.iterdir()):
                folder.rmdir()

    def write(self, name: str, parts: Iterable[bytes]) -> FileRecord:
        """Write one file to a temporary name and make it safe on the disk.

        Args:
            name: Path below the folder, with forward slashes.
            parts: Its bytes, in order.

        Returns:
            Size and digest of what was written.

        Raises:
            StorageError: The disk is full or fails.
        """
        path = self.folder / name
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        digest, size = hashlib.sha256(), 0
        with explained(path):
            self._make(path.parent)
            self._staged[name] = temporary
            with temporary.open("wb") as file:
                for part in parts:
                    file.write(part)
                    digest.update(part)
                    size += len(part)
                file.flush()
                os.fsync(file.fileno())
        return FileRecord(name, size, digest.hexdigest())

    def alter(self, name: str, change: Callable[[Path, Path], None]) -> FileRecord:
        """Let a program write a staged file anew.

        Args:
            name: Of a file written before.
            change: Called with the file and with the path to write to, which does not exist yet.

        Returns:
            Size and digest of what was written.

        Raises:
            StorageError: The disk is full or fails.
        """
        staged = self._staged[name]
        target = staged.with_name(f"{staged.name}.new")
        try:
            change(staged, target)
            with explained(self.folder / name):
                with target.open("rb+") as file:
                    os.fsync(file.fileno())
                target.replace(staged)
        finally:
            target.unlink(missing_ok=True)
        return FileRecord(name, staged.stat().st_size, sha256_of(staged))

    def rename(self, name: str, wanted: str) -> None:
        """Let a staged file have another name in the same folder."""
        order = [wanted if one == name else one for one in self._staged]
        self._staged[wanted] = self._staged.pop(name)
        self._staged = {one: self._staged[one] for one in order}

    def publish(self, obsolete: Iterable[str] = ()) -> None:
        """Move the files to their places in the order they were written, then remove obsolete ones.

        Args:
            obsolete: Names of files of an earlier result that this one no longer has.
        """
        names = list(self._staged)
        for name in names:
            with explained(self.folder / name):
                self._staged[name].replace(self.folder / name)
            del self._staged[name]
        for name in obsolete:
            (self.folder / name).unlink(missing_ok=True)
        for folder in {(self.folder / name).parent for name in names}:
            _sync_folder(folder)

    def _make(self, folder: Path) -> None:
        missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        self._made.extend(reversed(missing))


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the operating system's refusals at a path into sentences with exit codes.

    Raises:
        OutputRefused: The path cannot be created.
        PermissionRefused: No permission, or a read-only file system.
        StorageError: Disk full or any other failure.
    """
    try:
        yield
    except OSError as error:
        raise _explanation(path, error) from error


def _explanation(path: Path, error: OSError) -> NarrateError:
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return PermissionRefused(f"No permission to write '{path}'; choose another folder with -o.")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(f"The disk is full at '{path}'; free some space and run the command again.")
    if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP):
        return OutputRefused(f"'{path}' cannot be created ({error.strerror}); choose another folder with -o.")
    return StorageError(f"Writing '{path}' failed ({error.strerror}); check the disk and run the command again.")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
