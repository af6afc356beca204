"""What the user sees of a batch: a bar on a terminal, lines elsewhere, and a table at the end."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING

import click

from narrate.batch.run import Summary
from narrate.batch.total import Total
from narrate.pipeline.result import Result
from narrate.system import log

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

LINE_EVERY_S = 30.0
PACE_OF = 200  # articles that the rate is taken from, the newest
NOT_LOGGED = {"title", "message", "warnings"}  # words of the article may be in them
SHOWN = 10  # failures in the table
HOUR_S, MINUTE_S = 3600, 60


class Progress:
    """Tells of each article as it ends.

    Attributes:
        failed: Receipts of what failed.
    """

    def __init__(self, total: Total, quiet: bool, json_lines: bool) -> None:
        self.failed: list[Result] = []
        self._total, self._quiet, self._json_lines = total, quiet, json_lines
        self._ends: deque[float] = deque([time.monotonic()], PACE_OF)
        self._said = time.monotonic()
        self._bar = _bar() if sys.stderr.isatty() and not quiet else None
        self._task = self._bar.add_task("", total=None) if self._bar else None

    def __enter__(self) -> Progress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def tell(self, result: Result, summary: Summary) -> None:
        """Tell of an article that has ended."""
        self._ends.append(time.monotonic())
        if self._json_lines:
            click.echo(json.dumps(result.as_json(), ensure_ascii=False))
        if result.status == "failed":
            self.failed.append(result)
        log.event(
            "info", "article", **{name: fact for name, fact in result.as_json().items() if name not in NOT_LOGGED}
        )
        if self._quiet:
            return
        if result.status == "failed":
            self._say(f"narrate: failed ({result.code}): {_told(result)}", "error")
        for warning in result.warnings:
            self._say(f"narrate: warning: {result.source}: {warning}")
        if self._bar and self._task is not None:
            self._bar.update(
                self._task, completed=summary.done, total=self._total.number, description=self._line(summary)
            )
        elif time.monotonic() - self._said >= LINE_EVERY_S:
            self._said = time.monotonic()
            log.say(f"narrate: {self._line(summary)}")

    def _say(self, line: str, level: str = "warning") -> None:
        if self._bar:
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            log.say(line, level)

    def _line(self, summary: Summary) -> str:
        """Return how far the batch has come, how fast it is, and how long it will take."""
        rate = (len(self._ends) - 1) / max(self._ends[-1] - self._ends[0], 1e-3)
        number = self._total.number
        of = f" of {number:,}" if number is not None else ""
        left = f", {_span((number - summary.done) / rate)} left" if number is not None and rate > 0 else ""
        failed = f", {summary.failed:,} failed" if summary.failed else ""
        return f"{summary.done:,}{of} articles{failed}, {rate * MINUTE_S:.1f} a minute{left}"


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn())
    return Bar(*columns, console=Console(stderr=True), transient=True)


def table(summary: Summary, failed: Sequence[Result]) -> str:
    """Return what a run came to, for people."""
    minutes = max(summary.seconds, 1e-3) / MINUTE_S
    lines = [
        f"made        {summary.made:>8,}   {_span(summary.sound_ms / 1000)} of audio",
        f"up to date  {summary.unchanged:>8,}",
        f"failed      {summary.failed:>8,}",
        f"time        {_span(summary.seconds):>8}   {summary.done / minutes:.1f} articles a minute",
    ]
    codes = Counter(result.code for result in failed)
    lines += [f"  exit code {code}: {number:,}" for code, number in sorted(codes.items())]
    lines += [f"  {_told(result)}" for result in failed[:SHOWN]]
    if len(failed) > SHOWN:
        lines.append(f"  and {len(failed) - SHOWN:,} more; --report FILE has them all")
    if failed:
        lines.append("--retry-failed tries those that failed again.")
    return "\n".join(lines)


def _span(seconds: float) -> str:
    whole = round(seconds)
    if whole >= HOUR_S:
        return f"{whole // HOUR_S} h {whole % HOUR_S // MINUTE_S:02} min"
    if whole >= MINUTE_S:
        return f"{whole // MINUTE_S} min {whole % MINUTE_S:02} s"
    return f"{seconds:.1f} s"


def _told(result: Result) -> str:
    """Return why an article failed, with its name once."""
    message = result.message or ""
    return message if message.startswith(result.source) else f"{result.source}: {message}"
