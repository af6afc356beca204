"""Run every drill of the fault table in full and print what was tried, how often, and what it came to."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DRILLS = ("tests/faults", "tests/show", "tests/batch", "tests/voices", "tests/pipeline", "tests/system")


def table(lines: Iterable[str]) -> str:
    """Return records as a Markdown table; equal ones are one row with their numbers added.

    Args:
        lines: As ``tests.faults.counts.record`` writes them.
    """
    tried: dict[tuple[int, str, str], int] = {}
    for line in lines:
        one: dict[str, Any] = json.loads(line)
        key = (int(one["row"]), one["what"], one["outcome"])
        tried[key] = tried.get(key, 0) + one["tried"]
    rows = [f"| {row} | {what} | {number} | {outcome} |" for (row, what, outcome), number in sorted(tried.items())]
    return "\n".join(["| row | fault | times | what came of it |", "|---|---|---|---|", *rows])


def main() -> None:
    """Run the drills; exit as pytest does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", action="store_true", help="a few of each only")
    parser.add_argument("rest", nargs="*", help="arguments for pytest instead of all drills, after --")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="narrate-drill-") as folder:
        report = Path(folder) / "report.jsonl"
        report.touch()
        variables = {"NARRATE_DRILL_REPORT": str(report), **({} if options.sample else {"NARRATE_DRILL": "1"})}
        command = [sys.executable, "-m", "pytest", "-q", "-m", "drill", *(options.rest or DRILLS)]
        code = subprocess.run(command, env=os.environ | variables).returncode
        machine = f"{len(os.sched_getaffinity(0))} cores, {platform.system()}, Python {platform.python_version()}"
        print(f"{machine}\n\n{table(report.read_text('utf-8').splitlines())}")
    sys.exit(code)


if __name__ == "__main__":
    main()
