"""Row 2: the n-th operation on files fails, or is the last one, for every n: SQLite's method."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.counts import record, times
from tests.faults.shim import Fault
from tests.faults.stage import Stage


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return a show with an episode, and an edited article."""
    made = Stage(Path(tmp_path_factory.mktemp("stage")))
    yield made
    made.zygote.close()


@pytest.mark.parametrize(
    ("kind", "lasting"), [("exit", False), ("EIO", False), ("ENOSPC", False), ("ENOSPC", True), ("EIO", True)]
)
def test_no_operation_matters_alone(stage: Stage, kind: str, lasting: bool) -> None:
    """Whatever operation fails: verify is clean, the next run gives what an undisturbed one gives, no file is left."""
    step, number, tried = times(11, 1), 1, 0
    while stage.disturbed(Fault(number, kind, lasting)).hit:
        number += step
        tried += 1
    assert tried >= 5
    fault = "process ends" if kind == "exit" else f"{kind}, from then on" if lasting else kind
    record("2", f"n-th write, fsync, replace, unlink, mkdir: {fault}", tried, "nothing lost, result byte-equal")
