"""The options that shape an episode, for every command that makes some."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from narrate.cli.options import choice_options, choices_of, emoji_option, lexicon_option, reading_of, reading_options
from narrate.model.settings import Settings
from narrate.settings import AUTO, BITRATES_KBPS, LONGEST_GAP_MS, SAMPLE_RATES_HZ
from narrate.voices.cast import VOICE_FORM, parse_voice

if TYPE_CHECKING:
    from narrate.pipeline import RunOptions

GAPS = ("sentence", "paragraph", "voice", "chapter", "long")
DEFAULTS = Settings()


def _gaps(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, int]:
    gaps = {}
    for value in values:
        kind, equals, ms = value.partition("=")
        if kind not in GAPS or not equals or not ms.isdecimal() or int(ms) > LONGEST_GAP_MS:
            raise click.BadParameter(
                f"'{value}': write KIND=MS, KIND one of {', '.join(GAPS)}, MS up to {LONGEST_GAP_MS}."
            )
        gaps[f"gaps.{kind}"] = int(ms)
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
    """Read one line of text, without signs that cannot be shown."""
    if value is None:
        return None
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())
    if not plain:
        raise click.BadParameter("it must hold some text.")
    return plain


_OPTIONS = (
    click.option("--voice", "voices", multiple=True, callback=_voices, metavar="WHO=VOICE",
                 help=f"Voice for 'reporter' or a full name, {VOICE_FORM}; repeatable."),
    choice_options,
    click.option("--fallback", metavar="ENGINE", help="Engine that speaks what the chosen voices fail to speak."),
    lexicon_option,
    click.option("--gap", "gaps", multiple=True, callback=_gaps, metavar="KIND=MS",
                 help="Silence between sentences, paragraphs, voices or chapters (sentence, paragraph, voice, "
                 "chapter), and more after long sentences (long), in milliseconds; repeatable."),
    click.option("--rate", type=click.IntRange(50, 200),
                 help="How fast all voices speak, in per cent of their own speed.  [default: 100]"),
    click.option("--loudness", type=click.FloatRange(-30, -10),
                 help="Integrated loudness of the episode, in LUFS."
                 f"  [default: {DEFAULTS.target.loudness_lufs}]"),
    click.option("--bitrate", type=click.Choice([AUTO, *(str(kbps) for kbps in BITRATES_KBPS)]),
                 help="Constant bit rate of the MP3s, in kbit/s; auto is 64 for speech at 32 kHz, else 96."
                 "  [default: auto]"),
    click.option("--sample-rate", type=click.Choice([AUTO, *(str(hz) for hz in SAMPLE_RATES_HZ)]),
                 help="Sample rate of the MP3s, in Hz; auto is the lowest that loses nothing, and that of the show.  "
                 "[default: auto]"),
    click.option("--disclosure", callback=plain_text, metavar="TEXT|off",
                 help="Sentence spoken first, to tell that the voices are synthetic."
                 f"  [default: {DEFAULTS.notice}]"),
    emoji_option,
    click.option("--album", callback=plain_text, help=f"Name of the show.  [default: {DEFAULTS.album}]"),
    click.option("--artist", callback=plain_text,
                 help="Who publishes it.  [default: the article's author, else the album]"),
    click.option("--cover", type=click.Path(path_type=Path, exists=True, dir_okay=False, readable=True),
                 help="JPEG or PNG to use instead of a generated cover."),
    click.option("--sign", type=click.Path(), metavar="PEM",
                 help="Sign the MP3s with Content Credentials (C2PA): the certificates, the signer's first."),
    click.option("--sign-key", type=click.Path(), metavar="PEM", help="The private key for --sign."),
    click.option("--sign-tsa", metavar="URL", help="RFC 3161 service to ask for a time stamp; asks the network."),
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


def run_options_from(options: Mapping[str, Any], **own: Any) -> RunOptions:
    """Return what the options of :func:`episode_options` choose for every article.

    Args:
        options: As click gives them.
        own: Further fields of the run options.
    """
    from narrate.pipeline import RunOptions

    choices = choices_of(options, _own_choices(options))
    return RunOptions(choices, reading_of(options), tuple(options["lexicons"]), options["show"], **own)


def _rate(written: str | None) -> int | str | None:
    return written if written in (None, AUTO) else int(written)


def _own_choices(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the command's own options chose, by key."""
    cover = options["cover"]
    return {
        "fallback": options["fallback"],
        "rate": options["rate"],
        "loudness.target": options["loudness"],
        "encoding.bitrate": _rate(options["bitrate"]),
        "encoding.sample_rate": _rate(options["sample_rate"]),
        "disclosure": options["disclosure"],
        "emoji": options["emoji"],
        "title": options["album"],
        "author": options["artist"],
        "cover": cover and str(cover),
        "sign.certificate": options["sign"],
        "sign.key": options["sign_key"],
        "sign.tsa": options["sign_tsa"],
        **options["gaps"],
        **options["voices"],
    }
