"""``narrate render``: the episode."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from narrate.cast import Cast, make_cast, parse_voice
from narrate.cli.main import result
from narrate.cli.options import (
    DEFAULT_ENGINE,
    article_argument,
    emoji_option,
    lexicon_option,
    open_cache,
    open_cached,
    open_script,
    reading_options,
    scoped_lexicon,
)
from narrate.errors import EngineUnavailable, InputUnreadable
from narrate.model import Script, Voice
from narrate.settings import Encoding, Gaps, Settings, Target

if TYPE_CHECKING:
    from narrate.lexicon import ScopedLexicon

OUTPUT = Path("audio")
GAPS = ("sentence", "paragraph", "voice", "chapter")
LONGEST_GAP_MS = 10_000
DEFAULTS = Settings()
NO_NOTICE = "--disclosure off: the sound does not say that its voices are synthetic; tags and manifest still do."

NO_CACHE = (
    "The cache folder cannot be written; what is spoken now is not kept for the next run (NARRATE_CACHE_DIR moves it)."
)


def _gaps(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> Gaps:
    gaps = Gaps()
    for value in values:
        kind, equals, ms = value.partition("=")
        if kind not in GAPS or not equals or not ms.isdecimal() or int(ms) > LONGEST_GAP_MS:
            raise click.BadParameter(
                f"'{value}': write KIND=MS, KIND one of {', '.join(GAPS)}, MS up to {LONGEST_GAP_MS}."
            )
        gaps = replace(gaps, **{f"{kind}_ms": int(ms)})
    return gaps


def _voices(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, Voice]:
    chosen = {}
    for value in values:
        who, equals, voice = value.rpartition("=")
        if not who or not equals:
            raise click.BadParameter(f"'{value}': write WHO=VOICE, WHO being 'reporter' or a full name.")
        try:
            chosen[who.strip()] = parse_voice(voice.strip(), DEFAULT_ENGINE)
        except ValueError as error:
            raise click.BadParameter(f"{error}.") from error
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
    "  narrate render article.txt -o out --voice reporter=de+steph --gap chapter=2000"
)
@article_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder for the files.  [default: audio/<slug>]")
@click.option("--voice", "voices", multiple=True, callback=_voices, metavar="WHO=VOICE",
              help="Voice for 'reporter' or a full name, [ENGINE:]NAME[@SEMITONES]; repeatable.")  # fmt: skip
@lexicon_option
@click.option("--gap", "gaps", multiple=True, callback=_gaps, metavar="KIND=MS",
              help="Silence between sentences, paragraphs, voices or chapters (sentence, paragraph, voice, chapter), "
              "in milliseconds; repeatable.")  # fmt: skip
@click.option("--loudness", type=click.FloatRange(-30, -10), default=DEFAULTS.target.loudness_lufs, show_default=True,
              help="Integrated loudness of the episode, in LUFS.")  # fmt: skip
@click.option("--bitrate", type=click.Choice(["64", "80", "96", "112", "128", "160", "192", "224", "256", "320"]),
              default="96", show_default=True, help="Constant bit rate of the MP3s, in kbit/s.")  # fmt: skip
@click.option("--sample-rate", type=click.Choice(["44100", "48000"]), default="44100", show_default=True,
              help="Sample rate of the MP3s, in Hz.")  # fmt: skip
@click.option("--disclosure", default=DEFAULTS.notice, show_default=True, callback=_text, metavar="TEXT|off",
              help="Sentence spoken first, to tell that the voices are synthetic.")  # fmt: skip
@emoji_option
@click.option("--date", "published", callback=_date, metavar="YYYY-MM-DD", help="Day of publication.")
@click.option("--album", default=DEFAULTS.album, show_default=True, callback=_text, help="Name of the show.")
@click.option("--artist", callback=_text, help="Who publishes it.  [default: the article's author, else the album]")
@click.option("--cover", type=click.Path(path_type=Path, exists=True, dir_okay=False, readable=True),
              help="JPEG or PNG to use instead of a generated cover.")  # fmt: skip
@click.option("--slug", callback=_text, help="Name for folder and file.  [default: from the title]")
@reading_options
@click.option("--no-cache", is_flag=True, help="Neither use nor keep what was spoken before.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Tell the cast, the chapters and every file.")
def render(article: str, as_json: bool, quiet: bool, verbose: bool, **options: Any) -> None:
    """Make an episode of an article: MP3 with chapters, clips, chapter list, transcript, manifest.

    ARTICLE is a file (text, Markdown, HTML), a script file, an address (https://…), or - for standard input.
    """
    from narrate.produce import render as produce

    settings = _settings(options)
    warnings = [] if settings.notice else [NO_NOTICE]
    with ExitStack() as stack:
        cache = stack.enter_context(open_cache(options["no_cache"]))
        if not (cache.kept or options["no_cache"]):
            warnings.append(NO_CACHE)
        engines: dict[str, Any] = {}
        _open_engines({DEFAULT_ENGINE, *(voice.engine for voice in options["voices"].values())}, engines, cache, stack)
        lexicons = [scoped_lexicon(*chosen) for chosen in options["lexicons"]]
        opened = open_script(article, options)
        script = opened.script
        named = _file_voices(opened.voices, article)
        _open_engines({voice.engine for voice in named.values()}, engines, cache, stack)
        wanted = {who: _as_listed(voice, engines) for who, voice in named.items()} | options["voices"]
        cast = _cast(script, engines[DEFAULT_ENGINE].voices(), wanted, warnings)
        warnings += _without_voice(options["lexicons"], lexicons, cast)
        bar = stack.enter_context(_bar(script, quiet))
        folder = _folder(script, settings, options["output"])
        rendered = produce(script, cast, settings, folder, engines, cache, bar, lexicons)
    report = Report(as_json, quiet, verbose)
    report.tell(rendered.folder, rendered.manifest, rendered.unchanged, [*warnings, *rendered.warnings])


def _open_engines(names: set[str], engines: dict[str, Any], cache: Any, stack: ExitStack) -> None:
    """Open the engines that are not open yet; they begin to start at once."""
    for name in names - engines.keys():
        engines[name] = stack.enter_context(open_cached(name, cache))
        engines[name].prepare()


def _file_voices(voices: Mapping[str, str], article: str) -> dict[str, Voice]:
    """Read the voices that a script file names."""
    try:
        return {who: parse_voice(voice, DEFAULT_ENGINE) for who, voice in voices.items()}
    except ValueError as error:
        raise InputUnreadable(f"{article}: {error}; correct it under [cast].") from error


def _as_listed(voice: Voice, engines: Mapping[str, Any]) -> Voice:
    """Return a voice with the rate and gender that its engine lists it with."""
    facts = (voice.name, voice.pitch_semitones)
    listed = (one for one in engines[voice.engine].voices() if (one.name, one.pitch_semitones) == facts)
    return next(listed, voice)


def _without_voice(chosen: Sequence[tuple[str, str, Path]], lexicons: Sequence[ScopedLexicon], cast: Cast) -> list[str]:
    """Return a warning for each lexicon that fits nobody who speaks."""
    return [
        f"--lexicon {engine}{':' if voice else ''}{voice}={path}: nobody speaks with that voice here; it is not used."
        for (engine, voice, path), lexicon in zip(chosen, lexicons, strict=True)
        if not any(map(lexicon.fits, cast.voices()))
    ]


def _settings(options: Mapping[str, Any]) -> Settings:
    notice = options["disclosure"]
    return Settings(
        gaps=options["gaps"],
        target=Target(options["loudness"]),
        encoding=Encoding(int(options["bitrate"]), int(options["sample_rate"])),
        notice=None if notice == "off" else notice,
        album=options["album"],
        artist=options["artist"],
        published=options["published"],
        cover=options["cover"],
        slug=options["slug"],
        emoji=options["emoji"],
    )


def _folder(script: Script, settings: Settings, output: Path | None) -> Path:
    from narrate.publish.slug import slug

    return output or OUTPUT / slug(settings.slug or script.title)


def _cast(script: Script, pool: Any, wanted: Mapping[str, Voice], warnings: list[str]) -> Cast:
    known = {"reporter", *(speaker.name for speaker in script.speakers())}
    unknown = sorted(set(wanted) - known)
    if unknown:
        raise EngineUnavailable(
            f"Nobody called '{unknown[0]}' speaks in this article; --voice knows: {', '.join(sorted(known))}."
        )
    cast = make_cast(script, pool, wanted)
    if len(cast.voices()) < len(cast.speakers) + 1:
        warnings.append("There are more speakers than voices that can be told apart; some share one.")
    return cast


def _bar(script: Script, quiet: bool) -> Any:
    if quiet or not sys.stderr.isatty():
        return nullcontext()
    from narrate.cli.progress import Bar

    return Bar(script)


class Report:
    """What is said at the end: results on stdout, remarks on stderr."""

    def __init__(self, as_json: bool, quiet: bool, verbose: bool) -> None:
        self._as_json, self._quiet, self._verbose = as_json, quiet, verbose

    def tell(self, folder: Path, manifest: Mapping[str, Any], unchanged: bool, warnings: list[str]) -> None:
        """Tell what a render came to."""
        episode = folder / f"{manifest['slug']}.mp3"
        for warning in warnings:
            click.echo(f"narrate: warning: {warning}", err=True)
        if self._as_json:
            shown = {
                key: manifest[key] for key in ("title", "slug", "duration_ms", "loudness_lufs", "chapters", "files")
            }
            shown |= {"folder": str(folder), "episode": str(episode), "unchanged": unchanged}
            click.echo(json.dumps(result([shown], warnings), ensure_ascii=False))
        elif not self._quiet:
            click.echo(str(episode))
        if not self._quiet:
            click.echo(self._summary(manifest, unchanged), err=True)

    def _summary(self, manifest: Mapping[str, Any], unchanged: bool) -> str:
        minutes, seconds = divmod(round(manifest["duration_ms"] / 1000), 60)
        if unchanged:
            return "Nothing has changed; the episode is up to date."
        counts = [_count(len(manifest["chapters"]), "chapter"), _count(len(manifest["cast"]), "voice")]
        lines = [f"{minutes}:{seconds:02} min, {', '.join(counts)}, {manifest['loudness_lufs']:.1f} LUFS"]
        if self._verbose:
            lines += [f"  {member['speaker'] or 'reporter'}: {member['voice']}" for member in manifest["cast"]]
            lines += [f"  {_clock(chapter['start_ms'])}  {chapter['title']}" for chapter in manifest["chapters"]]
            lines += [f"  {file['size_bytes']:>10}  {file['path']}" for file in manifest["files"]]
        return "\n".join(lines)


def _clock(ms: int) -> str:
    return f"{ms // 60_000:02}:{ms // 1000 % 60:02}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
