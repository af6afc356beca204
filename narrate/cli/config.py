"""``narrate config``: what is chosen, and where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from narrate.cli.options import MEGABYTE, choice_options, chosen_from
from narrate.settings import SETTINGS

LARGEST_SCRIPT_BYTES = 2 * MEGABYTE


@click.group()
def config() -> None:
    """Show every setting and where it comes from."""


@config.command(epilog="\b\nExample:\n  narrate config show --origin --show mein-podcast")
@click.argument("script", metavar="[SCRIPT]", required=False)
@choice_options
@click.option("--origin", is_flag=True, help="Show where each value comes from, instead of what it is.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def show(script: str | None, origin: bool, as_json: bool, **options: Any) -> None:
    """Print every setting as TOML, as a render would use it; SCRIPT is a script file with voices."""
    from narrate.pipeline.opening import read_script

    voices = {} if script is None else read_script(Path(script), LARGEST_SCRIPT_BYTES).voices
    chosen = chosen_from(options, None, {f"voices.{who}": voice for who, voice in voices.items()})
    if as_json:
        listed = {key: {"value": value, "origin": chosen.origins[key]} for key, value in chosen.values.items()}
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    for key, value in chosen.values.items():
        # A key that nobody chose and that has no default is left out of TOML, which has no null.
        written = "# " * (value is None) + f"{_key(key)} = {json.dumps(value, ensure_ascii=False)}"
        about = SETTINGS[key].about if key in SETTINGS else ""
        remark = chosen.origins[key] if origin else about
        click.echo(f"{written:60}  # {remark}" if remark else written)


def _key(key: str) -> str:
    """Write a key as TOML has it: names with spaces in quotation marks."""
    parts = key.split(".", 2) if key.startswith("engines.") else key.split(".", 1)
    return ".".join(
        part
        if part.replace("_", "a").replace("-", "a").isalnum() and part.isascii()
        else json.dumps(part, ensure_ascii=False)
        for part in parts
    )
