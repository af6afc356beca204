"""``narrate script``: who would say what, and how it would be read."""

from __future__ import annotations

import json
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from narrate.cli.options import (
    Options,
    article_argument,
    choice_options,
    chosen_from,
    lexicon_option,
    open_article,
    open_cache,
    reading_options,
)
from narrate.cli.setting_options import setting_option
from narrate.model import Script, Utterance
from narrate.script.script_file import ScriptFile

if TYPE_CHECKING:
    from narrate.pipeline import Engines
    from narrate.voices.cast import Cast

FIRST_WORDS = 9


@click.command(
    epilog="\b\nExamples:\n  narrate script article.txt --spoken\n  narrate script article.html -o episode.script.toml"
)
@article_argument
@click.option("-o", "--output", type=click.Path(path_type=Path),
              help="Write the script to a file (NAME.script.toml), to edit and render.")  # fmt: skip
@reading_options
@choice_options
@click.option("--spoken", is_flag=True, help="Show the sentences that are not spoken as printed, with changes marked.")
@click.option("--all", "everything", is_flag=True, help="With --spoken: show every sentence.")
@lexicon_option
@setting_option("emoji")
@click.option("--json", "as_json", is_flag=True, help="Print the script as JSON; with --spoken, every sentence.")
def script(article: str, output: Path | None, spoken: bool, everything: bool, as_json: bool, **options: Any) -> None:
    """Show an article's chapters, roles and speakers, or how it will be read, without rendering it.

    ARTICLE is a file (text, Markdown, HTML), a script file, an address (https://…), or - for standard input.
    """
    from narrate.script.serialize import script_to_json

    opened = open_article(article, options)
    written = opened.script
    if output is not None:
        _write(opened, output, options)
    elif spoken:
        from narrate.cli.spoken_view import facts, view

        said = _utterances(opened, options)
        click.echo(
            json.dumps(facts(said), ensure_ascii=False, indent=1) if as_json else view(written, said, everything)
        )
    elif as_json:
        click.echo(json.dumps(script_to_json(written), ensure_ascii=False, indent=1))
    else:
        click.echo(overview(written))


def _write(opened: ScriptFile, output: Path, options: Options) -> None:
    """Write the script file, with the voices that it would be rendered with."""
    from narrate.script.script_file import SUFFIX, write_script_file
    from narrate.system.files import Staging
    from narrate.voices.cast import voice_text

    if not output.name.endswith(SUFFIX):
        raise click.BadParameter(f"'{output}': a script file is called NAME{SUFFIX}.", param_hint="'-o'")
    with ExitStack() as stack:
        cast, _ = _cast(opened, options, stack)
    voices = {"reporter": cast.reporter, **cast.speakers}
    content = write_script_file(opened.script, {who: voice_text(voice) for who, voice in voices.items()})
    with Staging(output.parent) as staging:
        staging.write(output.name, [content.encode()])
        staging.publish()
    click.echo(str(output))


def _cast(opened: ScriptFile, options: Options, stack: ExitStack) -> tuple[Cast, Engines]:
    """Give everybody the voice of ``narrate render``; the engines close with the stack."""
    from narrate.pipeline import Engines, cast_for

    chosen = chosen_from(options, None, {f"voices.{who}": voice for who, voice in opened.voices.items()})
    engines = stack.enter_context(closing(Engines(chosen, stack.enter_context(open_cache(False)))))
    warnings: list[str] = []
    cast = cast_for(opened.script, chosen, engines, warnings)
    for warning in warnings:
        click.echo(f"narrate: warning: {warning}", err=True)
    return cast, engines


def _utterances(opened: ScriptFile, options: Options) -> list[Utterance]:
    """Return what would be said, as ``narrate render`` would have it, phonemes shown as IPA."""
    from narrate.cli.spoken_view import Readable
    from narrate.voices.speak import Pronunciation, utterances

    chosen = chosen_from(options)
    with ExitStack() as stack:
        cast, engines = _cast(opened, options, stack)
        readable = {voice.engine: Readable(engines[voice.engine]) for voice in cast.voices()}
        from narrate.pipeline import lexicons_of

        wording = Pronunciation(readable, lexicons_of(chosen, options["lexicons"]), chosen["emoji"])
        return list(utterances(opened.script, cast, None, wording))


def overview(written: Script) -> str:
    """Return the script as text: chapters, role, speaker, first words, estimated minutes."""
    from narrate.pipeline.render import estimated_minutes

    lines = [f"{written.title}  (about {estimated_minutes(written):.1f} min)"]
    names = [speaker.name for speaker in written.speakers()]
    lines.append("Speakers: " + ", ".join(["reporter", *names]))
    width = max(map(len, ["reporter", *names]))
    for number, section in enumerate(written.sections, 1):
        lines.append(f"\n{number}. {section.heading or written.title}")
        for segment in section.segments:
            words = segment.text.split()
            first = " ".join(words[:FIRST_WORDS]) + (" …" if len(words) > FIRST_WORDS else "")
            name = segment.speaker.name if segment.speaker else "reporter"
            lines.append(f"   {segment.role:<12} {name:<{width}}  {first}")
    return "\n".join(lines)
