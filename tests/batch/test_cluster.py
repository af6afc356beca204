"""A batch on a real Dask scheduler and real workers, all on 127.0.0.1, and what happens when they die."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="narrate[cluster] is not installed")

from narrate.batch.cluster import ClusterCrew, Patience
from narrate.batch.intake import Intake
from narrate.model.errors import EngineUnavailable, ServiceBusy
from narrate.pipeline import ArticleJob, RunOptions
from tests.batch.archive import ROOT, environment, episodes, kill_when_there, make_archive, make_show, run, start

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")]
QUIET = {"DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__GIL__ENABLED": "false"}


class Cluster:
    """A scheduler and its workers, as processes of ours."""

    def __init__(self, folder: Path, variables: Mapping[str, str] | None = None) -> None:
        self.folder, self.variables = folder, variables or {}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"{'tls' if variables else 'tcp'}://127.0.0.1:{self.port}"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.scheduler = self.begin(
            "scheduler",
            "--host",
            self.address.partition(":")[0] + "://127.0.0.1",
            "--port",
            str(self.port),
            "--no-dashboard",
            "--no-jupyter",
        )

    def begin(self, *arguments: str, path: Path = ROOT) -> subprocess.Popen[bytes]:
        """Begin a process of Dask."""
        command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]]
        process = subprocess.Popen(
            command, cwd=self.folder, env={**environment(), **QUIET, **self.variables, "PYTHONPATH": str(path)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def worker(self, path: Path = ROOT) -> subprocess.Popen[bytes]:
        """Begin a worker without a nanny, which ends soon after its scheduler."""
        own = ["--no-nanny", "--nthreads", "1", "--no-dashboard", "--death-timeout", "5"]
        return self.begin("worker", self.address, *own, path=path)

    def close(self) -> None:
        """End all."""
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGCONT)
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Return a scheduler without a worker."""
    (tmp_path / "dask").mkdir()
    started = Cluster(tmp_path / "dask")
    yield started
    started.close()


def wait_for_episodes(show: Path, number: int, within_s: float = 40) -> None:
    """Wait until so many stand there."""
    end = time.monotonic() + within_s
    while len(episodes(show)) < number:
        assert time.monotonic() < end, f"{len(episodes(show))} of {number}"
        time.sleep(0.02)


def test_a_killed_worker_costs_nothing(cluster: Cluster, tmp_path: Path) -> None:
    """Two workers, one is killed in the middle: all is made once, and the next run finds it up to date."""
    make_archive(tmp_path / "archiv", 8)
    show = make_show(tmp_path / "show")
    doomed, _ = cluster.worker(), cluster.worker()
    process = start(tmp_path, "batch", "archiv", "--show", "show", "--cluster", cluster.address, "--json")
    wait_for_episodes(show, 2)
    doomed.kill()
    out, told = process.communicate(timeout=90)
    assert process.returncode == 0, told
    facts = json.loads(out)["batch"]
    assert facts["made"] + facts["unchanged"] == 8
    assert facts["unchanged"] <= 1, "finished work ran again"
    assert len(episodes(show)) == 8
    assert run(tmp_path, "verify", "show").returncode == 0
    done = run(tmp_path, "batch", "archiv", "--show", "show", "--cluster", cluster.address, "--json")
    assert json.loads(done.stdout)["batch"]["unchanged"] == 8


def test_a_killed_scheduler_is_no_success(cluster: Cluster, tmp_path: Path) -> None:
    """The command ends with 75 and says so, what was made is in the feed, and a run without it makes the rest."""
    make_archive(tmp_path / "archiv", 12)
    show = make_show(tmp_path / "show")
    cluster.worker()
    process = start(tmp_path, "batch", "archiv", "--show", "show", "--cluster", cluster.address, "--json")
    wait_for_episodes(show, 2)
    cluster.scheduler.kill()
    out, told = process.communicate(timeout=90)
    assert process.returncode == 75, told
    assert "Traceback" not in told and "is gone" in told
    facts = json.loads(out)["batch"]
    assert facts["failed"] > 0 and facts["made"] < 12 and facts["stopped"]
    assert run(tmp_path, "verify", "show").returncode == 0
    done = run(tmp_path, "batch", "archiv", "--show", "show", "-q")
    assert (done.returncode, len(episodes(show))) == (0, 12), done.stderr
    assert run(tmp_path, "verify", "show").returncode == 0


