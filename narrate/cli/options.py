"""Options that several commands share, and the types that read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from narrate.errors import InputUnreadable
from narrate.settings import Settings

if TYPE_CHECKING:
    from narrate.config import Chosen
    from narrate.lexicon import ScopedLexicon
    from narrate.script.script_file import ScriptFile

MEGABYTE = 1_000_000


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
    from narrate.script import write_script
    from narrate.script.script_file import SUFFIX, ScriptFile

    if article.endswith(SUFFIX) and "://" not in article:
        return script_file(Path(article), options["max_size"])
    how = Reading(options["max_size"], options["written_in"], options["language"], options["allow_private_network"])
    return ScriptFile(write_script(read_article(article, how=how)), {})


def script_file(path: Path, largest_bytes: int) -> ScriptFile:
    """Read a script file.

    Args:
        path: ``NAME.script.toml``.
        largest_bytes: What is larger is refused.
    """
    from narrate.reading.source import read_file
    from narrate.script.script_file import read_script_file

    return read_script_file(read_file(path, largest_bytes), str(path))


def _scoped(value: str) -> tuple[str, str, Path]:
    """Part engine, voice and file; a file whose own name holds an equals sign is taken whole.

    Raises:
        BadParameter: It is not written so.
    """
    scope, equals, file = value.partition("=")
    if not equals or Path(value).exists():
        scope, file = "", value
    engine, colon, voice = scope.partition(":")
    if not file or (equals and file != value and not engine) or (colon and not voice):
        raise click.BadParameter(f"'{value}': write FILE, ENGINE=FILE or ENGINE:VOICE=FILE.")
    return engine, voice, Path(file)


lexicon_option = click.option(
    "--lexicon", "lexicons", multiple=True, metavar="[SCOPE=]FILE",
    callback=lambda *given: [_scoped(value) for value in given[2]],
    help="Pronunciations, PLS or columns; for all, for an engine (espeak=FILE) or for a voice (espeak:de+m8=FILE); "
    "repeatable, the last one wins.",
)  # fmt: skip
emoji_option = click.option(
    "--emoji", type=click.Choice(["silent", "named"]),
    help=f"Leave emoji out, or call them by name.  [default: {Settings().emoji}]",
)  # fmt: skip


def _settings(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
    from narrate.config import read_setting

    try:
        return dict(map(read_setting, values))
    except InputUnreadable as error:
        raise click.BadParameter(error.message) from error


_CHOICES = (
    click.option("--engine", metavar="NAME",
                 help="Engine of the voices that name none.  [default: auto, the best that is installed and offline]"),
    click.option("--tld", metavar="TLD", help="Google's host for the engine gtts: com, de, at, ch …"),
    click.option("--show", type=click.Path(path_type=Path), metavar="DIR",
                 help="Folder with a show.toml that sets the rest."),
    click.option("--set", "sets", multiple=True, callback=_settings, metavar="KEY=VALUE",
                 help="Any key of show.toml, as in gaps.chapter=2000; repeatable."),
)  # fmt: skip


def choice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that stand above configuration files.

    Args:
        command: Gets them as ``engine``, ``tld``, ``show`` and ``sets``; :func:`chosen_from` reads them.
    """
    for option in reversed(_CHOICES):
        command = option(command)
    return command


def chosen_from(
    options: Mapping[str, Any], own: Mapping[str, Any] | None = None, script: Mapping[str, Any] | None = None
) -> Chosen:
    """Lay a command's options over variables and files.

    Args:
        options: Those of :func:`choice_options`.
        own: What else the command line chose, by key; None means not chosen.
        script: What a script file chose, by key.
    """
    from narrate.config import choose, read_setting

    tld = options["tld"]
    if tld is not None and not tld.strip():
        raise click.BadParameter("it is empty; write com, de or at.", param_hint="'--tld'")
    above = {"engine": options["engine"], **(own or {})} | options["sets"]
    try:
        above |= dict([read_setting(f"engines.gtts.tld={tld}")] if tld is not None else [])
    except InputUnreadable as error:
        raise click.BadParameter(error.message, param_hint="'--tld'") from error
    return choose(above, script, options["show"])


def lexicons_of(chosen: Chosen, named: Sequence[tuple[str, str, Path]]) -> list[ScopedLexicon]:
    """Read the pronunciations of ``--lexicon`` and of the configuration, the most important last.

    Args:
        chosen: Its ``lexicon.files`` and ``lexicon.words``.
        named: As ``--lexicon`` parted them.
    """
    from narrate.lexicon import Lexicon, ScopedLexicon, read_lexicon
    from narrate.lexicon.entries import make_entry

    listed = [_scoped(value) for value in chosen["lexicon.files"]]
    found = [ScopedLexicon(read_lexicon(path), engine or None, voice or None) for engine, voice, path in listed]
    words = chosen.table("lexicon.words")
    if words:
        entries = (
            make_entry(word, said, None, chosen.origins[f"lexicon.words.{word}"]) for word, said in words.items()
        )
        found.append(ScopedLexicon(Lexicon(tuple(entries)), None, None))
    return found + [ScopedLexicon(read_lexicon(path), engine or None, voice or None) for engine, voice, path in named]


def open_cache(none: bool) -> Any:
    """Return the cache, to be closed; with ``none`` one for this run only."""
    from contextlib import closing

    from narrate.cache import Cache, default_folder

    return closing(Cache(None if none else default_folder()))
