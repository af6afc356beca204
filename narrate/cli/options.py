"""Options that several commands share, and the types that read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from narrate.settings import Settings

if TYPE_CHECKING:
    from narrate.lexicon import ScopedLexicon
    from narrate.script.script_file import ScriptFile

MEGABYTE = 1_000_000
DEFAULT_ENGINE = "espeak"


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
        show_default=True, help="What the article is written in.",
    ),
    click.option("--language", metavar="TAG", callback=lambda *given: _language(given[2]),
                 help="Take the article to be in this language (de, de-AT, de-CH), whatever it looks like."),
    click.option("--allow-private-network", is_flag=True, help="Let an address lead into a private network."),
)  # fmt: skip


def _language(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"de(?:-[A-Za-z0-9]{2,8})*", value):
        raise click.BadParameter(f"'{value}': only German is spoken; write de, de-AT or de-CH.")
    return value


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that tell how to read an article.

    Args:
        command: Gets them as ``max_size``, ``written_in``, ``language`` and ``allow_private_network``.
    """
    for option in reversed(_READING):
        command = option(command)
    return command


def open_script(article: str, options: Mapping[str, Any]) -> ScriptFile:
    """Return the script of an article, or the one in a script file with its voices.

    Args:
        article: A file, ``-`` for standard input, or an address.
        options: Those of :func:`reading_options`.
    """
    from narrate.reading import Reading, read_article
    from narrate.reading.source import read_file
    from narrate.script import write_script
    from narrate.script.script_file import SUFFIX, ScriptFile, read_script_file

    if article.endswith(SUFFIX) and "://" not in article:
        return read_script_file(read_file(Path(article), options["max_size"]), article)
    how = Reading(options["max_size"], options["written_in"], options["language"], options["allow_private_network"])
    return ScriptFile(write_script(read_article(article, how=how)), {})


def _lexicons(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> list[tuple[str, str, Path]]:
    """Part engine, voice and file; a file whose own name holds an equals sign is taken whole."""
    found = []
    for value in values:
        scope, equals, file = value.partition("=")
        if not equals or Path(value).exists():
            scope, file = "", value
        engine, colon, voice = scope.partition(":")
        if not file or (equals and file != value and not engine) or (colon and not voice):
            raise click.BadParameter(f"'{value}': write FILE, ENGINE=FILE or ENGINE:VOICE=FILE.")
        found.append((engine, voice, Path(file)))
    return found


lexicon_option = click.option(
    "--lexicon", "lexicons", multiple=True, callback=_lexicons, metavar="[SCOPE=]FILE",
    help="Pronunciations, PLS or columns; for all, for an engine (espeak=FILE) or for a voice (espeak:de+m8=FILE); "
    "repeatable, the last one wins.",
)  # fmt: skip
emoji_option = click.option(
    "--emoji", type=click.Choice(["silent", "named"]), default=Settings().emoji, show_default=True,
    help="Leave emoji out, or call them by name.",
)  # fmt: skip


def scoped_lexicon(engine: str, voice: str, path: Path) -> ScopedLexicon:
    """Read a lexicon as ``--lexicon`` named it."""
    from narrate.lexicon import ScopedLexicon, read_lexicon

    return ScopedLexicon(read_lexicon(path), engine or None, voice or None)


def open_cache(none: bool) -> Any:
    """Return the cache, to be closed; with ``none`` one for this run only."""
    from contextlib import closing

    from narrate.cache import Cache, default_folder

    return closing(Cache(None if none else default_folder()))


def open_cached(name: str, cache: Any) -> Any:
    """Return an engine that remembers, to be closed."""
    from contextlib import closing

    from narrate.cache import CachedEngine
    from narrate.engines import open_engine

    return closing(CachedEngine(open_engine(name), cache))
