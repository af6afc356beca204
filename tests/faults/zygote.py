"""A process that has everything of narrate loaded and forks a child for each run: a run costs a tenth of a second."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.faults import shim

ROOT = Path(__file__).parents[2]
LOADED = (
    "cli.main cli.render cli.verify cli.feed cli.init cli.report pipeline.run_session pipeline.placing pipeline.opening "
    "pipeline.casting pipeline.render audio.mix audio.gain episode.compose episode.excerpts episode.store episode.cover "
    "show.folder show.pages show.site web.episode_page checks.show voices.speak"
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended.

    Attributes:
        code: What it returned; -N where signal N ended it.
        said: Both its streams.
        hit: Whether the fault came to pass.
    """

    code: int
    said: str
    hit: bool


class Zygote:
    """Runs narrate in forked children, as another process: a fork of a test's own process would have its threads.

    Args:
        folder: Working folder of every run; faults happen to files below it.
        environment: Variables for every run.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._turn = threading.Lock()
        command = [sys.executable, "-m", "tests.faults.zygote", str(folder)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment, "PYTHONPATH": str(ROOT)}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def run(
        self, *arguments: str, fault: shim.Fault | None = None, clock: tuple[float, str | None] = (0, None)
    ) -> Ended:
        """Run narrate once."""
        told = {"arguments": arguments, "fault": asdict(fault) if fault else None, "clock": clock}
        with self._turn:
            assert self._process.stdin is not None and self._process.stdout is not None
            self._process.stdin.write(json.dumps(told) + "\n")
            self._process.stdin.flush()
            return Ended(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def _serve(folder: Path) -> None:
    from importlib import import_module

    for name in LOADED.split():
        import_module(f"narrate.{name}")
    os.chdir(folder)
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        answers.write(json.dumps(asdict(_forked(folder, json.loads(line)))) + "\n")
        answers.flush()


def _forked(folder: Path, told: Mapping[str, Any]) -> Ended:
    reading, writing = os.pipe()
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if child == 0:
            code = 99
            try:
                for stream in (1, 2):
                    os.dup2(said.fileno(), stream)
                code = _ran(folder, told, writing)
            finally:
                os._exit(code)
        os.close(writing)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        hit = bool(os.read(reading, 1))
        os.close(reading)
        said.seek(0)
        return Ended(status, said.read().decode(errors="replace"), hit)


def _ran(folder: Path, told: Mapping[str, Any], hit: int) -> int:
    from narrate.cli import main

    sys.argv = ["narrate", *told["arguments"]]
    if any(told["clock"]):
        shim.forward_clock(*told["clock"])
    if told["fault"]:
        shim.install(shim.Fault(**told["fault"]), folder, hit)
    code = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    return code


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
