"""The options that shape an episode, for every command that makes some."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from narrate.cli.options import Options, choice_options, choices_of, lexicon_option, reading_of, reading_options
from narrate.cli.setting_options import Decorator, setting_option
from narrate.settings import SETTINGS, keys_below
from narrate.settings.kinds import read_text
from narrate.voices.cast import VOICE_FORM, parse_voice

if TYPE_CHECKING:
    from narrate.pipeline import RunOptions


def _gaps(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, int]:
    gaps = {}
    for value in values:
        kind, equals, ms = value.partition("=")
        setting = SETTINGS.get(f"gaps.{kind}")
        if setting is None or not equals:
            raise click.BadParameter(f"'{value}': write KIND=MS, KIND one of {', '.join(keys_below('gaps'))}.")
        try:
            gaps[f"gaps.{kind}"] = setting.kind.read(ms)
        except ValueError as error:
            raise click.BadParameter(f"'{value}': write {error}.") from error
    return gaps


def _voices(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    chosen = {}
    for value in values:
        who, equals, voice = value.rpartition("=")
        if not who or not equals:
            raise click.BadParameter(f"'{value[:60]}': write WHO=VOICE, WHO being 'reporter' or a full name.")
        try:
            parse_voice(voice, "auto")
        except ValueError as error:
            raise click.BadParameter(f"{error}.") from error
        chosen[f"voices.{who.strip()}"] = voice.strip()
    return chosen


def plain_text(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Read one line of text, without characters that cannot be printed."""
    try:
        return None if value is None else read_text(value)
    except ValueError as error:
        raise click.BadParameter("it must hold some text.") from error


_OPTIONS: tuple[Decorator, ...] = (
    click.option("--voice", "voices", multiple=True, callback=_voices, metavar="WHO=VOICE",
                 help=f"Voice for 'reporter' or a full name, {VOICE_FORM}; repeatable."),
    choice_options,
    setting_option("fallback"),
    lexicon_option,
    click.option("--gap", "gaps", multiple=True, callback=_gaps, metavar="KIND=MS",
                 help="Milliseconds of silence between sentences, paragraphs, voices or chapters (sentence, paragraph, "
                 "voice, chapter), and more after long sentences (long); repeatable."),
    *map(setting_option, ("rate", "loudness.target", "encoding.bitrate", "encoding.sample_rate", "disclosure", "emoji",
                          "title", "author")),
    setting_option("cover", click.Path(exists=True, dir_okay=False, readable=True)),
    *map(setting_option, ("sign.certificate", "sign.key", "sign.tsa")),
    reading_options,
)  # fmt: skip


def episode_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that shape an episode.

    Args:
        command: Gets them by their names; :func:`run_options_from` reads them.
    """
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def run_options_from(options: Options, **own: Any) -> RunOptions:
    """Return what the options of :func:`episode_options` choose for every article."""
    from narrate.pipeline import RunOptions

    choices = choices_of(options, {**options["gaps"], **options["voices"]})
    return RunOptions(choices, reading_of(options), tuple(options["lexicons"]), options["show"], **own)
