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
    """Show what is remembered of earlier renders, or make it less."""


@cache.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def info(as_json: bool) -> None:
    """Show where speech is remembered, how much, and how much it may become."""
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
@click.option("--max-size", type=Megabytes(), required=True, help="Keep this many megabytes, the last used ones.")
def prune(max_size: int) -> None:
    """Remove the entries unused for longest until the rest fits."""
    with _opened() as kept:
        _told(kept, kept.prune(max_size))


@cache.command()
def clear() -> None:
    """Remove everything that is remembered; the next render speaks it again."""
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
