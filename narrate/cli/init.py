"""``narrate init``: a new show."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from narrate.model.errors import OutputRefused
from narrate.settings import SHOW_FILE, read_setting

TEMPLATE = """\
# A show: what its feed says, and how its episodes are made. "narrate config show --show DIR --origin" lists every key.
title = {title}
author = {author}
description = {description}
language = {language}
category = {category}
explicit = false
base_url = {base_url}
# link = "https://example.org"              # the show's web site; otherwise the index page
# cover = "cover.png"                       # square, 1400 to 3000 pixels; otherwise one is drawn
# copyright = "Beispielverlag"
# [owner]                                   # published in the feed
# name = "Redaktion"
# email = "podcast@example.org"
# [funding]
# url = "https://example.org/spenden"
# text = "Unterstützen"
# [voices]
# reporter = "pico:de-DE"
"""
ASKED = {
    "title": "Title of the show",
    "author": "Who publishes it",
    "base_url": "Address where the folder will be served (https://…)",
}


@click.command(epilog="\b\nExample:\n  narrate init podcast --title 'Zum Hören' --author Redaktion "
               "--base-url https://example.org/podcast")  # fmt: skip
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", help="Title of the show.")
@click.option("--author", help="Who publishes the show.")
@click.option("--base-url", metavar="URL", help="Where the folder will be served, https://…")
@click.option("--description", help="What the show is about.")
@click.option("--language", metavar="TAG", help="BCP 47.  [default: de]")
@click.option("--category", help="Category of Apple Podcasts, as in 'News > Politics'.  [default: News]")
def init(folder: Path, **options: str | None) -> None:
    """Create a show: a folder with a show.toml, for narrate render --show DIR.

    What is needed and not given is asked for on a terminal, and never elsewhere.
    """
    from narrate.show.categories import parse_category
    from narrate.system.files import Staging

    path = folder / SHOW_FILE
    if path.exists():
        raise OutputRefused(f"'{path}' exists already; edit it, or name another folder.")
    values: dict[str, str] = {"description": "", "language": "de", "category": "News"}
    for key, given in options.items():
        if given is not None:
            values[key] = _read(key, given)
    if not any(options.values()) and sys.stdin.isatty():
        values |= {key: _read(key, click.prompt(question, err=True)) for key, question in ASKED.items()}
    missing = [f"--{key.replace('_', '-')}" for key in ASKED if key not in values]
    if missing:
        raise click.UsageError(f"Give {', '.join(missing)} too.")
    try:
        parse_category(values["category"])
    except ValueError as error:
        raise click.BadParameter(f"'{values['category']}': write {error}.", param_hint="'--category'") from error
    values["description"] = values["description"] or f"{values['title']}: Artikel zum Anhören."
    with Staging(folder) as staging:
        staging.write(SHOW_FILE, [TEMPLATE.format(**{key: _toml(value) for key, value in values.items()}).encode()])
        staging.publish()
    click.echo(str(path))
    click.echo(f"narrate: Add an episode: narrate render ARTICLE --show {folder}", err=True)


def _read(key: str, given: str) -> Any:
    return read_setting(f"{key}={given}")[1]


def _toml(text: str) -> str:
    """Write a TOML string; JSON's escapes are TOML's, but for what JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
