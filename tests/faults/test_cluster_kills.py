"""Row 6: workers of a cluster are killed again and again, and the scheduler once; tests/batch/test_cluster.py has a hang."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="narrate[cluster] is not installed")

from tests.batch.archive import episodes, make_archive, make_show, run, start
from tests.batch.test_cluster import Cluster
from tests.faults.counts import record, times

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
WORKERS = 2
LONGEST_S = 600


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Return a scheduler with workers."""
    (tmp_path / "dask").mkdir()
    started = Cluster(tmp_path / "dask")
    yield started
    started.close()


class Killer(threading.Thread):
    """Kills one worker after another, and begins another for each, as systemd or Kubernetes would."""

    def __init__(self, cluster: Cluster, show: Path, number: int, articles: int) -> None:
        super().__init__()
        self.killed, self._over = 0, threading.Event()
        self._cluster, self._show, self._number = cluster, show, number
        self._workers = [cluster.worker() for _ in range(WORKERS)]
        self._marks = [articles * (one + 1) // (number + 2) for one in range(number)]
        self._chance = random.Random(number)

    def run(self) -> None:
        """Kill a worker whenever some more episodes are there."""
        for mark in self._marks:
            while len(episodes(self._show)) < mark:
                if self._over.wait(0.02):
                    return
            time.sleep(self._chance.uniform(0, 0.5))
            victim = self._workers.pop(0)
            victim.kill()
            victim.wait()
            self.killed += 1
            self._workers.append(self._cluster.worker())

    def end(self) -> None:
        """Kill no more, and let the workers of this run go."""
        self._over.set()
        self.join()
        for worker in self._workers:
            worker.kill()
            worker.wait()


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Return code and streams of the command; it must not wait for ever."""
    out, told = process.communicate(timeout=LONGEST_S)
    return process.returncode, out, told


def test_workers_are_killed_again_and_again(cluster: Cluster, tmp_path: Path) -> None:
    """Every episode is made, once and right: as many as articles, verify clean, nothing to do for the next run."""
    articles, kills = times(20, 200), times(3, 10)
    make_archive(tmp_path / "archiv", articles)
    for turn in range(times(1, 10)):
        name = f"show{turn}"
        killer = Killer(cluster, make_show(tmp_path / name), kills, articles)
        order = ("batch", "archiv", "--show", name, "--cluster", cluster.address, "--json")
        process = start(tmp_path, *order)
        killer.start()
        try:
            code, out, told = ended(process)
        finally:
            killer.end()
        assert code == 0, told
        assert killer.killed == kills
        facts = json.loads(out)["batch"]
        assert (facts["made"] + facts["unchanged"], facts["failed"]) == (articles, 0)
        assert len(episodes(tmp_path / name)) == articles
        assert run(tmp_path, "verify", name, "-q", timeout_s=LONGEST_S).returncode == 0
        again = run(tmp_path, "batch", "archiv", "--show", name, "--json", timeout_s=LONGEST_S)
        assert json.loads(again.stdout)["batch"]["unchanged"] == articles
        shutil.rmtree(tmp_path / name)
        record("6", f"kill -9 of {kills} workers in {articles} articles", 1, f"{articles} of {articles}, verify clean")


def test_the_scheduler_is_killed(tmp_path: Path) -> None:
    """At any moment: 75 and never 0 while anything is missing; the next run, without a cluster, makes the rest."""
    articles, count = times(16, 100), times(1, 10)
    make_archive(tmp_path / "archiv", articles)
    for turn in range(count):
        (tmp_path / f"dask{turn}").mkdir()
        cluster, name = Cluster(tmp_path / f"dask{turn}"), f"show{turn}"
        show = make_show(tmp_path / name)
        try:
            cluster.worker()
            process = start(tmp_path, "batch", "archiv", "--show", name, "--cluster", cluster.address, "--json")
            mark, end = random.Random(turn).randrange(1, articles * 3 // 4), time.monotonic() + LONGEST_S
            while len(episodes(show)) < mark and time.monotonic() < end:
                time.sleep(0.02)
            cluster.scheduler.kill()
            code, _, told = ended(process)
        finally:
            cluster.close()
        assert code == 75, told
        assert "Traceback" not in told
        done = run(tmp_path, "batch", "archiv", "--show", name, "-q", timeout_s=LONGEST_S)
        assert (done.returncode, len(episodes(show))) == (0, articles), done.stderr
        assert run(tmp_path, "verify", name, "-q", timeout_s=LONGEST_S).returncode == 0
    record("6", f"kill -9 of the scheduler in {articles} articles", count, "75, the next run makes the rest")
