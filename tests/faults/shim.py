"""Makes the n-th operation on files fail in this process, or ends the process there: SQLite's way of testing."""

from __future__ import annotations

import builtins
import errno
import io
import itertools
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KILLED = 86  # how a process ends that a fault has killed
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass(frozen=True, slots=True)
class Fault:
    """Which operation fails, and how.

    Attributes:
        at: Its number, from 1.
        kind: ``ENOSPC`` or ``EIO``, or ``exit`` where the process ends there, in the middle of a write.
        lasting: Whether every operation after it that takes room fails too, as on a disk that stays full.
    """

    at: int
    kind: str
    lasting: bool = False


def install(fault: Fault, root: Path, hit: int) -> None:
    """Let a fault happen in this process; there is no way back.

    Args:
        fault: Which.
        root: Only files below it are counted.
        hit: A byte is written to this descriptor when it happens.
    """
    numbers = itertools.count(1)

    def due(takes_room: bool) -> bool:
        number = next(numbers)
        if number == fault.at:
            real_write(hit, b"!")
        return number == fault.at or (fault.lasting and takes_room and number > fault.at)

    def step(path: object = None, takes_room: bool = True) -> None:
        if path is not None and not _below(path, root):
            return
        if due(takes_room):
            if fault.kind == "exit":
                os._exit(KILLED)
            raise _error(fault.kind)

    class Raw(io.FileIO):
        """A file whose writes are counted; one that fails has written its half."""

        def write(self, content: Any, /) -> int:
            if due(True):
                super().write(memoryview(content).cast("B")[: len(content) // 2])
                if fault.kind == "exit":
                    os._exit(KILLED)
                raise _error(fault.kind)
            return super().write(content) or 0

    real_open, real_os_open, real_write = io.open, os.open, os.write

    def opened(file: Any, mode: str = "r", buffering: int = -1, *rest: Any, **how: Any) -> Any:
        ours = mode == "rb+" if isinstance(file, int) else _below(file, root) and bool(set(mode) & set("wxa+"))
        if not ours:
            return real_open(file, mode, buffering, *rest, **how)
        if not isinstance(file, int):
            step(file)
        raw = Raw(file, mode.replace("b", "").replace("t", ""), opener=how.get("opener"))
        if buffering == 0:
            return raw
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, how.get("encoding") or "utf-8")

    def os_opened(path: Any, flags: int, *rest: Any, **how: Any) -> int:
        if flags & WRITES:
            step(path)
        return real_os_open(path, flags, *rest, **how)

    patched: dict[str, Callable[..., Any]] = {
        name: _stepping(getattr(os, name), step, name) for name in ("fsync", "replace", "rename", "unlink", "mkdir")
    }
    os.__dict__.update(patched, open=os_opened)
    io.__dict__["open"] = builtins.__dict__["open"] = opened
    tempfile.__dict__["_os"] = os


def _stepping(real: Callable[..., Any], step: Callable[..., None], name: str) -> Callable[..., Any]:
    def call(first: Any, *rest: Any, **how: Any) -> Any:
        step(None if name == "fsync" else first, takes_room=name != "unlink")
        return real(first, *rest, **how)

    return call


def _below(path: Any, root: Path) -> bool:
    try:
        return os.path.abspath(os.fsdecode(path)).startswith(f"{root}/")  # noqa: PTH100, a Path would be slow
    except TypeError:
        return False


def _error(kind: str) -> OSError:
    number = getattr(errno, kind)
    return OSError(number, os.strerror(number))


def forward_clock(seconds: float, zone: str | None = None) -> None:
    """Let the wall clock of this process be wrong by so many seconds, in another time zone if one is named."""
    import datetime as module
    import time

    real_time, real_datetime = time.time, module.datetime

    class Shifted(module.datetime):
        """Reads the clock that is wrong."""

        @classmethod
        def now(cls, tz: module.tzinfo | None = None) -> Any:
            return real_datetime.fromtimestamp(real_time() + seconds, tz)

    time.__dict__["time"] = lambda: real_time() + seconds
    module.__dict__["datetime"] = Shifted
    for loaded in list(sys.modules.values()):
        if getattr(loaded, "datetime", None) is real_datetime and loaded.__name__.startswith("narrate"):
            loaded.__dict__["datetime"] = Shifted
    if zone:
        os.environ["TZ"] = zone
        time.tzset()
