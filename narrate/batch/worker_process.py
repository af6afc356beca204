"""A worker process and who watches over it: an article is begun again where the process dies, and given up in the end.

No pool of the standard library: when one of its processes dies, it gives up all the others' work.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from typing import IO, cast

from narrate.batch.cores import Cores
from narrate.batch.wire import pack_article_job, pack_run_options
from narrate.model.errors import NarrateError
from narrate.pipeline import ArticleJob, RunOptions
from narrate.pipeline.result import Result, failed, result_from

MOST_ATTEMPTS = 3
LONGEST_ARTICLE_S = 3600.0
DIED = 70
GRACE_S = 3.0


class WorkerProcess:
    """A place at which one article after another is made, by a process that is replaced when it dies."""

    def __init__(self, run_options: RunOptions, keep_cache: bool = True, longest_s: float = LONGEST_ARTICLE_S) -> None:
        self._run_options, self._keep_cache, self._longest_s = run_options, keep_cache, longest_s
        self._worker: _Worker | None = None
        self._cores = Cores()
        self._lock = threading.Lock()
        self._closed = False

    def make(self, article_job: ArticleJob) -> Result:
        """Return what became of an article.

        Raises:
            NarrateError: No process can be started.
        """
        for attempt in range(1, MOST_ATTEMPTS + 1):
            worker = self._present()
            result = worker.work(article_job, self._longest_s)
            if result is not None:
                return replace(result, attempts=attempt)
            worker.end()
            with self._lock:
                self._worker = None
            if worker.late or self._closed:
                break
        return failed(article_job.source, DIED, f"The process that rendered it {worker.fate()}.", attempt)

    def _present(self) -> _Worker:
        with self._lock:
            if self._worker is None:
                if not self._cores:
                    self._cores.claim()
                self._worker = _Worker(self._run_options, self._keep_cache)
                self._cores.keep(self._worker.process)
                if self._closed:
                    self._worker.ask_to_end()
            return self._worker

    def widen(self) -> None:
        """Take one more core if one is free, for what the process begins from now on."""
        with self._lock:
            if self._closed:
                return
            if self._worker is None and not self._cores:
                self._cores.claim()
            if self._cores and self._cores.claim() and self._worker is not None:
                self._cores.keep(self._worker.process)

    def cores(self) -> int:
        """Return how many cores the process has to itself."""
        return len(self._cores)

    def ask_to_end(self) -> None:
        """Have the process clean up and end, from whatever thread; what it is at is not published."""
        with self._lock:
            self._closed = True
            if self._worker is not None:
                self._worker.ask_to_end()

    def leave_cores(self) -> int:
        """Give back the cores; return how many they were."""
        with self._lock:
            return self._cores.release()

    def rest(self) -> None:
        """End the process and give back its cores, until there is an article again."""
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.end()
        self.leave_cores()

    def end(self) -> None:
        """End the process; no article can be made here any more."""
        with self._lock:
            self._closed = True
        self.rest()


def _environment() -> dict[str, str]:
    """Return our variables but the one with which Dask has its workers give back memory so often that sound is slow."""
    return {name: value for name, value in os.environ.items() if name != "MALLOC_TRIM_THRESHOLD_"}


class _Worker:
    """A process of :mod:`narrate.batch.worker`; ``process`` is its number."""

    def __init__(self, run_options: RunOptions, keep_cache: bool) -> None:
        # -P: the folder that the command was started in must not stand in for any module.
        command = [sys.executable, "-P", "-m", "narrate.batch.worker", *([] if keep_cache else ["--no-cache"])]
        pipe = subprocess.PIPE
        try:
            # A session of its own: Ctrl-C reaches the command, which ends its workers in order.
            self._process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, start_new_session=True, env=_environment()
            )
        except OSError as error:
            raise NarrateError(f"No worker can be started ({error.strerror}); use fewer with --jobs.") from error
        self._in, self._out = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        self.late = False
        self.process = self._process.pid
        self._say(pack_run_options(run_options))

    def work(self, article_job: ArticleJob, longest_s: float) -> Result | None:
        """Return what became of an article, or None where the process ended over it."""
        timer = threading.Timer(longest_s, self._give_up)
        timer.start()
        try:
            self._say(pack_article_job(article_job))
            line = self._out.readline()
            return result_from(json.loads(line)) if line.endswith(b"\n") else None
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
