"""Moving several files to their places as if it were one step, whatever interrupts it.

What is to be moved is written down first; from then on the move is finished by whoever comes to the
folder next, where the process that began it was killed. SQLite keeps its databases whole in this way.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO

NAME = ".publishing"
LARGEST_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done in a folder.

    Attributes:
        moves: Path of a temporary file and of its place, below the folder, in order.
        obsolete: Paths of files to remove after that.
    """

    moves: Sequence[tuple[str, str]]
    obsolete: Sequence[str] = ()


def carry_out(folder: Path, plan: Plan) -> None:
    """Do all of a plan, or, where it fails before it was written down, nothing.

    Where a step fails after that, it is tried once more; and then left to :func:`settle`.

    Raises:
        OSError: A step failed. :func:`pending` tells whether the rest of the plan is still to be done.
    """
    with _opened(folder, os.O_CREAT) as journal:
        if journal is None:  # pragma: no cover, it was made just now
            raise FileNotFoundError(folder / NAME)
        _finish(folder, journal)  # of another process, which was killed
        try:
            _note(journal, plan)
        except BaseException:
            # Not yet in force: without its digest it counts for nothing, and the temporary files are its owner's.
            with contextlib.suppress(OSError):
                journal.truncate(0)
            with contextlib.suppress(OSError):
                (folder / NAME).unlink()
            raise
        try:
            _perform(folder, plan)
        except BaseException as error:
            _perform(folder, plan)
            if not isinstance(error, OSError):
                raise


def settle(folder: Path) -> bool:
    """Finish what a killed process began; return whether there was anything.

    Raises:
        OSError: It cannot be finished, or not by us.
    """
    if not (folder / NAME).exists():
        return False
    with _opened(folder, 0) as journal:
        return journal is not None and _finish(folder, journal, clear=True)


def pending(folder: Path) -> bool:
    """Tell whether a plan is noted in a folder that is still to be finished."""
    try:
        with (folder / NAME).open("rb") as journal:
            return _read(journal) is not None
    except OSError:
        return False


@contextlib.contextmanager
def _opened(folder: Path, flags: int) -> Iterator[IO[bytes] | None]:
    """Open the journal and hold it against others; None where it is gone."""
    path = folder / NAME
    while True:
        try:
            handle = os.open(path, os.O_RDWR | flags | getattr(os, "O_NOFOLLOW", 0), 0o666)
        except FileNotFoundError:
            if flags:
                raise
            yield None
            return
        with os.fdopen(handle, "rb+", buffering=0) as journal:
            _hold(handle)
            # While we waited its holder may have finished and removed it.
            with contextlib.suppress(FileNotFoundError):
                if os.fstat(handle).st_ino == path.stat().st_ino:
                    yield journal
                    return


def _hold(handle: int) -> None:
    """Lock a file as long as it is open; the kernel lets go when its holder dies."""
    if os.name == "posix":
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)


def _note(journal: IO[bytes], plan: Plan) -> None:
    text = json.dumps(asdict(plan)).encode()
    rest = memoryview(hashlib.sha256(text).hexdigest().encode() + text)
    while rest:
        rest = rest[journal.write(rest) :]
    os.fsync(journal.fileno())


def _read(journal: IO[bytes]) -> Plan | None:
    """Return what is noted, or None where it was not written to its end: then nothing has been moved."""
    journal.seek(0)
    content = journal.read(LARGEST_BYTES)
    digest, text = content[:64], content[64:]
    if hashlib.sha256(text).hexdigest().encode() != digest:
        return None
    try:
        told = json.loads(text)
        return Plan([(str(one), str(other)) for one, other in told["moves"]], [str(one) for one in told["obsolete"]])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _finish(folder: Path, journal: IO[bytes], clear: bool = False) -> bool:
    plan = _read(journal)
    names = [name for move in plan.moves for name in move] + list(plan.obsolete) if plan else []
    if plan is not None and all(_inside(folder, name) for name in names):
        _perform(folder, plan, keep=not clear)
        journal.truncate(0)
        journal.seek(0)
        return True
    journal.truncate(0)
    journal.seek(0)
    if clear:
        (folder / NAME).unlink(missing_ok=True)
    return False


def _inside(folder: Path, name: str) -> bool:
    path = PurePosixPath(name)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\0" in name:
        return False
    return (folder / name).parent.resolve().is_relative_to(folder.resolve())


def _perform(folder: Path, plan: Plan, keep: bool = False) -> None:
    """Do what is left of a plan, and forget it."""
    for temporary, name in plan.moves:
        # Moved before, by us or by whoever was here first.
        if (folder / temporary).exists():
            (folder / temporary).replace(folder / name)
    for name in plan.obsolete:
        (folder / name).unlink(missing_ok=True)
    for parent in {(folder / name).parent for _, name in plan.moves}:
        sync_folder(parent)
    if not keep:
        (folder / NAME).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder safe on the disk."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
