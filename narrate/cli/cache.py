"""``narrate cache``: what is remembered, and how to make it less."""

from __future__ import annotations

import click

from narrate.cli.options import MEGABYTE, Megabytes


@click.command(epilog="\b\nExample:\n  narrate cache --prune 500")
@click.option("--prune", type=Megabytes(), help="Remove the entries unused for longest until this many are left.")
def cache(prune: int | None) -> None:
    """Show where speech is remembered and how much of it there is, or make it less."""
    from narrate.cache import Cache, default_folder

    kept = Cache(default_folder())
    try:
        if prune is not None:
            removed = kept.prune(prune)
            click.echo(f"removed {removed / MEGABYTE:.1f} MB", err=True)
        click.echo(f"{kept.folder}  {kept.size_bytes() / MEGABYTE:.1f} MB")
    finally:
        kept.close()
