"""Rows 1 and 28: a render is ended at any moment, by kill -9 or by a signal that it hears."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_main import command
from tests.faults.counts import record, times
from tests.faults.stage import RENDER, Stage, temporary_files, tree
from tests.faults.zygote import ROOT

PATIENCE_S = 10
LONGEST_S = 120
MOST_TRIES = 5  # for each: some come when it has ended already, or before Python hears them


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return a show with an episode, and an edited article."""
    made = Stage(Path(tmp_path_factory.mktemp("stage")))
    yield made
    made.zygote.close()


def begun(stage: Stage, *more: str) -> subprocess.Popen[bytes]:
    """Begin to render the second article, as a process of its own."""
    environment = os.environ | stage.environment | {"PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    order = command(*RENDER, *more)
    return subprocess.Popen(order, cwd=stage.root, env=environment, stdout=pipe, stderr=pipe, preexec_fn=_hear_hang_ups)


def _hear_hang_ups() -> None:
    """Let a hang-up not be ignored: these tests may have been begun by nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def whole_run_s(stage: Stage) -> float:
    """Return how long an undisturbed run takes."""
    stage.restore()
    start = time.perf_counter()
    process = begun(stage)
    process.communicate()
    assert process.returncode == 0
    return time.perf_counter() - start


def family_of(stage: Stage) -> list[str]:
    """Return the processes that belong to the stage, but its zygote."""
    marker = f"NARRATE_DATA_DIR={stage.environment['NARRATE_DATA_DIR']}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if marker in (entry / "environ").read_bytes() and b"zygote" not in (entry / "cmdline").read_bytes():
                found.append(entry.name)
    return found


def assert_no_child_is_left(stage: Stage) -> None:
    """Check that everything that was started has ended, or does within seconds."""
    end = time.monotonic() + PATIENCE_S
    while family_of(stage):
        assert time.monotonic() < end, family_of(stage)
        time.sleep(0.02)


def test_kill_9_at_any_moment(stage: Stage) -> None:
    """Row 1: the show is whole, the next run completes, the result is byte-equal, nothing temporary stays."""
    chance, length_s, count, ended = random.Random(7), whole_run_s(stage), times(8, 200), 0
    for _ in range(MOST_TRIES * count):
        if ended == count:
            break
        stage.restore()
        process = begun(stage)
        time.sleep(chance.uniform(0, length_s))
        process.kill()
        ended += process.wait() == -signal.SIGKILL
        process.communicate()
        assert_no_child_is_left(stage)
        stage.assert_well()
        stage.assert_finished()
    assert ended == count
    record("1", "kill -9 of a render at a random moment", ended, "nothing lost, result byte-equal")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (getattr(signal, "SIGHUP", signal.SIGTERM), 129)]
)
def test_a_signal_ends_it_in_order(stage: Stage, number: signal.Signals, code: int) -> None:
    """Row 28: the documented code, no child, no temporary file; the show is whole and the next run completes it."""
    chance, length_s, count, ended = random.Random(int(number)), whole_run_s(stage), times(4, 20), 0
    for _ in range(MOST_TRIES * count):
        if ended == count:
            break
        stage.restore()
        process = begun(stage)
        time.sleep(chance.uniform(0.1, length_s))
        process.send_signal(number)
        _, told = process.communicate(timeout=LONGEST_S)
        assert process.returncode in (0, code, -number), told  # before Python hears signals it is ended by them
        assert b"Traceback" not in told or process.returncode == -number or b"KeyboardInterrupt" in told
        ended += process.returncode == code
        assert_no_child_is_left(stage)
        if process.returncode != -number:
            assert temporary_files(stage.show) + temporary_files(stage.cache) == []
        stage.assert_well()
        stage.assert_finished()
    assert ended == count
    record("28", f"{number.name} to a render at a random moment", ended, f"exit {code}, no child, nothing torn")


def test_nobody_reads_on(stage: Stage) -> None:
    """Row 28: a closed pipe ends the command quietly, and the episode is there."""
    for _ in range(times(1, 20)):
        stage.restore()
        reading, writing = os.pipe()
        os.close(reading)
        environment = os.environ | stage.environment | {"PYTHONPATH": str(ROOT)}
        render = [word for word in RENDER if word != "-q"]
        done = subprocess.run(
            command(*render, "--json"), cwd=stage.root, env=environment, stdout=writing, stderr=subprocess.PIPE
        )
        os.close(writing)
        assert b"Traceback" not in done.stderr and b"Broken" not in done.stderr
        assert tree(stage.show) == stage.new
    record("28", "standard output closed", times(1, 20), "quiet, episode there")