def test_a_process_that_dies_on_a_worker_is_replaced(cluster: Cluster, tmp_path: Path) -> None:
    """The worker lives on, and the article is begun again there."""
    make_archive(tmp_path / "archiv", 6)
    make_show(tmp_path / "show")
    worker = cluster.worker()
    process = start(tmp_path, "batch", "archiv", "--show", "show", "--cluster", cluster.address, "--json")
    kill_when_there(worker.pid, "narrate.batch.worker")
    out, told = process.communicate(timeout=60)
    assert (process.returncode, json.loads(out)["batch"]["made"]) == (0, 6), told
    assert worker.poll() is None


def crew_for(cluster: Cluster, show: Path, workerless_s: float = 60, no_progress_s: float | None = None) -> ClusterCrew:
    """Return a crew on a cluster."""
    return ClusterCrew(RunOptions(show=show), cluster.address, patience=Patience(3600, workerless_s, no_progress_s))


@pytest.mark.drill
def test_what_hangs_is_handed_out_again(cluster: Cluster, tmp_path: Path) -> None:
    """A worker that stands still holds up its articles only until the watchdog hands them to another."""
    show = make_show(tmp_path / "show")
    names = sorted(map(str, make_archive(tmp_path / "archiv", 6).iterdir()))
    still = cluster.worker()
    crew = crew_for(cluster, show, no_progress_s=6.0)
    try:
        work = crew.work(Intake(map(ArticleJob, names)))
        first = next(work)
        os.kill(still.pid, signal.SIGSTOP)
        cluster.worker()
        results = [first[1], *(result for _, result in work)]
    finally:
        crew.close()
    assert [result.status for result in results].count("failed") == 0, results
    assert len(episodes(show)) == 6


def test_without_a_worker_it_says_so(cluster: Cluster, tmp_path: Path) -> None:
    """A scheduler that nobody works for is named after a while, and nothing hangs."""
    crew = crew_for(cluster, make_show(tmp_path / "show"), workerless_s=1.0)
    with pytest.raises(ServiceBusy, match="no worker"):
        list(crew.work(Intake(iter([ArticleJob("a.txt")]))))
    crew.close()


def test_workers_with_another_narrate_are_refused(cluster: Cluster, tmp_path: Path) -> None:
    """Before an article is handed out: their episodes would be others."""
    (tmp_path / "old" / "narrate").mkdir(parents=True)
    for path in (ROOT / "narrate").iterdir():
        if path.name != "__init__.py":
            (tmp_path / "old" / "narrate" / path.name).symlink_to(path)
    (tmp_path / "old" / "narrate" / "__init__.py").write_text('__version__ = "0.0.1"\n')
    cluster.worker(tmp_path / "old")
    end = time.monotonic() + 30
    with pytest.raises(EngineUnavailable, match=r"0\.0\.1"):
        while time.monotonic() < end:
            crew_for(cluster, make_show(tmp_path / f"show{time.monotonic()}")).close()


def test_one_on_this_machine_needs_no_setting_up(tmp_path: Path) -> None:
    """--cluster local begins and ends scheduler and workers; a list with an article twice makes it once."""
    make_archive(tmp_path / "archiv", 4)
    show = make_show(tmp_path / "show")
    (tmp_path / "liste.txt").write_text("".join(f"archiv/a00{one}.txt\n" for one in (1, 2, 3, 4, 1)))
    done = run(tmp_path, "batch", "liste.txt", "--show", "show", "--cluster", "local", "--json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)["batch"]
    assert (facts["made"] + facts["unchanged"], len(episodes(show))) == (5, 4)


def test_it_speaks_tls_as_dask_is_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the certificates of Dask's own configuration a batch runs; without them nobody is let in, in one sentence."""
    (tmp_path / "dask").mkdir()
    pem = {"key": tmp_path / "key.pem", "cert": tmp_path / "cert.pem"}
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=dask"]
    subprocess.run([*new, "-keyout", str(pem["key"]), "-out", str(pem["cert"])], check=True, capture_output=True)
    start = "DASK_DISTRIBUTED__COMM__TLS__"
    variables = {f"{start}CA_FILE": str(pem["cert"]), "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true"}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        variables |= {f"{start}{role}__{kind.upper()}": str(path) for kind, path in pem.items()}
    make_archive(tmp_path / "archiv", 2)
    show = make_show(tmp_path / "show")
    secure = Cluster(tmp_path / "dask", variables)
    try:
        secure.worker()
        order = ["batch", "archiv", "--show", "show", "--cluster", secure.address]
        refused = run(tmp_path, *order)
        assert refused.returncode == 2 and refused.stderr.count("\n") == 1, refused.stderr
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        done = run(tmp_path, *order)
        assert (done.returncode, len(episodes(show))) == (0, 2), done.stderr
    finally:
        secure.close()
