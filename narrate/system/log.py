"""Log records for operators: stages with their times, segments with their cache hits.

They go to the logger ``narrate`` of the standard library, which a program that uses narrate as a library configures
as it likes. Records never contain an article's text, a person's name, a key or a token.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Format = Literal["text", "json"]
FORMATS: tuple[Format, ...] = ("text", "json")
LEVELS = ("debug", "info", "warning", "error")
FORMAT, LEVEL, RUN = "NARRATE_LOG_FORMAT", "NARRATE_LOG_LEVEL", "NARRATE_LOG_RUN"
MILLISECONDS = 3

logging.getLogger("narrate").addHandler(logging.NullHandler())
_about: ContextVar[dict[str, object]] = ContextVar("narrate_about")
_clock: ContextVar[Clock | None] = ContextVar("narrate_clock", default=None)


@dataclass(slots=True)
class Clock:
    """Where a job's time went.

    Attributes:
        stages: Wall seconds by stage, in the order they began.
    """

    stages: dict[str, float] = field(default_factory=dict)


@contextlib.contextmanager
def clocked(clock: Clock) -> Iterator[Clock]:
    """Add the times of all stages within to a clock."""
    before = _clock.set(clock)
    try:
        yield clock
    finally:
        _clock.reset(before)


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
    """Time a stage; stages do not nest."""
    clock, start = _clock.get(), time.perf_counter()
    if clock is not None:
        clock.stages.setdefault(name, 0.0)
    try:
        yield
    finally:
        seconds = time.perf_counter() - start
        if clock is not None:
            clock.stages[name] += seconds
        event("info", "stage", stage=name, seconds=round(seconds, MILLISECONDS))


@contextlib.contextmanager
def about(**facts: Any) -> Iterator[None]:
    """Add facts to every record within."""
    before = _about.set(_about.get({}) | facts)
    try:
        yield
    finally:
        _about.reset(before)


def event(level: str, name: str, **facts: Any) -> None:
    """Log what happened, at one of :data:`LEVELS`, with facts that are JSON values."""
    logger, number = logging.getLogger("narrate"), getattr(logging, level.upper())
    if logger.isEnabledFor(number):
        logger.log(number, name, extra={"facts": _about.get({}) | facts})


def wants(level: str) -> bool:
    """Return whether records of a level are written."""
    return logging.getLogger("narrate").isEnabledFor(getattr(logging, level.upper()))


class _Lines(logging.Formatter):
    """Formats a record as one line of text or JSON."""

    def __init__(self, how: Format, run: str) -> None:
        super().__init__()
        self._how, self._run = how, run

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, object] = getattr(record, "facts", {})
        if self._how == "text":
            pairs = " ".join(f"{key}={value}" for key, value in facts.items() if value is not None)
            return f"narrate: {record.levelname.lower()}: {record.getMessage()} {pairs}".rstrip()
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        first = {"time": time, "level": record.levelname.lower(), "event": record.getMessage(), "run_id": self._run}
        return json.dumps(first | facts, ensure_ascii=False)


class _Stderr(logging.StreamHandler[Any]):
    """Writes to whatever ``sys.stderr`` is at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stderr

    @stream.setter
    def stream(self, stream: Any) -> None:
        """Ignore any other stream."""


def configure(how: Format | None, level: str | None) -> None:
    """Write records to stderr, in this process and in those it starts.

    Args:
        how: None takes the format from the environment, else text.
        level: Lowest level to write. None takes it from the environment; without one there it is info if a format is
            chosen, and otherwise nothing is written.
    """
    named = how or os.environ.get(FORMAT)
    least = (level or os.environ.get(LEVEL) or ("info" if named else "")).lower()
    if least not in LEVELS:
        return
    import uuid  # only a logged run needs an identifier

    chosen: Format = "json" if named == "json" else "text"
    os.environ.update({FORMAT: chosen, LEVEL: least, RUN: os.environ.get(RUN) or uuid.uuid4().hex[:12]})
    logger, handler = logging.getLogger("narrate"), _Stderr()
    handler.setFormatter(_Lines(chosen, os.environ[RUN]))
    logger.handlers[:] = [handler]
    logger.setLevel(least.upper())
    logger.propagate = False


def in_json() -> bool:
    """Return whether stderr is reserved for JSON records."""
    return os.environ.get(FORMAT) == "json" and not isinstance(
        logging.getLogger("narrate").handlers[0], logging.NullHandler
    )


def say(message: str, level: str = "info", **facts: Any) -> None:
    """Print a message to stderr, or log it with its facts where stderr is reserved for JSON."""
    if in_json():
        event(level, "message", message=message.removeprefix("narrate: ").removeprefix("warning: "), **facts)
    else:
        print(message, file=sys.stderr)
