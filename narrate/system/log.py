"""What happens, for those who watch over it: stages with their times, segments with their cache hits.

Records go through the standard library's ``logging``, under the name ``narrate``; a program that uses narrate as a
library configures that as it likes. No text of an article, name of a person, key or token is ever part of one.
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
    """Where the time of a job went.

    Attributes:
        stages: Wall time in seconds by name, in the order they began.
    """

    stages: dict[str, float] = field(default_factory=dict)


@contextlib.contextmanager
def clocked(clock: Clock) -> Iterator[Clock]:
    """Let the stages within count on a clock."""
    before = _clock.set(clock)
    try:
        yield clock
    finally:
        _clock.reset(before)


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
    """Take the time of a stage; stages do not lie within each other."""
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
    """Let every record within have some facts."""
    before = _about.set(_about.get({}) | facts)
    try:
        yield
    finally:
        _about.reset(before)


def event(level: str, name: str, **facts: Any) -> None:
    """Write a record."""
    logger, number = logging.getLogger("narrate"), getattr(logging, level.upper())
    if logger.isEnabledFor(number):
        logger.log(number, name, extra={"facts": _about.get({}) | facts})


def wants(level: str) -> bool:
    """Tell whether records of a level are written."""
    return logging.getLogger("narrate").isEnabledFor(getattr(logging, level.upper()))


class _Lines(logging.Formatter):
    """A line of text or of JSON a record."""

    def __init__(self, how: Format, run: str) -> None:
        super().__init__()
        self._how, self._run = how, run

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, object] = getattr(record, "facts", {})
        if self._how == "text":
            told = " ".join(f"{key}={value}" for key, value in facts.items() if value is not None)
            return f"narrate: {record.levelname.lower()}: {record.getMessage()} {told}".rstrip()
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        first = {"time": moment, "level": record.levelname.lower(), "event": record.getMessage(), "run_id": self._run}
        return json.dumps(first | facts, ensure_ascii=False)


class _Standard(logging.StreamHandler[Any]):
    """Writes to whatever the standard error is at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stderr

    @stream.setter
    def stream(self, stream: Any) -> None:
        """Nothing else is written to."""


def configure(how: Format | None, level: str | None) -> None:
    """Write records to the standard error, here and in processes that are begun later.

    Args:
        how: Text for people, or JSON; None for what the environment says, else text.
        level: The least that is written; None for what the environment says, else info where a format is chosen, else
            nothing is written.
    """
    named = how or os.environ.get(FORMAT)
    least = (level or os.environ.get(LEVEL) or ("info" if named else "")).lower()
    if least not in LEVELS:
        return
    import uuid  # only where there is a run to be named

    chosen: Format = "json" if named == "json" else "text"
    os.environ.update({FORMAT: chosen, LEVEL: least, RUN: os.environ.get(RUN) or uuid.uuid4().hex[:12]})
    logger, handler = logging.getLogger("narrate"), _Standard()
    handler.setFormatter(_Lines(chosen, os.environ[RUN]))
    logger.handlers[:] = [handler]
    logger.setLevel(least.upper())
    logger.propagate = False


def in_json() -> bool:
    """Tell whether the standard error is for records of JSON only."""
    return os.environ.get(FORMAT) == "json" and not isinstance(
        logging.getLogger("narrate").handlers[0], logging.NullHandler
    )


def say(message: str, level: str = "info", **facts: Any) -> None:
    """Print a message to stderr; as a record where the log is JSON."""
    if in_json():
        event(level, "message", message=message.removeprefix("narrate: ").removeprefix("warning: "), **facts)
    else:
        print(message, file=sys.stderr)
