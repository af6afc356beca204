"""Articles that a scheduler has been given, until each has ended."""

from __future__ import annotations

import contextlib
import hashlib
import queue
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from narrate import __version__
from narrate.batch.dask_task import make
from narrate.batch.wire import pack_article_job
from narrate.pipeline import ArticleJob
from narrate.pipeline.result import Result, failed, result_from
from narrate.reading.source import is_address

RETRIES = 2  # of what is not told in a result
SILENT_S = 3.0  # behind the worker that was heard of last; a worker tells twice a second that it is there
GONE = (OSError, RuntimeError)  # what Dask raises where its scheduler is no more
BUG, AGAIN = 70, 75
LOST = "The scheduler lost it; run the command again."
STUCK = "It did not end on any worker; run the command again."


class Waiting:
    """Articles that the scheduler has. Each future is released as it ends: what it holds would be made again.

    Args:
        client: Of the scheduler.
        manner: RunOptions as a line, whether to keep the cache, and how long an article may take, in seconds.

    Attributes:
        threads: How many articles the workers make at once.
    """

    def __init__(self, client: Any, manner: tuple[str, bool, float]) -> None:
        self._client, self._manner = client, manner
        self._ended: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._futures: dict[str, Any] = {}
        self._assignments: dict[str, list[ArticleJob]] = {}
        self._begun_again: set[str] = set()
        self._progress = self._peopled = time.monotonic()
        self.threads = 1

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._futures)

    @property
    def idle_s(self) -> float:
        """How long none has ended."""
        return time.monotonic() - self._progress if self._futures else 0.0

    def workerless_s(self) -> float:
        """Return how long the scheduler has had no worker."""
        workers = self._workers()
        self.threads = sum(worker["nthreads"] for worker in workers.values())
        if workers:
            self._peopled = time.monotonic()
        return time.monotonic() - self._peopled

    def _workers(self) -> dict[str, Any]:
        workers: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        return workers

    def _heard(self) -> list[str] | None:
        """Return the workers that still tell that they are there, or None where that is not known."""
        with contextlib.suppress(*GONE):
            seen = {name: worker["last_seen"] for name, worker in self._workers().items()}
            return [name for name, at_s in seen.items() if at_s > max(seen.values()) - SILENT_S]
        return None

    def hand_out(self, article_job: ArticleJob) -> None:
        """Give the scheduler an article; the same one twice is made once."""
        line = pack_article_job(_absolute(article_job))
        key = f"narrate-{hashlib.sha256((self._manner[0] + line).encode()).hexdigest()}"
        self._assignments.setdefault(key, []).append(article_job)
        if key not in self._futures:
            self._submit(key, line)

    def _submit(self, key: str, line: str, workers: list[str] | None = None) -> None:
        if not self._futures:
            self._progress = time.monotonic()
        future = self._client.submit(
            make, *self._manner, line, __version__, key=key, pure=False, retries=RETRIES, workers=workers or None
        )
        self._futures[key] = future
        future.add_done_callback(lambda ended: self._ended.put(ended.key))

    def ended(self, longest_s: float) -> Iterator[tuple[ArticleJob, Result]]:
        """Yield what has ended; wait for the first one so long."""
        with contextlib.suppress(queue.Empty):
            key = self._ended.get(timeout=longest_s)
            while True:
                if key in self._futures:
                    yield from self._taken(key)
                key = self._ended.get_nowait()

    def _taken(self, key: str) -> Iterator[tuple[ArticleJob, Result]]:
        self._progress = time.monotonic()
        future = self._futures.pop(key)
        result = _receipt_of(future)
        future.release()
        for article_job in self._assignments.pop(key):
            yield article_job, replace(result, source=article_job.source)

    def begin_again(self) -> Iterator[tuple[ArticleJob, Result]]:
        """Hand out once more what does not end, and give up what did not end then either."""
        workers = self._heard()
        for old, future in list(self._futures.items()):
            article_jobs = self._assignments.pop(old)
            del self._futures[old]
            with contextlib.suppress(*GONE):
                future.cancel(force=True)
            if old in self._begun_again:
                yield from ((one, failed(one.source, AGAIN, STUCK)) for one in article_jobs)
                continue
            new = f"{old}-again"
            self._begun_again.add(new)
            self._assignments[new] = article_jobs
            with contextlib.suppress(*GONE):
                self._submit(new, pack_article_job(_absolute(article_jobs[0])), workers)
        self._progress = time.monotonic()

    def give_up(self) -> Iterator[tuple[ArticleJob, Result]]:
        """Yield a result for each that is left."""
        yield from self.ended(0.01)
        for article_jobs in self._assignments.values():
            yield from ((one, failed(one.source, AGAIN, LOST)) for one in article_jobs)
        self._assignments.clear()
        self._futures.clear()

    def cancel(self) -> None:
        """Have nothing more begun of what is left."""
        with contextlib.suppress(Exception):  # of a scheduler that is gone
            self._client.cancel(list(self._futures.values()), force=True)
        self._futures.clear()


def _receipt_of(future: Any) -> Result:
    """Return what a future came to; only one that is finished counts as done."""
    try:
        if future.status == "finished":
            return result_from(future.result())
        error = future.exception() if future.status == "error" else None
    except Exception:  # it was finished, and was lost with the scheduler before we could look
        return failed("", AGAIN, LOST)
    if error is None:
        return failed("", AGAIN, LOST)
    return failed("", BUG, f"No worker made it ({type(error).__name__}: {str(error)[:200]}); render it alone.")


def _absolute(article_job: ArticleJob) -> ArticleJob:
    if article_job.content is not None or is_address(article_job.source):
        return article_job
    return replace(article_job, source=str(Path(article_job.source).resolve()))
