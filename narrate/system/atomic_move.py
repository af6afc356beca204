"""Move several files into place as one step, whatever interrupts it.

A journal lists the moves before the first one happens. If the process is killed, whoever opens the folder next
finishes what the journal lists; SQLite protects its databases the same way.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import IO

NAME = ".publishing"
LARGEST_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes to make in a folder.

    Attributes:
        moves: Pairs of temporary path and final path, relative to the folder, in order.
        obsolete: Paths to remove afterwards.
    """

    moves: Sequence[tuple[str, str]]
    obsolete: Sequence[str] = ()


def carry_out(folder: Path, plan: Plan) -> None:
    """Carry out a whole plan, or nothing if the journal cannot be written.

    A step that fails later is retried once, then left to :func:`settle`.

    Args:
        folder: Contains every path in the plan.
        plan: Its temporary files have been synced to disk.

    Raises:
        OSError: A step failed. :func:`pending` says whether the rest of the plan still has to be done.
    """
    with _opened(folder, os.O_CREAT) as journal:
        if journal is None:  # pragma: no cover, just created
            raise FileNotFoundError(folder / NAME)
        _finish(folder, journal)  # left by a process that was killed
        try:
            _write(journal, plan)
        except BaseException:
            # An incomplete journal fails its digest and is ignored; the caller still owns the temporary files.
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
    """Finish what a killed process began; return whether there was anything to finish.

    Args:
        folder: Not trusted: nothing outside it is touched.

    Raises:
        OSError: A step failed or permission was denied.
    """
    if not (folder / NAME).exists():
        return False
    with _opened(folder, 0) as journal:
        return journal is not None and _finish(folder, journal, clear=True)


def pending(folder: Path) -> bool:
    """Return whether the folder has an unfinished plan."""
    try:
        with (folder / NAME).open("rb") as journal:
            return _read(journal) is not None
    except OSError:
        return False


@contextlib.contextmanager
def _opened(folder: Path, flags: int) -> Iterator[IO[bytes] | None]:
    """Open and lock the journal; yield None if it is gone."""
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
            _lock(handle)
            # Its previous owner may have finished and removed it while we waited.
            with contextlib.suppress(FileNotFoundError):
                if os.fstat(handle).st_ino == path.stat().st_ino:
                    yield journal
                    return


def _lock(handle: int) -> None:
    """Lock a file until it is closed; the kernel releases the lock if its owner dies."""
    if os.name == "posix":
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)


def _write(journal: IO[bytes], plan: Plan) -> None:
    text = json.dumps(asdict(plan)).encode()
    rest = memoryview(hashlib.sha256(text).hexdigest().encode() + text)
    while rest:
        rest = rest[journal.write(rest) :]
    os.fsync(journal.fileno())


def _read(journal: IO[bytes]) -> Plan | None:
    """Return the plan, or None if it was not written to the end: then nothing has been moved."""
    journal.seek(0)
    content = journal.read(LARGEST_BYTES)
    digest, text = content[:64], content[64:]
    if hashlib.sha256(text).hexdigest().encode() != digest:
        return None
    try:
        fields = json.loads(text)
        moves = [(str(temporary), str(name)) for temporary, name in fields["moves"]]
        return Plan(moves, [str(name) for name in fields["obsolete"]])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _finish(folder: Path, journal: IO[bytes], clear: bool = False) -> bool:
    plan = _read(journal)
    if plan and not all(_inside(folder, name) for name in (*chain.from_iterable(plan.moves), *plan.obsolete)):
        plan = None
    if plan:
        _perform(folder, plan, keep=not clear)
    journal.truncate(0)
    journal.seek(0)
    if clear and not plan:
        (folder / NAME).unlink(missing_ok=True)
    return plan is not None


def _inside(folder: Path, name: str) -> bool:
    path = PurePosixPath(name)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\0" in name:
        return False
    return (folder / name).parent.resolve().is_relative_to(folder.resolve())


def _perform(folder: Path, plan: Plan, keep: bool = False) -> None:
    """Do what is left of a plan, then remove the journal."""
    for temporary, name in plan.moves:
        # A missing temporary file has been moved already.
        if (folder / temporary).exists():
            (folder / temporary).replace(folder / name)
    for name in plan.obsolete:
        (folder / name).unlink(missing_ok=True)
    for parent in {(folder / name).parent for _, name in plan.moves}:
        sync_folder(parent)
    if not keep:
        (folder / NAME).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Sync a folder, so that its entries survive a power cut."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
