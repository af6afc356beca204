"""What runs on a worker of a cluster: a process that makes one article after another, for each of its threads."""

from __future__ import annotations

import threading

from narrate import __version__
from narrate.batch.wire import unpack_article_job, unpack_run_options
from narrate.batch.worker_process import WorkerProcess
from narrate.model.errors import EngineUnavailable
from narrate.pipeline.result import failed

_own = threading.local()
_processes: set[WorkerProcess] = set()


def make(run_options: str, keep_cache: bool, longest_s: float, line: str, version: str) -> dict[str, object]:
    """Make an episode; the process that does stays for the next article.

    Returns:
        The facts of a result.
    """
    article_job = unpack_article_job(line)
    if version != __version__:
        told = f"A worker has narrate {__version__}, and the command is {version}; install the same."
        return failed(article_job.source, EngineUnavailable.exit_code, told).as_json()
    manner = (run_options, keep_cache, longest_s)
    if getattr(_own, "manner", None) != manner:
        if hasattr(_own, "process"):
            _own.process.end()
            _processes.discard(_own.process)
        _own.manner, _own.process = manner, WorkerProcess(unpack_run_options(run_options), keep_cache, longest_s)
        _processes.add(_own.process)
    return _process().make(article_job).as_json()


def _process() -> WorkerProcess:
    process: WorkerProcess = _own.process
    return process


def leave() -> None:
    """End the processes of all workers that live in this process; what they are at is not published."""
    for process in list(_processes):
        process.ask_to_end()
    for process in list(_processes):
        process.end()
    _processes.clear()


def version() -> str:
    """Return which narrate this is."""
    return __version__
