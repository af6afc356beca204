"""``narrate voices``: what there is to choose from."""

from __future__ import annotations

import json
from dataclasses import asdict

import click


@click.command(epilog="\b\nExample:\n  narrate render article.txt --voice reporter=de+steph")
@click.option("--json", "as_json", is_flag=True, help="Print the voices as JSON.")
def voices(as_json: bool) -> None:
    """List the voices a cast is chosen from, in the order of the choice."""
    from narrate.cli.options import DEFAULT_ENGINE
    from narrate.engines import open_engine

    engine = open_engine(DEFAULT_ENGINE)
    try:
        found = engine.voices()
    finally:
        engine.close()
    if as_json:
        click.echo(json.dumps([asdict(voice) for voice in found], ensure_ascii=False, indent=1))
        return
    for voice in found:
        shift = f"@{voice.pitch_semitones:g}" if voice.pitch_semitones else ""
        kind = {"f": "female", "m": "male", None: ""}[voice.gender]
        click.echo(f"{voice.engine}:{voice.name}{shift}".ljust(24) + kind)
