"""Which articles failed in the runs so far, and the report of the run that is on."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from narrate.pipeline.result import Result, result_from
from narrate.system.files import Staging, explained

FOLDER = ".batch"
FAILED = "failed.jsonl"
LOCK = "lock"


class Ledger:
    """Keeps results: what failed, in the show, for ``--retry-failed``; all of them, for the report.

    A line is added as each article ends, so that a run that is killed loses none; a torn last line is passed over.
    Several runs may add to one show; the last of them to end leaves only what is failed still.

    Raises:
        OutputRefused, PermissionRefused, StorageError: The show cannot be written.
    """

    def __init__(self, show: Path) -> None:
        self._folder = show / FOLDER
        with explained(self._folder):
            self._folder.mkdir(exist_ok=True)
            self._lock = (self._folder / LOCK).open("a")
            _hold(self._lock, alone=False)
            self.failed = self._read()
            self._file = (self._folder / FAILED).open("a", encoding="utf-8")
            self._file.write("\n")  # ends a line that was torn
        self._all = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115

    def _read(self) -> dict[str, Result]:
        failed: dict[str, Result] = {}
        with suppress(OSError), (self._folder / FAILED).open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                with suppress(ValueError, TypeError, KeyError):
                    result = result_from(json.loads(line))
                    self._count(failed, result)
        return failed

    def _count(self, failed: dict[str, Result], result: Result) -> None:
        if result.status == "failed":
            failed[result.source] = result
        else:
            failed.pop(result.source, None)

    def add(self, result: Result) -> None:
        """Keep a result.

        Raises:
            StorageError: The disk is full or fails.
        """
        line = json.dumps(result.as_json(), ensure_ascii=False) + "\n"
        with explained(self._folder / FAILED):
            if result.status == "failed" or result.source in self.failed:
                self._file.write(line)
                self._file.flush()
            self._all.write(line)
        self._count(self.failed, result)

    def write_report(self, path: Path, facts: Mapping[str, object]) -> None:
        """Write the report: the run's facts, and every result.

        Raises:
            OutputRefused, PermissionRefused, StorageError: It cannot be written.
        """
        with Staging(path.parent) as staging:
            staging.write(path.name, self._report(facts))
            staging.publish()

    def _report(self, facts: Mapping[str, object]) -> Iterator[bytes]:
        yield json.dumps(dict(facts), ensure_ascii=False, indent=1).removesuffix("\n}").encode() + b',\n "articles": ['
        self._all.seek(0)
        for number, line in enumerate(self._all):
            yield (",\n  " if number else "\n  ").encode() + line.strip().encode()
        yield b"\n ]\n}\n"

    def close(self) -> None:
        """Keep only what is failed still; while others add to it, all lines stay."""
        self._file.close()
        self._all.close()
        with self._lock:
            if not _hold(self._lock, alone=True):
                return
            lines = [json.dumps(result.as_json(), ensure_ascii=False) + "\n" for result in self._read().values()]
            with Staging(self._folder) as staging:
                staging.write(FAILED, [line.encode() for line in lines])
                staging.publish()


def _hold(lock: IO[str], alone: bool) -> bool:
    """Hold a lock as long as its file is open; whether it is held."""
    if os.name == "posix":
        import fcntl

        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
        except BlockingIOError:
            return False
    return True
