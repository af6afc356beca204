"""Writing files whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from narrate.model.errors import NarrateError, OutputRefused, PermissionRefused, StorageError
from narrate.system import atomic_move
from narrate.system.tempfiles import sweep, temporary_beside


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

    def holds(self, folder: Path, size_only: bool = False) -> bool:
        """Tell whether the file is in the folder with the same bytes, or at least the same size."""
        try:
            path = folder / self.path
            return path.stat().st_size == self.size_bytes and (size_only or sha256_of(path) == self.sha256)
        except OSError:
            return False


class Staging:
    """Files of one result, written beside their places and moved there together.

    Until ``publish`` nothing that was there before is touched; leaving the ``with``
    block without it removes what was written. What a killed process left in the same
    folders is finished or removed first.

    Args:
        folder: Where the files will stand; made if absent.
        sweeping: Whether to look for what a killed process left; it costs time where very many files stand.

    Raises:
        OutputRefused: The folder cannot be made, or is a file.
        PermissionRefused: The operating system does not let us write there.
    """

    def __init__(self, folder: Path, sweeping: bool = True) -> None:
        self.folder, self._sweeping = folder, sweeping
        self._staged: dict[str, Path] = {}
        self._made: list[Path] = []
        self._swept: set[Path] = set()

    def __enter__(self) -> Staging:
        with explained(self.folder):
            self._make(self.folder)
            atomic_move.settle(self.folder)
        self._sweep(self.folder)
        return self

    def __exit__(self, *exc: object) -> None:
        for temporary in self._staged.values():
            # One that cannot be removed must not hide the failure that led here; the next run sweeps it.
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        for folder in reversed(self._made):
            with contextlib.suppress(OSError):
                folder.rmdir()  # refused where something is in it

    def write(self, name: str, parts: Iterable[bytes]) -> FileRecord:
        """Write one file to a temporary name and make it safe on the disk.

        Args:
            name: Path below the folder, with forward slashes.
            parts: Its bytes, in order.

        Returns:
            Size and digest of what was written.

        Raises:
            OutputRefused: A folder on the way is a link to elsewhere.
            StorageError: The disk is full or fails.
        """
        path = self.folder / name
        temporary = temporary_beside(path)
        digest, sizes = hashlib.sha256(), [0]
        with explained(path, sizes):
            self._make(path.parent)
            self._check_inside(path.parent)
            self._sweep(path.parent)
            self._staged[name] = temporary
            temporary.unlink(missing_ok=True)
            with temporary.open("xb") as file:  # never through a link that waits there
                for part in parts:
                    sizes.append(len(part))
                    file.write(part)
                    digest.update(part)
                file.flush()
                os.fsync(file.fileno())
        return FileRecord(name, sum(sizes), digest.hexdigest())

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

        Several files move as one: where that is interrupted, the next to come to the folder finishes it.

        Raises:
            StorageError: Nothing was moved, or what is left will be moved by the next run.
        """
        plan = atomic_move.Plan([(self._beside(name), name) for name in self._staged], list(obsolete))
        try:
            with explained(self.folder):
                if len(plan.moves) + len(plan.obsolete) > 1:
                    atomic_move.carry_out(self.folder, plan)
                else:
                    self._move_alone(plan)
        finally:
            # What is still to be moved belongs to the journal.
            left = () if atomic_move.pending(self.folder) else tuple(self._staged.items())
            self._staged = {name: path for name, path in left if path.exists()}

    def _beside(self, name: str) -> str:
        return self._staged[name].relative_to(self.folder).as_posix()

    def _move_alone(self, plan: atomic_move.Plan) -> None:
        for temporary, name in plan.moves:
            (self.folder / temporary).replace(self.folder / name)
            atomic_move.sync_folder((self.folder / name).parent)
        for name in plan.obsolete:
            (self.folder / name).unlink(missing_ok=True)

    def _sweep(self, folder: Path) -> None:
        if self._sweeping and folder not in self._swept:
            self._swept.add(folder)
            sweep(folder)

    def _check_inside(self, parent: Path) -> None:
        if parent != self.folder and not parent.resolve().is_relative_to(self.folder.resolve()):
            raise OutputRefused(f"'{parent}' is a link to elsewhere; remove it, or choose another folder with -o.")

    def _make(self, folder: Path) -> None:
        missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        self._made.extend(reversed(missing))


def check_writable(folder: Path) -> None:
    """Find out whether files can be put into a folder, before work begins whose result would go there.

    Nothing is left behind, and a folder that does not exist yet is not made.

    Raises:
        OutputRefused, PermissionRefused, StorageError: They cannot.
    """
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    with explained(folder), tempfile.TemporaryFile(dir=there):
        pass


@contextmanager
def explained(path: Path, sizes: Sequence[int] = ()) -> Iterator[None]:
    """Turn the operating system's refusals at a path into sentences with exit codes.

    Raises:
        OutputRefused: The path cannot be created.
        PermissionRefused: No permission, or a read-only file system.
        StorageError: Disk full or any other failure.
    """
    try:
        yield
    except OSError as error:
        raise _explanation(path, error, sum(sizes)) from error


def _explanation(path: Path, error: OSError, size_bytes: int) -> NarrateError:
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return PermissionRefused(f"No permission to write '{path}'; choose another folder with -o.")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        needed = f", which needs {size_bytes:,} bytes or more" if size_bytes else ""
        return StorageError(f"The disk is full at '{path}'{needed}; free some space and run the command again.")
    if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP):
        return OutputRefused(f"'{path}' cannot be created ({error.strerror}); choose another folder with -o.")
    return StorageError(f"Writing '{path}' failed ({error.strerror}); check the disk and run the command again.")


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
