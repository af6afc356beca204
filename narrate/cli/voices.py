"""``narrate voices``: what there is to choose from, to hear, and to install."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from narrate.cli.options import MEGABYTE, choice_options, chosen_from
from narrate.model.errors import NarrateError
from narrate.voices.cast import voice_text

if TYPE_CHECKING:
    from narrate.settings import Chosen
    from narrate.voices.engines import Engine, Offer

HEADINGS = ("VOICE", "GENDER", "LANGUAGE", "QUALITY", "LICENCE", "TEXT GOES", "INSTALLED", "F0")
GENDERS = {"f": "female", "m": "male", None: "-"}
SENTENCE = "Guten Tag. Am 3. Mai kamen 1.200 Gäste zum Markt am Fluss, und alle wollten etwas hören."


@click.group(
    invoke_without_command=True,
    epilog="\b\nExamples:\n  narrate voices --installed --gender f\n"
    "  narrate voices preview piper:de_DE-thorsten-medium\n  narrate voices install de_DE-thorsten-medium",
)
@choice_options
@click.option("--gender", type=click.Choice(["f", "m"]), help="Only female or male voices.")
@click.option("--language", metavar="TAG", help="Only voices of this language, as in de-AT; de includes all of them.")
@click.option("--installed", is_flag=True, help="Only voices that are installed.")
@click.option("--offline", is_flag=True, help="Only voices that send no text to a service.")
@click.option("--json", "as_json", is_flag=True, help="Print the voices as JSON.")
@click.pass_context
def voices(ctx: click.Context, /, as_json: bool, **options: Any) -> None:
    """List every voice as --voice takes it; play one; install one.

    Nothing is asked of the network, unless --engine names an engine whose service has a list of its own.
    """
    if ctx.invoked_subcommand is not None:
        return
    named = options["engine"]
    found = [offer for offer in _offers(chosen_from(options), named) if _wanted(offer, options)]
    if as_json:
        click.echo(json.dumps([_facts(offer) for offer in found], ensure_ascii=False, indent=1))
    elif found:
        click.echo("\n".join(_table([HEADINGS, *map(_row, found)])))
    else:
        click.echo("narrate: No voice is like that; leave a filter out.", err=True)


def _offers(chosen: Chosen, named: str | None) -> Iterator[Offer]:
    """Yield what every engine offers; one that fails is reported and left out."""
    from narrate.voices.engines import engine_names, open_engine

    for name in [named] if named else engine_names():
        try:
            engine = open_engine(name, chosen.table(f"engines.{name}"))
            with closing(engine):
                yield from _offers_of(engine, ask=named is not None)
        except NarrateError as error:
            if named:
                raise
            click.echo(f"narrate: warning: {error.message}", err=True)


def _offers_of(engine: Engine, ask: bool) -> list[Offer]:
    """Return an engine's offers, voices for a cast first; where its service cannot be asked, the shipped list."""
    try:
        offers = engine.offers(ask)
    except NarrateError as error:
        offers = engine.offers()
        click.echo(f"narrate: warning: {error.message} This is the list as it was shipped.", err=True)
    pool = list(engine.voices())
    return sorted(offers, key=lambda offer: pool.index(offer.voice) if offer.voice in pool else len(pool))


def _wanted(offer: Offer, options: dict[str, object]) -> bool:
    voice, language = offer.voice, options["language"]
    return (
        options["gender"] in {None, voice.gender}
        and (language is None or f"{voice.language}-".lower().startswith(f"{language}-".lower()))
        and (offer.installed or not options["installed"])
        and not (offer.network and options["offline"])
    )


def _facts(offer: Offer) -> dict[str, object]:
    facts = asdict(offer)
    voice: dict[str, object] = facts.pop("voice")
    return {"voice": voice_text(offer.voice), **voice, **facts}


def _row(offer: Offer) -> tuple[str, ...]:
    voice = offer.voice
    return (
        voice_text(voice),
        GENDERS[voice.gender],
        voice.language,
        offer.quality,
        offer.licence,
        "to a service" if offer.network else "nowhere",
        "yes" if offer.installed else "no",
        f"{offer.f0_hz:.0f} Hz" if offer.f0_hz else "-",
    )


def _table(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


@voices.command(epilog="\b\nExample:\n  narrate voices preview edge:de-DE-KatjaNeural -o katja.mp3")
@click.argument("voice")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False),
              help="Output file (.wav or .mp3).  [default: play it]")  # fmt: skip
@click.option("--text", default=SENTENCE, help="Text to speak instead of the usual sentence.")
@choice_options
@click.pass_context
def preview(ctx: click.Context, /, voice: str, output: Path | None, text: str, **options: Any) -> None:
    """Play a voice; VOICE is written as in the list."""
    from narrate.cli.say import say

    ctx.invoke(say, text=text, output=output, voice=voice, lexicons=[], emoji=None, verbose=False, **options)


@voices.command(epilog="\b\nExample:\n  narrate voices install de_DE-thorsten-medium")
@click.argument("name")
@click.option("--accept-licence", is_flag=True, help="Accept a licence that forbids commercial use.")
@click.option(
    "--url", metavar="URL", help="Address of a folder with a voices.json; NARRATE_PIPER_URL sets it permanently."
)
@choice_options
def install(name: str, accept_licence: bool, url: str | None, **options: Any) -> None:
    """Download and verify a Piper voice, and install it for this user.

    The list is asked for, and the model; nothing else is sent. NARRATE_DATA_DIR names another folder. An interrupted
    installation goes on where it stopped.
    """
    from narrate.voices.engines.piper.folder import named_folder
    from narrate.voices.engines.piper.install import fetch
    from narrate.voices.engines.piper.server import look_up

    into = named_folder(chosen_from(options).table("engines.piper").get("folder"))
    found = look_up(name, url)
    click.echo(f"{found.name}: {found.size_bytes / MEGABYTE:.0f} MB, licence: {found.licence}", err=True)
    bar: Any = click.progressbar(length=found.size_bytes, file=sys.stderr)
    with bar:
        model, _ = fetch(found, accept_licence, lambda done, total: bar.update(done - bar.pos), into)
    click.echo(str(model))
