"""A process that speaks, and the pipes to it; its answers are the frames that ``espeak_worker`` describes."""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from typing import IO, Generic, TypeVar, cast

from narrate.model.errors import EngineUnavailable

PIPE_BYTES = 1 << 20
F_SETPIPE_SZ = 1031
FORKS = hasattr(os, "fork")


class WorkerProcess:
    """One process of a worker program.

    Attributes:
        rate_hz: Sample rate of what it speaks; 0 until it has said hello.

    Raises:
        EngineUnavailable: It cannot be started.
    """

    def __init__(self, program: str, arguments: Sequence[str], folder: Path, cure: str) -> None:
        # -I -S: nothing of the user's environment may change what is loaded, and starting takes 20 ms.
        command = [sys.executable, "-I", "-S", program, *arguments]
        self._cure = cure
        try:
            # A session of its own: Ctrl-C reaches the command, which ends the worker in order.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                start_new_session=True,
            )
        except OSError as error:
            raise EngineUnavailable(f"The embedded engine cannot be started ({error}); {cure}.") from error
        self._in = cast("IO[bytes]", self._process.stdin)
        self._out = cast("IO[bytes]", self._process.stdout)
        self.rate_hz = 0
        _widen(self._out)

    def send(self, body: bytes, before: bytes = b"") -> None:
        """Write one message.

        Raises:
            BrokenPipeError: The process ended.
        """
        self._in.write(before + len(body).to_bytes(4, "big") + body)
        self._in.flush()

    def answer(self) -> tuple[bytes, tuple[int, ...]]:
        """Return the samples and marks of one answer.

        Raises:
            EOFError: The process ended.
            EngineUnavailable: It says that it cannot.
        """
        pcm: list[bytes] = []
        marks: tuple[int, ...] = ()
        while True:
            kind, body = self._frame()
            if kind == b"P":
                pcm.append(body)
            elif kind == b"M":
                marks = struct.unpack(f"<{len(body) // 4}i", body)
            elif kind == b"H":
                self.rate_hz = int(body)
            elif kind == b"Z":
                return b"".join(pcm), marks
            else:
                raise EngineUnavailable(f"{body.decode()}; see 'narrate voices', or {self._cure}.")

    def _frame(self) -> tuple[bytes, bytes]:
        head = self._out.read(5)
        length = int.from_bytes(head[1:], "big")
        body = self._out.read(length) if len(head) == 5 else b""
        if len(head) < 5 or len(body) < length:
            if not self.rate_hz:
                raise EngineUnavailable(f"The embedded engine cannot be loaded; {self._cure}.")
            raise EOFError
        return head[:1], body

    def close(self) -> None:
        """End the process by closing its input."""
        with contextlib.suppress(BrokenPipeError):
            self._in.close()
        self._out.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


W = TypeVar("W", bound=WorkerProcess)


class WorkerPool(Generic[W]):
    """Worker processes that wait for a text; safe to use from several threads."""

    def __init__(self, start: Callable[[], W], reusable: Callable[[W], bool]) -> None:
        self._start, self._reusable = start, reusable
        self._idle: LifoQueue[W] = LifoQueue()

    def prepare(self, count: int) -> None:
        """Start processes until so many wait, so that they load while the caller does other things."""
        for _ in range(count - self._idle.qsize()):
            self._idle.put(self._start())

    @contextmanager
    def worker(self) -> Iterator[W]:
        """Lend a process; one that failed or was interrupted is closed."""
        try:
            worker = self._idle.get_nowait()
        except Empty:
            worker = self._start()
        try:
            yield worker
        except BaseException:
            worker.close()
            raise
        if self._reusable(worker):
            self._idle.put(worker)
        else:
            worker.close()

    def close(self) -> None:
        """End the processes that wait."""
        while True:
            try:
                self._idle.get_nowait().close()
            except Empty:
                return


def _widen(pipe: IO[bytes]) -> None:
    """Let a whole sentence fit into the pipe, so that the process need not wait for its reader."""
    if sys.platform == "linux":
        import fcntl

        try:
            fcntl.fcntl(pipe.fileno(), F_SETPIPE_SZ, PIPE_BYTES)
        except OSError:
            return
