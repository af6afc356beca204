"""How often a fault is tried: a sample in the tests of a change, all of it where ``scripts/drill`` asks for it."""

from __future__ import annotations

import json
import os
from pathlib import Path

# Read at once: no test sees the variables of whoever runs it.
WHOLE, REPORT = bool(os.environ.get("NARRATE_DRILL")), os.environ.get("NARRATE_DRILL_REPORT")


def times(sample: int, whole: int) -> int:
    """Return how often to try."""
    return whole if WHOLE else sample


def record(row: str, what: str, tried: int, outcome: str) -> None:
    """Note a figure for the table of ``scripts/drill``, where one is wanted."""
    if REPORT:
        with Path(REPORT).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"row": row, "what": what, "tried": tried, "outcome": outcome}) + "\n")
