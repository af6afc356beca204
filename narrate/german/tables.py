"""Data files of the package: tab-separated, ``#`` begins a comment line."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a table of ``narrate/german/data``, without comments."""
    text = files("narrate.german").joinpath("data", f"{name}.tsv").read_text("utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))


def pairs(name: str) -> dict[str, str]:
    """Return a table of two columns as a dictionary."""
    return {row[0]: row[1] for row in rows(name)}
