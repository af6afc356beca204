"""``narrate cache``: what is remembered, and how to make it less."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from narrate.cli.options import MEGABYTE, Megabytes
from narrate.model.errors import PermissionRefused

if TYPE_CHECKING:
    from narrate.system.cache import Cache


@click.group(epilog="\b\nExamples:\n  narrate cache info\n  narrate cache prune --max-size 500")
def cache() -> None:
    """Show the size of the cache, or shrink it."""


@cache.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def info(as_json: bool) -> None:
    """Show where the cache is, its size and its limit."""
    from narrate.system.cache_limit import most_bytes

    with _opened() as kept:
        sizes = [status.st_size for _, status in kept.entries()]
        most = most_bytes()
        facts = {"folder": str(kept.folder), "entries": len(sizes), "size_bytes": sum(sizes), "most_bytes": most}
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        limit = "no limit" if most is None else f"at most {most / MEGABYTE:,.0f} MB"
        click.echo(f"{kept.folder}  {len(sizes)} entries, {sum(sizes) / MEGABYTE:.1f} MB, {limit}")


@cache.command(epilog="\b\nExample:\n  narrate cache prune --max-size 500")
@click.option(
    "--max-size", type=Megabytes(), required=True, help="How many megabytes of the most recently used entries to keep."
)
def prune(max_size: int) -> None:
    """Remove the least recently used entries."""
    with _opened() as kept:
        _told(kept, kept.prune(max_size))


@cache.command()
def clear() -> None:
    """Clear the cache; the next render speaks everything again."""
    with _opened() as kept:
        _told(kept, kept.clear())


def _told(kept: Cache, removed_bytes: int) -> None:
    left_mb = kept.size_bytes() / MEGABYTE
    click.echo(f"{kept.folder}  removed {removed_bytes / MEGABYTE:.1f} MB, {left_mb:.1f} MB left")


@contextmanager
def _opened() -> Iterator[Cache]:
    """Open the user's cache.

    Raises:
        PermissionRefused: It cannot be written, and nothing is remembered.
    """
    from narrate.system.cache import Cache, default_folder

    kept = Cache(default_folder())
    try:
        if not kept.kept:
            raise PermissionRefused(f"'{default_folder()}' cannot be written; set NARRATE_CACHE_DIR to another folder.")
        yield kept
    finally:
        kept.close()
