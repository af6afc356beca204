"""Options for those who watch over a run: records of what happens, and where the time went."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import click

from narrate.system import log

BEGUN = time.perf_counter()


def _configure(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Configure once both options are known; click calls this for each."""
    chosen = ctx.meta.setdefault("narrate.log", {})
    chosen[param.name] = value
    if len(chosen) == len(_OPTIONS):
        log.configure(chosen["log_format"], chosen["log_level"])
    return value


_OPTIONS = (
    click.option("--log-format", type=click.Choice(log.FORMATS), expose_value=False, callback=_configure,
                 help="Write a log to stderr, as lines of text or of JSON."),
    click.option("--log-level", type=click.Choice(log.LEVELS), expose_value=False, callback=_configure,
                 help="Lowest level to write; debug has a record for each segment.  "
                 "[default: info, with --log-format]"),
)  # fmt: skip


def log_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which records are written."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def profile_facts(stages: Mapping[str, float]) -> dict[str, float]:
    """Return where the time of this process went, in seconds; what belongs to no stage is loading and preparing."""
    whole = time.perf_counter() - BEGUN
    named = {**stages, "other": max(0.0, whole - sum(stages.values())), "total": whole}
    return {name: round(seconds, log.MILLISECONDS) for name, seconds in named.items()}


def profile_table(facts: Mapping[str, float]) -> str:
    """Return where the time went, for people."""
    width = max(map(len, facts))
    return "\n".join(
        f"{name:<{width}}  {seconds:7.3f} s  {seconds / facts['total']:4.0%}" for name, seconds in facts.items()
    )
