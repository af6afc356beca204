"""``narrate render``: the episode."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing, nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from narrate.cast import VOICE_FORM, Cast, parse_voice
from narrate.cli.options import (
    article_argument,
    choice_options,
    chosen_from,
    emoji_option,
    lexicon_option,
    lexicons_of,
    open_cache,
    open_script,
    reading_options,
)
from narrate.cli.placing import NO_FEED, place, write_show
from narrate.config import BITRATES_KBPS, LONGEST_GAP_MS, SAMPLE_RATES_HZ, Chosen, show_folder
from narrate.model import Script
from narrate.settings import Announcements, Encoding, Gaps, Music, Settings, Target

if TYPE_CHECKING:
    from narrate.lexicon import ScopedLexicon

OFF = "off"
PARTS = ("intro", "outro", "chapter_jingle", "bed")
ANNOUNCED = ("opening", "chapter", "closing")
GAPS = ("sentence", "paragraph", "voice", "chapter")
DEFAULTS = Settings()
NO_NOTICE = "--disclosure off: the sound does not say that its voices are synthetic; tags and manifest still do."

SHARED = "There are more speakers than voices that can be told apart; some share one."
NO_CACHE = (
    "The cache folder cannot be written; what is spoken now is not kept for the next run (NARRATE_CACHE_DIR moves it)."
)


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


def _date(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"'{value}' is not a day; write YYYY-MM-DD.") from None


def _text(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())
    if not plain:
        raise click.BadParameter("it must hold some text.")
    return plain


@click.command(
    epilog="\b\nExamples:\n  narrate render article.txt\n"
    "  narrate render article.txt -o out --voice reporter=de+steph --gap chapter=2000\n"
    "  narrate render article.txt --engine edge --fallback espeak"
)
@article_argument
@click.option("-o", "--output", type=click.Path(path_type=Path),
              help="Folder for the files.  [default: audio/<slug>, or <slug> in the folder of --show]")  # fmt: skip
@click.option("--voice", "voices", multiple=True, callback=_voices, metavar="WHO=VOICE",
              help=f"Voice for 'reporter' or a full name, {VOICE_FORM}; repeatable.")  # fmt: skip
@choice_options
@click.option("--fallback", metavar="ENGINE", help="Engine that speaks what the chosen voices fail to speak.")
@lexicon_option
@click.option("--gap", "gaps", multiple=True, callback=_gaps, metavar="KIND=MS",
              help="Silence between sentences, paragraphs, voices or chapters (sentence, paragraph, voice, chapter), "
              "in milliseconds; repeatable.")  # fmt: skip
@click.option("--loudness", type=click.FloatRange(-30, -10),
              help="Integrated loudness of the episode, in LUFS."
              f"  [default: {DEFAULTS.target.loudness_lufs}]")  # fmt: skip
@click.option("--bitrate", type=click.Choice([str(kbps) for kbps in BITRATES_KBPS]),
              help="Constant bit rate of the MP3s, in kbit/s."
              f"  [default: {DEFAULTS.encoding.bitrate_kbps}]")  # fmt: skip
@click.option("--sample-rate", type=click.Choice([str(hz) for hz in SAMPLE_RATES_HZ]),
              help=f"Sample rate of the MP3s, in Hz.  [default: {DEFAULTS.encoding.sample_rate_hz}]")  # fmt: skip
@click.option("--disclosure", callback=_text, metavar="TEXT|off",
              help="Sentence spoken first, to tell that the voices are synthetic."
              f"  [default: {DEFAULTS.notice}]")  # fmt: skip
@emoji_option
@click.option("--date", "published", callback=_date, metavar="YYYY-MM-DD", help="Day of publication.")
@click.option("--album", callback=_text, help=f"Name of the show.  [default: {DEFAULTS.album}]")
@click.option("--artist", callback=_text, help="Who publishes it.  [default: the article's author, else the album]")
@click.option("--cover", type=click.Path(path_type=Path, exists=True, dir_okay=False, readable=True),
              help="JPEG or PNG to use instead of a generated cover.")  # fmt: skip
@click.option("--slug", callback=_text, help="Name for folder and file.  [default: from the title]")
@click.option("--sign", type=click.Path(), metavar="PEM",
              help="Sign the MP3s with Content Credentials (C2PA): the certificates, the signer's first.")  # fmt: skip
@click.option("--sign-key", type=click.Path(), metavar="PEM", help="The private key for --sign.")
@click.option("--sign-tsa", metavar="URL", help="RFC 3161 service to ask for a time stamp; asks the network.")
@click.option("--page", is_flag=True, help="Make a page to listen and read along; with --show it is always made.")
@click.option("--clips-only", is_flag=True, help="Make only the clips, one a chapter, and not the whole episode.")
@reading_options
@click.option("--no-cache", is_flag=True, help="Neither use nor keep what was spoken before.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Tell the cast, the chapters and every file.")
def render(article: str, as_json: bool, quiet: bool, verbose: bool, **options: Any) -> None:
    """Make an episode of an article: MP3 with chapters, clips, chapter list, transcripts, manifest.

    With --show it becomes an episode of that show, or the newer version of one, and the show's feed is written.

    ARTICLE is a file (text, Markdown, HTML), a script file, an address (https://…), or - for standard input.
    """
    from narrate.cli.engines import Engines, cast_for
    from narrate.cli.report import Report
    from narrate.produce import render as produce

    own = _own_choices(options)
    chosen = chosen_from(options, own)
    warnings: list[str] = []
    with ExitStack() as stack:
        cache = stack.enter_context(open_cache(options["no_cache"]))
        if not (cache.kept or options["no_cache"]):
            warnings.append(NO_CACHE)
        engines = stack.enter_context(closing(Engines(chosen, cache)))
        engines.prepare(chosen.table("voices").values())
        lexicons = lexicons_of(chosen, options["lexicons"])
        opened = open_script(article, options)
        chosen = chosen_from(options, own, {f"voices.{who}": voice for who, voice in opened.voices.items()})
        settings = _settings(chosen, options)
        warnings += [] if settings.notice else [NO_NOTICE]
        cast = cast_for(opened.script, chosen, engines)
        warnings += [SHARED] if len(cast.voices()) < len(cast.speakers) + 1 else []
        warnings += _without_voice(options["lexicons"], lexicons, cast)
        bar = stack.enter_context(_bar(opened.script, quiet))
        to = place(opened.script, article, settings, options, chosen)
        rendered = produce(opened.script, cast, to.settings, to.folder, engines, cache, bar, lexicons, to.release)
        if to.show is not None:
            warnings += write_show(to.show, cache)
        elif show_folder(options["show"]) and not options["output"]:
            warnings.append(NO_FEED)
        chosen_by_us = engines.automatic and any(voice.engine == engines.name for voice in cast.voices())
        advice = engines.advice() if chosen_by_us else None
    report = Report(as_json, quiet, verbose)
    report.tell(rendered.folder, rendered.manifest, rendered.unchanged, [*warnings, *rendered.warnings])
    if advice and not (quiet or as_json or rendered.unchanged):
        click.echo(f"narrate: {advice}", err=True)


def _own_choices(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the command's own options chose, by key."""
    cover = options["cover"]
    return {
        "fallback": options["fallback"],
        "loudness.target": options["loudness"],
        "encoding.bitrate": options["bitrate"] and int(options["bitrate"]),
        "encoding.sample_rate": options["sample_rate"] and int(options["sample_rate"]),
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


def _without_voice(chosen: Sequence[tuple[str, str, Path]], lexicons: Sequence[ScopedLexicon], cast: Cast) -> list[str]:
    """Return a warning for each lexicon that fits nobody who speaks."""
    return [
        f"--lexicon {engine}{':' if voice else ''}{voice}={path}: nobody speaks with that voice here; it is not used."
        for (engine, voice, path), lexicon in zip(chosen, lexicons[len(lexicons) - len(chosen) :], strict=True)
        if not any(map(lexicon.fits, cast.voices()))
    ]


def _settings(chosen: Chosen, options: Mapping[str, Any]) -> Settings:
    notice, cover = chosen["disclosure"], chosen["cover"]
    return Settings(
        gaps=Gaps(**{f"{kind}_ms": chosen[f"gaps.{kind}"] for kind in GAPS}),
        target=Target(chosen["loudness.target"], chosen["loudness.ceiling"]),
        encoding=Encoding(chosen["encoding.bitrate"], chosen["encoding.sample_rate"]),
        notice=None if notice == "off" else notice,
        album=chosen["title"],
        artist=chosen["author"],
        published=options["published"],
        cover=Path(cover) if cover else None,
        slug=options["slug"],
        emoji=chosen["emoji"],
        clips_only=options["clips_only"],
        page=options["page"],
        music=_music(chosen),
        announcements=Announcements(**{part: _unless_off(chosen[f"announce.{part}"]) for part in ANNOUNCED}),
    )


def _music(chosen: Chosen) -> Music:
    files = {part: _unless_off(chosen[f"music.{part}"]) for part in PARTS}
    return Music(
        **{part: Path(name) for part, name in files.items() if name},
        level_lu=chosen["music.level"],
        bed_level_lu=chosen["music.bed_level"],
        fade_ms=chosen["music.fade_ms"],
    )


def _unless_off(value: str | None) -> str | None:
    return None if value is None or value.casefold() == OFF else value


def _bar(script: Script, quiet: bool) -> Any:
    if quiet or not sys.stderr.isatty():
        return nullcontext()
    from narrate.cli.progress import Bar

    return Bar(script)
