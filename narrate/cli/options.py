"""Options that several commands share, and the types that read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from narrate.cli.setting_options import chosen_settings, setting_option
from narrate.model.errors import InputUnreadable

if TYPE_CHECKING:
    from narrate.reading import Reading
    from narrate.script.script_file import ScriptFile
    from narrate.settings import Chosen, Layer

MEGABYTE = 1_000_000
Options = Mapping[str, Any]
"""Options of a command, as click gives them."""


class Megabytes(click.ParamType):
    """A size written as a number of megabytes, handed on as bytes."""

    name = "MB"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the number; it must be above 0."""
        try:
            size = float(value)
        except ValueError:
            size = 0.0
        if not 0 < size < 1e6:
            self.fail(f"'{value}' is not a number of megabytes above 0.", param, ctx)
        return round(size * MEGABYTE)


# Whether it can be read is found by reading it, so that each failure has its own sentence and exit code.
article_argument = click.argument("article", metavar="ARTICLE")
_READING = (
    click.option(
        "--max-size", type=Megabytes(), default="2", show_default=True, help="Largest article to read, in megabytes."
    ),
    click.option(
        "--format", "written_in", type=click.Choice(["auto", "text", "markdown", "html"]), default="auto",
        show_default=True, help="Format of the article.",
    ),
    click.option("--language", metavar="TAG", callback=lambda *given: _language(given[2]),
                 help="Language of the article (de, de-AT, de-CH).  [default: detected]"),
    click.option("--allow-private-network", is_flag=True, help="Allow addresses in private networks."),
)  # fmt: skip


def _language(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"de(?:-[A-Za-z0-9]{2,8})*", value):
        raise click.BadParameter(f"'{value}': only German is spoken; write de, de-AT or de-CH.")
    return value


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that tell how to read an article."""
    for option in reversed(_READING):
        command = option(command)
    return command


def reading_of(options: Options) -> Reading:
    """Return how to read an article."""
    from narrate.reading import Reading

    return Reading(options["max_size"], options["written_in"], options["language"], options["allow_private_network"])


def open_article(article: str, options: Options) -> ScriptFile:
    """Return the script of an article, or the one in a script file with its voices."""
    from narrate.pipeline import ArticleJob, open_script

    return open_script(ArticleJob(article), reading_of(options))


def _lexicons(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> list[tuple[str, str, Path]]:
    if not values:
        return []  # and nothing is imported
    from narrate.pipeline.lexicons import parse_scope

    try:
        return [parse_scope(value) for value in values]
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


lexicon_option = click.option(
    "--lexicon", "lexicons", multiple=True, metavar="[SCOPE=]FILE",
    callback=_lexicons,
    help="Pronunciations, PLS or columns; for all, for an engine (espeak=FILE) or for a voice (espeak:de+m8=FILE); "
    "repeatable, the last one wins.",
)  # fmt: skip


def _settings(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
    from narrate.settings import read_setting

    try:
        return dict(map(read_setting, values))
    except InputUnreadable as error:
        raise click.BadParameter(error.message) from error


_CHOICES = (
    setting_option("engine"),
    click.option("--tld", metavar="TLD", help="Domain of Google's host for the engine gtts: com, de, at, ch …"),
    click.option("--show", type=click.Path(path_type=Path), metavar="DIR",
                 help="Folder of a show, with a show.toml."),
    click.option("--set", "sets", multiple=True, callback=_settings, metavar="KEY=VALUE",
                 help="Any setting by its key, as in gaps.chapter=2000; repeatable."),
)  # fmt: skip


def choice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that stand above configuration files.

    Args:
        command: Gets them as ``engine``, ``tld``, ``show`` and ``sets``; :func:`chosen_from` reads them.
    """
    for option in reversed(_CHOICES):
        command = option(command)
    return command


def choices_of(options: Options, own: Layer | None = None) -> dict[str, Any]:
    """Return what the command line chose, by key of the configuration.

    Args:
        options: Those of :func:`choice_options`.
        own: What else the command line chose, by key; None means not chosen.
    """
    from narrate.settings import read_setting

    tld = options["tld"]
    if tld is not None and not tld.strip():
        raise click.BadParameter("it is empty; write com, de or at.", param_hint="'--tld'")
    above = {**chosen_settings(options), **(own or {}), **options["sets"]}
    try:
        return above | dict([read_setting(f"engines.gtts.tld={tld}")] if tld is not None else [])
    except InputUnreadable as error:
        raise click.BadParameter(error.message, param_hint="'--tld'") from error


def chosen_from(options: Options, own: Layer | None = None, script: Layer | None = None) -> Chosen:
    """Lay a command's options over variables and files.

    Args:
        options: Those of :func:`choice_options`.
        own: What else the command line chose, by key; None means not chosen.
        script: What a script file chose, by key.
    """
    from narrate.settings import choose

    return choose(choices_of(options, own), script, options["show"])


out_option = click.option(
    "--out", metavar="s3://BUCKET/PREFIX",
    help="Object storage to publish the show on, instead of its folder; needs narrate-de[s3].",
)  # fmt: skip


def open_cache(none: bool) -> Any:
    """Return the cache, to be closed; with ``none`` one for this run only."""
    from contextlib import closing

    from narrate.system.cache import Cache, default_folder

    return closing(Cache(None if none else default_folder()))
