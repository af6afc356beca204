"""A batch on this machine: worker processes, one article each at a time."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator

from narrate.batch.intake import Intake, Turn
from narrate.batch.worker_process import LONGEST_ARTICLE_S, WorkerProcess
from narrate.pipeline import ArticleJob, RunOptions
from narrate.pipeline.result import Result
from narrate.system.cpu import usable_cores

LATER_S = 0.05
_Told = queue.SimpleQueue[tuple[ArticleJob, Result] | BaseException | None]


class LocalCrew:
    """Worker processes on this machine.

    Args:
        run_options: What holds for all articles.
        jobs: How many work at once; None for one a core.
        keep_cache: Whether what was spoken is kept.
        longest_article_s: An article that takes longer is given up.
    """

    def __init__(
        self,
        run_options: RunOptions,
        jobs: int | None = None,
        keep_cache: bool = True,
        longest_article_s: float = LONGEST_ARTICLE_S,
    ) -> None:
        self._processes = [
            WorkerProcess(run_options, keep_cache, longest_article_s) for _ in range(jobs or usable_cores())
        ]
        self._busy: list[WorkerProcess] = []
        self._lock = threading.Lock()
        self._closed = False

    def work(self, intake: Intake) -> Iterator[tuple[ArticleJob, Result]]:
        """Make episodes; yield each article with its result as it is done, in whatever order.

        Raises:
            NarrateError: The articles could not be read on; what was made is made.
        """
        told: _Told = queue.SimpleQueue()
        self._busy = list(self._processes)
        threads = [
            threading.Thread(target=self._follow, args=(process, intake, told), daemon=True)
            for process in self._processes
        ]
        for thread in threads:
            thread.start()
        left = len(threads)
        while left:
            came = told.get()
            if isinstance(came, BaseException):
                raise came
            if came is None:
                left -= 1
            else:
                yield came

    def _follow(self, process: WorkerProcess, intake: Intake, told: _Told) -> None:
        """Have a process make one article after another."""
        try:
            while not self._closed:
                turn = intake.take()
                if turn is Turn.OVER:
                    break
                if turn is Turn.LATER:
                    time.sleep(LATER_S)
                    continue
                told.put((turn, process.make(turn)))
            self._rest(process)
        except BaseException as error:
            told.put(error)
        finally:
            told.put(None)

    def _rest(self, process: WorkerProcess) -> None:
        """Leave a process's core to those that still work: the last articles of a run take several."""
        with self._lock:
            self._busy.remove(process)
            free = max(1, process.leave_cores())
            for _ in range(free if self._busy else 0):
                min(self._busy, key=WorkerProcess.cores).widen()
        process.rest()

    def close(self) -> None:
        """End the workers; what one is at is not published."""
        self._closed = True
        for process in self._processes:
            process.ask_to_end()
        for process in self._processes:
            process.end()
