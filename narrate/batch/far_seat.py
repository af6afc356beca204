"""What runs on a worker of a cluster: a process that makes one article after another, for each of its threads."""

from __future__ import annotations

import threading
from typing import Any

from narrate import __version__
from narrate.batch.receipt import failed
from narrate.batch.seat import Seat
from narrate.batch.wire import unpack_assignment, unpack_brief
from narrate.model.errors import EngineUnavailable

_own = threading.local()
_seats: set[Seat] = set()


def make(brief: str, keep_cache: bool, longest_s: float, line: str, version: str) -> dict[str, Any]:
    """Make an episode; the process that does stays for the next article.

    Args:
        brief: As :func:`narrate.batch.wire.pack_brief` writes it.
        keep_cache: Whether what is spoken is kept.
        longest_s: An article that takes longer is given up.
        line: The assignment, as :func:`narrate.batch.wire.pack_assignment` writes it.
        version: Of the narrate that asks.

    Returns:
        The facts of a receipt.
    """
    assignment = unpack_assignment(line)
    if version != __version__:
        told = f"A worker has narrate {__version__}, and the command is {version}; install the same."
        return failed(assignment.source, EngineUnavailable.exit_code, told).facts()
    manner = (brief, keep_cache, longest_s)
    if getattr(_own, "manner", None) != manner:
        if hasattr(_own, "seat"):
            _own.seat.end()
            _seats.discard(_own.seat)
        _own.manner, _own.seat = manner, Seat(unpack_brief(brief), keep_cache, longest_s)
        _seats.add(_own.seat)
    return _seat().make(assignment).facts()


def _seat() -> Seat:
    seat: Seat = _own.seat
    return seat


def leave() -> None:
    """End the processes of all workers that live in this process; what they are at is not published."""
    for seat in list(_seats):
        seat.ask_to_end()
    for seat in list(_seats):
        seat.end()
    _seats.clear()


def version() -> str:
    """Return which narrate this is."""
    return __version__
