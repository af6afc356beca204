"""A batch on a cluster: Dask hands the articles out to its workers. The only importer of distributed.

Each Dask worker keeps a process of :mod:`narrate.batch.worker` and passes articles on to it, as a local batch does:
an article that takes too long, or brings its process down, is ended there and costs the cluster no worker. What
comes back are results of a few hundred bytes; the sound goes to the storage that all workers share.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from narrate import __version__
from narrate.batch.dask_task import leave, version
from narrate.batch.intake import Intake, Turn
from narrate.batch.waiting import GONE, Waiting
from narrate.batch.wire import pack_run_options
from narrate.batch.worker_process import LONGEST_ARTICLE_S
from narrate.model.errors import EngineUnavailable, ServiceBusy, WrongUse
from narrate.pipeline import ArticleJob, RunOptions
from narrate.pipeline.result import Result
from narrate.system.cpu import usable_cores

LOCAL = "local"
CONNECT_S = 5.0
LOOK_S = 0.5
CLOSE_S = 5.0
WINDOW_A_THREAD = 4  # articles handed to the scheduler at a time, so that no worker waits and nothing piles up there
MOST_WAITING = 1000
OTHER = f"The workers lack narrate {__version__}; install it there: pip install 'narrate-de[cluster]'."
NO_CERTIFICATE = "tls:// needs certificates; name them in Dask's configuration, under distributed.comm.tls."
NOISY = {"asyncio", "distributed", "tornado"}
LACKING = "A cluster needs Dask: pip install 'narrate-de[cluster]'."
# Receipts are tiny and sound is never in Dask's memory: spilling and pausing would only hold up work.
_MEMORY = {"target": False, "spill": False, "pause": False, "terminate": 0.95}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a run waits, in seconds.

    Attributes:
        article_s: For an article; one that takes longer is given up.
        worker_s: For a worker.
        progress_s: For any article to end, until all that wait are handed out once more; None for ``article_s`` and a
            minute.
    """

    article_s: float = LONGEST_ARTICLE_S
    worker_s: float = 120.0
    progress_s: float | None = None


DEFAULT_PATIENCE = Patience()


class ClusterCrew:
    """The workers of a Dask scheduler.

    Args:
        run_options: What holds for all articles. Its folders are seen from the workers.
        address: Of the scheduler, or ``local`` for one on this machine, for this run.
        jobs: How many workers a local one has; None for one a core.
        keep_cache: Whether workers keep what was spoken.
        patience: How long it waits.

    Raises:
        EngineUnavailable: Dask is not installed here, or the workers have another narrate.
        ServiceBusy: No scheduler answers.
        WrongUse: TLS is asked for and Dask has no certificates.
    """

    def __init__(
        self,
        run_options: RunOptions,
        address: str,
        jobs: int | None = None,
        keep_cache: bool = True,
        patience: Patience = DEFAULT_PATIENCE,
    ) -> None:
        self._run_options = pack_run_options(_seen_from_anywhere(run_options))
        self._manner = (self._run_options, keep_cache, patience.article_s)
        self._address = address
        self._worker_s, self._progress_s = patience.worker_s, patience.progress_s or patience.article_s + 60
        self._cluster: Any = None
        self._client = self._connected(jobs)

    def _connected(self, jobs: int | None) -> Any:
        try:
            import dask
            from distributed import Client, LocalCluster
            from distributed.security import Security
        except ImportError as error:
            raise EngineUnavailable(LACKING) from error
        # Whatever ends a run is told in a sentence; Dask's own lines would stand between them.
        for name in [*logging.root.manager.loggerDict, "asyncio"]:
            if name.partition(".")[0] in NOISY:
                logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        address: Any = self._address
        if address == LOCAL:
            dask.config.set({f"distributed.worker.memory.{key}": value for key, value in _MEMORY.items()})
            # Workers in this process: each has a process of narrate anyway, and two more a core would take its time.
            self._cluster = address = LocalCluster(
                n_workers=jobs or usable_cores(), threads_per_worker=1, processes=False, dashboard_address=None,
                silence_logs=logging.CRITICAL + 1,
            )  # fmt: skip
        if self._address.startswith("tls:") and not Security().get_tls_config_for_role("client")["cert"]:
            raise WrongUse(NO_CERTIFICATE)
        try:
            client = Client(address, timeout=CONNECT_S, set_as_default=False)
        except (*GONE, ImportError, TypeError, ValueError) as error:  # which it is depends on how it is not there
            told = f"No scheduler answers at '{self._address}'; start one with 'dask scheduler', or correct --cluster."
            raise ServiceBusy(told) from error
        self._check(client)
        return client

    def _check(self, client: Any) -> None:
        """Refuse workers with another narrate, before they fail one article after another."""
        try:
            versions = client.run(version)
        except Exception as error:
            client.close()
            raise EngineUnavailable(OTHER) from error
        others = {worker: found for worker, found in versions.items() if found != __version__}
        for worker, found in others.items():
            client.close()
            raise EngineUnavailable(f"The worker {worker} has narrate {found}, and this is {__version__}; install one.")

    def work(self, intake: Intake) -> Iterator[tuple[ArticleJob, Result]]:
        """Make episodes; yield each article with its result as it is done, in whatever order.

        Raises:
            NarrateError: The articles could not be read on; what was made is made.
            ServiceBusy: The scheduler is gone, or there was no worker for a while.
        """
        waiting = Waiting(self._client, self._manner)
        try:
            over = False
            while not over or waiting.count:
                try:
                    over = over or self._fill(waiting, intake)
                    self._check_workers(waiting)
                    gone = self._client.status != "running"
                except GONE:
                    gone = True
                yield from waiting.ended(LOOK_S)
                if waiting.idle_s > self._progress_s:
                    yield from waiting.begin_again()
                if gone:
                    yield from waiting.give_up()
                    raise ServiceBusy(
                        f"The scheduler at {self._address} is gone; run the command again when it is back."
                    )
        finally:
            waiting.cancel()

    def _fill(self, waiting: Waiting, intake: Intake) -> bool:
        """Hand out as many articles as the window holds; tell whether there are no more."""
        room = min(MOST_WAITING, max(1, waiting.threads) * WINDOW_A_THREAD)
        while waiting.count < room:
            turn = intake.take()
            if turn is Turn.OVER:
                return True
            if turn is Turn.LATER:
                return False
            waiting.hand_out(turn)
        return False

    def _check_workers(self, waiting: Waiting) -> None:
        if waiting.count and waiting.workerless_s() > self._worker_s:
            raise ServiceBusy(f"The scheduler at {self._address} has no worker; start some with 'dask worker'.")

    def close(self) -> None:
        """Leave the scheduler, and end the one that was started here."""
        with contextlib.suppress(Exception):  # of a scheduler that is gone
            self._client.close(timeout=CLOSE_S)
        if self._cluster is not None:
            leave()
            with contextlib.suppress(Exception):
                self._cluster.close(timeout=CLOSE_S)


def _seen_from_anywhere(run_options: RunOptions) -> RunOptions:
    """Return run options whose folders are named in full: a worker has another working folder."""
    lexicons = tuple((engine, voice, path.resolve()) for engine, voice, path in run_options.lexicons)
    return replace(run_options, show=run_options.show.resolve() if run_options.show else None, lexicons=lexicons)
