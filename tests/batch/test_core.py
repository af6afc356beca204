"""Which cores the workers of a batch have."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from narrate.batch.cores import Cores
from narrate.batch.intake import Intake
from narrate.batch.local import LocalCrew
from narrate.batch.worker_process import WorkerProcess
from narrate.pipeline import ArticleJob, RunOptions
from tests.batch.archive import children, make_archive, make_show

HOLDER = """
import os, sys
os.getuid = lambda: int(sys.argv[1])
from narrate.batch.cores import Cores
cores = Cores()
print(cores.claim(), flush=True)
sys.stdin.read()
"""
ALL = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else {0}
pytestmark = pytest.mark.skipif(len(ALL) < 2, reason="this process may run on one core only")


@pytest.fixture(autouse=True)
def user(monkeypatch: pytest.MonkeyPatch) -> int:
    """Be a user of whom no other batch runs on this machine."""
    number = 1_000_000 + os.getpid()
    monkeypatch.setattr(os, "getuid", lambda: number)
    return number


@pytest.fixture
def run_options(tmp_path: Path) -> RunOptions:
    """Return the choices for a small show."""
    return RunOptions(show=make_show(tmp_path / "show"))


def article(folder: Path, number: int = 1) -> ArticleJob:
    """Return a short article."""
    make_archive(folder, number)
    return ArticleJob(str(folder / f"a{number:03}.txt"))


def kept_to() -> list[set[int]]:
    """Return the cores of each worker process that this process has."""
    return [os.sched_getaffinity(process) for process in children(os.getpid(), "narrate.batch.worker")]


def test_a_core_has_one_owner_until_it_is_given_back() -> None:
    """There are as many as this process may use, each once, and then none."""
    mine, yours = Cores(), Cores()
    assert [mine.claim() for _ in ALL] == [True] * len(ALL)
    assert (mine.claim(), yours.claim(), len(mine), len(yours)) == (False, False, len(ALL), 0)
    assert (mine.release(), len(mine), yours.claim()) == (len(ALL), 0, True)
    yours.release()


def test_a_core_is_free_again_when_its_owner_was_killed(user: int) -> None:
    """However a process ends, it holds nothing afterwards."""
    command = [sys.executable, "-c", HOLDER, str(user)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        cores = Cores()
        assert [cores.claim() for _ in ALL] == [True] * (len(ALL) - 1) + [False]
        other.kill()
        other.wait()
        assert cores.claim()
        cores.release()


def test_a_process_keeps_to_its_core_and_may_be_given_more(tmp_path: Path, run_options: RunOptions) -> None:
    """A process's process is kept to one; widened, to two; at rest there is no process, and no core is held."""
    process = WorkerProcess(run_options, keep_cache=False)
    try:
        assert process.make(article(tmp_path)).status == "made"
        assert [len(cores) for cores in kept_to()] == [process.cores()] == [1]
        process.widen()
        assert [len(cores) for cores in kept_to()] == [process.cores()] == [2]
        process.rest()
        assert (process.cores(), kept_to()) == (0, [])
        assert process.make(article(tmp_path, 2)).status == "made"
        assert [len(cores) for cores in kept_to()] == [1]
    finally:
        process.end()
    process.widen()
    assert process.cores() == 0, "who has ended takes nothing from others"


def test_where_others_have_all_cores_no_process_is_kept_to_any(tmp_path: Path, run_options: RunOptions) -> None:
    """Two runs at once share the machine as its scheduler likes; neither is narrowed."""
    others = Cores()
    while others.claim():
        pass
    process = WorkerProcess(run_options, keep_cache=False)
    try:
        assert process.make(article(tmp_path)).status == "made"
        others.release()
        process.widen()
        assert (kept_to(), process.cores()) == ([ALL], 0)
    finally:
        process.end()


@pytest.mark.parametrize("articles", [1, 3])
def test_who_is_left_gets_the_cores_of_those_who_are_done(
    tmp_path: Path, run_options: RunOptions, articles: int
) -> None:
    """Whether an article is the last of many or the only one."""
    make_archive(tmp_path / "in", articles)
    last = tmp_path / "in" / f"a{articles:03}.txt"
    last.write_text("Die Boote\n\n" + " ".join(f"Boot {boat} läuft aus." for boat in range(60)) + "\n", "utf-8")
    crew = LocalCrew(run_options, 2, keep_cache=False)
    try:
        found = iter([ArticleJob(str(path)) for path in sorted((tmp_path / "in").iterdir())])
        seen: list[int] = []
        with _watch(lambda: seen.extend(len(cores) for cores in kept_to())):
            results = list(crew.work(Intake(found)))
        assert [result.status for _, result in results] == ["made"] * articles
        assert max(seen) == 2
        assert kept_to() == []
    finally:
        crew.close()


class _watch:  # noqa: N801 - read as a verb
    """Look again and again while something is done."""

    def __init__(self, look: Callable[[], None]) -> None:
        self._look, self._over = look, threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._over.wait(0.005):
            try:
                self._look()
            except ProcessLookupError:
                continue

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
