"""Rows 4 and 5: several renders at the same moment, of one episode and into one feed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.test_main import command
from tests.faults.counts import record, times
from tests.faults.stage import RENDER, Stage, temporary_files, tree
from tests.faults.zygote import ROOT

PROCESSES = 8
LATEST_S = 0.6  # a second render that begins so late may publish when the first has written the feed


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return a show with an episode, and an edited article."""
    made = Stage(Path(tmp_path_factory.mktemp("stage")))
    yield made
    made.zygote.close()


def begun(stage: Stage, *order: str) -> subprocess.Popen[bytes]:
    """Begin a process on the stage."""
    environment = os.environ | stage.environment | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(order, cwd=stage.root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def test_two_renders_of_one_episode(stage: Stage) -> None:
    """Row 4: both end well, and what stands there is what one of them alone would have made, whoever begins when."""
    count, chance = times(4, 50), random.Random(4)
    for _ in range(count):
        stage.restore()
        pair = [begun(stage, *command(*RENDER))]
        time.sleep(chance.choice([0, chance.uniform(0, LATEST_S)]))
        pair.append(begun(stage, *command(*RENDER)))
        told = [process.communicate()[1] for process in pair]
        assert [process.returncode for process in pair] == [0, 0], told
        assert tree(stage.show) == stage.new
        assert temporary_files(stage.show) + temporary_files(stage.cache) == []
        stage.assert_well()
    record("4", "two renders of one episode at once", count, "both 0, one manifest, byte-equal")


class Reader:
    """Parses the feed again and again, as players do."""

    def __init__(self, feed: Path) -> None:
        self.read, self.torn, self._feed = 0, 0, feed
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._parse)

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        self._thread.join()

    def _parse(self) -> None:
        while not self._over.is_set():
            try:
                ET.fromstring(self._feed.read_bytes())  # noqa: S314
            except (ET.ParseError, OSError):
                self.torn += 1
            self.read += 1


def test_many_processes_add_to_one_feed(stage: Stage) -> None:
    """Row 5: every episode of every process is in the feed, which could be parsed at every moment."""
    stage.restore()
    each = times(2, 25)
    for writer in range(PROCESSES):
        for number in range(each):
            name = f"beitrag-{writer}-{number}"
            (stage.root / f"{name}.txt").write_text(f"Beitrag {writer} {number}\n\nKurz und gut.\n", "utf-8")
    with Reader(stage.show / "feed.xml") as reader:
        crowd = [begun(stage, sys.executable, "-m", "tests.faults.writer", str(one), str(each))
                 for one in range(PROCESSES)]  # fmt: skip
        told = [process.communicate()[1] for process in crowd]
    assert [process.returncode for process in crowd] == [0] * PROCESSES, told
    items = ET.fromstring((stage.show / "feed.xml").read_bytes()).findall("channel/item")  # noqa: S314
    assert len(items) == PROCESSES * each + 1
    assert len({item.findtext("guid") for item in items}) == PROCESSES * each + 1
    assert reader.torn == 0
    assert reader.read > 0
    stage.assert_well()
    made = f"{PROCESSES * each} of {PROCESSES * each} in the feed, read {reader.read:,} times and never torn"
    record("5", f"{PROCESSES} processes add {each} episodes each to one feed", PROCESSES * each, made)
