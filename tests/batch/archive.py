"""A small archive, a show for it, and the command on both."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from tests.cli.test_main import command

ROOT = Path(__file__).parents[2]
TEXT = (
    "Der Markt Nummer {0}\n\nAm Hafen beginnt der Tag mit {0} Booten. „Es geht gut“, sagt Anna Berg, die Händlerin.\n"
)


def make_archive(folder: Path, number: int) -> Path:
    """Write so many short articles, no two alike."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in range(1, number + 1):
        (folder / f"a{one:03}.txt").write_text(TEXT.format(one), "utf-8")
    return folder


def make_show(folder: Path) -> Path:
    """Write a show's configuration."""
    folder.mkdir(parents=True)
    (folder / "show.toml").write_text('title = "T"\nauthor = "A"\nbase_url = "https://a.example/p"\n', "utf-8")
    return folder


def environment() -> dict[str, str]:
    """Return the variables of every process."""
    return os.environ | {"PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": "1700000000"}


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Begin narrate in a folder, and go on."""
    pipe = subprocess.PIPE
    return subprocess.Popen(command(*arguments), cwd=folder, env=environment(), stdout=pipe, stderr=pipe, text=True)


def run(folder: Path, *arguments: str, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
    """Run narrate in a folder."""
    return subprocess.run(
        command(*arguments), cwd=folder, env=environment(), capture_output=True, text=True, timeout=timeout_s
    )


def episodes(show: Path) -> list[str]:
    """Return the names of the folders that hold a manifest."""
    return sorted(path.parent.name for path in show.glob("*/episode.json"))


def children(process: int, words: str) -> list[int]:
    """Return the processes below one whose command line holds some words."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == process and words in (entry / "cmdline").read_text().replace("\0", " "):
                found.append(int(entry.name))
    return found


def kill_when_there(process: int, words: str, within_s: float = 20) -> int:
    """End a child at once as soon as there is one; return its number."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        for child in children(process, words):
            os.kill(child, signal.SIGKILL)
            return child
        time.sleep(0.02)
    raise AssertionError(f"no {words} below {process}")
