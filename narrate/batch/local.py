"""A batch on this machine: worker processes, one article each at a time.

No pool of the standard library: when one of its processes dies, it gives up all the others' work. Here the article
is begun again by a fresh worker, and given up alone when its worker dies again.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, cast

from narrate.batch.intake import Intake, Turn
from narrate.batch.receipt import Receipt, failed, receipt_of
from narrate.batch.wire import pack_assignment, pack_brief
from narrate.cores import usable_cores
from narrate.errors import NarrateError
from narrate.job import Assignment, Brief

MOST_ATTEMPTS = 3
LONGEST_ARTICLE_S = 3600.0
DIED = 70
GRACE_S = 3.0
LATER_S = 0.05
_Told = queue.SimpleQueue[tuple[Assignment, Receipt] | BaseException | None]


class LocalCrew:
    """Worker processes on this machine.

    Args:
        brief: What holds for all articles.
        jobs: How many work at once; None for one a core.
        keep_cache: Whether what was spoken is kept.
        longest_article_s: An article that takes longer is given up.
    """

    def __init__(
        self,
        brief: Brief,
        jobs: int | None = None,
        keep_cache: bool = True,
        longest_article_s: float = LONGEST_ARTICLE_S,
    ) -> None:
        self.jobs = jobs or usable_cores()
        self._brief, self._keep_cache, self._longest_s = brief, keep_cache, longest_article_s
        self._lock = threading.Lock()
        self._workers: set[_Worker] = set()
        self._closed = False

    def work(self, intake: Intake) -> Iterator[tuple[Assignment, Receipt]]:
        """Make episodes; yield each article with its receipt as it is done, in whatever order.

        Args:
            intake: Asked whenever a worker is free.

        Raises:
            NarrateError: The articles could not be read on; what was made is made.
        """
        self._closed = False
        told: _Told = queue.SimpleQueue()
        threads = [threading.Thread(target=self._follow, args=(intake, told), daemon=True) for _ in range(self.jobs)]
        for thread in threads:
            thread.start()
        left = len(threads)
        try:
            while left:
                came = told.get()
                if isinstance(came, BaseException):
                    raise came
                if came is None:
                    left -= 1
                else:
                    yield came
        finally:
            self._close()

    def _follow(self, intake: Intake, told: _Told) -> None:
        """Give a worker one article after another."""
        worker: _Worker | None = None
        try:
            while not self._closed:
                turn = intake.take()
                if turn is Turn.OVER:
                    break
                if turn is Turn.LATER:
                    time.sleep(LATER_S)
                    continue
                receipt, worker = self._made(turn, worker)
                told.put((turn, receipt))
        except BaseException as error:
            told.put(error)
        finally:
            if worker:
                self._end(worker)
            told.put(None)

    def _made(self, assignment: Assignment, worker: _Worker | None) -> tuple[Receipt, _Worker | None]:
        """Return what became of an article, and the worker if it lives; a fresh one begins again where one died."""
        for attempt in range(1, MOST_ATTEMPTS + 1):
            worker = worker or self._start()
            receipt = worker.work(assignment, self._longest_s)
            if receipt is not None:
                return replace(receipt, attempts=attempt), worker
            self._end(worker)
            fate, late, worker = worker.fate(), worker.late, None
            if late or self._closed:
                break
        return failed(assignment.source, DIED, f"The process that rendered it {fate}.", attempt), None

    def _start(self) -> _Worker:
        worker = _Worker(self._brief, self._keep_cache)
        with self._lock:
            self._workers.add(worker)
        return worker

    def _end(self, worker: _Worker) -> None:
        worker.end()
        with self._lock:
            self._workers.discard(worker)

    def _close(self) -> None:
        """End the workers; what one is at is not published."""
        with self._lock:
            self._closed = True  # a thread that is about to start a worker ends it
            workers = list(self._workers)
        for worker in workers:
            worker.ask_to_end()
        for worker in workers:
            worker.end()


class _Worker:
    """A process of :mod:`narrate.batch.worker`."""

    def __init__(self, brief: Brief, keep_cache: bool) -> None:
        # -P: the folder that the command was started in must not stand in for any module.
        command = [sys.executable, "-P", "-m", "narrate.batch.worker", *([] if keep_cache else ["--no-cache"])]
        pipe = subprocess.PIPE
        try:
            # A session of its own: Ctrl-C reaches the command, which ends its workers in order.
            self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, start_new_session=True)
        except OSError as error:
            raise NarrateError(f"No worker can be started ({error.strerror}); use fewer with --jobs.") from error
        self._in, self._out = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        self.late = False
        self._say(pack_brief(brief))

    def work(self, assignment: Assignment, longest_s: float) -> Receipt | None:
        """Return what became of an article, or None where the process ended over it."""
        timer = threading.Timer(longest_s, self._give_up)
        timer.start()
        try:
            self._say(pack_assignment(assignment))
            line = self._out.readline()
            return receipt_of(json.loads(line)) if line.endswith(b"\n") else None
        except (OSError, ValueError):
            return None
        finally:
            timer.cancel()

    def _say(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._in.write(line.encode() + b"\n")
            self._in.flush()

    def _give_up(self) -> None:
        self.late = True
        self._process.kill()

    def fate(self) -> str:
        """Return how the process ended, as the end of a sentence."""
        if self.late:
            return "took too long and was ended; part the article, or allow more with --article-timeout"
        code = self._process.returncode
        how = f"was ended by signal {-code}" if code < 0 else f"ended with {code}"
        return f"{how}; render the article alone to see why"

    def ask_to_end(self) -> None:
        """Let the process clean up and end."""
        if self._process.poll() is None:
            self._process.terminate()

    def end(self) -> None:
        """End the process, at once if it does not by itself."""
        with contextlib.suppress(OSError):
            self._in.close()
        try:
            self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._out.close()
