"""``narrate script``: who would say what, and how it would be read."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

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
from narrate.model import Script, Utterance
from narrate.script.script_file import ScriptFile

FIRST_WORDS = 9


@click.command(
    epilog="\b\nExamples:\n  narrate script article.txt --spoken\n  narrate script article.html -o episode.script.toml"
)
@article_argument
@click.option("-o", "--output", type=click.Path(path_type=Path),
              help="Write the whole script to a file (NAME.script.toml) to edit and to render.")  # fmt: skip
@reading_options
@click.option("--spoken", is_flag=True, help="Show the sentences that are not said as printed, changes marked.")
@click.option("--all", "everything", is_flag=True, help="With --spoken: show every sentence.")
@lexicon_option
@emoji_option
@click.option("--json", "as_json", is_flag=True, help="Print the whole script as JSON; with --spoken every sentence.")
def script(article: str, output: Path | None, spoken: bool, everything: bool, as_json: bool, **options: Any) -> None:
    """Show an article's chapters, roles and speakers, or how it will be read, without rendering it.

    ARTICLE is a file (text, Markdown, HTML), a script file, an address (https://…), or - for standard input.
    """
    from narrate.script.serialize import script_to_json

    opened = open_script(article, options)
    written = opened.script
    if output is not None:
        _write(opened, output)
    elif spoken:
        from narrate.cli.spoken_view import facts, view

        said = _utterances(written, options)
        click.echo(
            json.dumps(facts(said), ensure_ascii=False, indent=1) if as_json else view(written, said, everything)
        )
    elif as_json:
        click.echo(json.dumps(script_to_json(written), ensure_ascii=False, indent=1))
    else:
        click.echo(overview(written))


def _write(opened: ScriptFile, output: Path) -> None:
    """Write the script file, with the voices that it would be rendered with."""
    from narrate.cast import make_cast, parse_voice, voice_text
    from narrate.files import Staging
    from narrate.script.script_file import SUFFIX, write_script_file

    if not output.name.endswith(SUFFIX):
        raise click.BadParameter(f"'{output}': a script file is called NAME{SUFFIX}.", param_hint="'-o'")
    wanted = {who: parse_voice(voice, DEFAULT_ENGINE) for who, voice in opened.voices.items()}
    with ExitStack() as stack:
        engine = stack.enter_context(open_cached(DEFAULT_ENGINE, stack.enter_context(open_cache(True))))
        cast = make_cast(opened.script, engine.voices(), wanted)
    voices = {"reporter": cast.reporter, **cast.speakers}
    content = write_script_file(opened.script, {who: voice_text(voice) for who, voice in voices.items()})
    with Staging(output.parent) as staging:
        staging.write(output.name, [content.encode()])
        staging.publish()
    click.echo(str(output))


def _utterances(written: Script, options: dict[str, Any]) -> list[Utterance]:
    """Return what would be said, as ``narrate render`` would have it, phonemes shown as IPA."""
    from narrate.cast import make_cast
    from narrate.cli.spoken_view import Readable
    from narrate.speak import Wording, utterances

    lexicons = [scoped_lexicon(*chosen) for chosen in options["lexicons"]]
    with ExitStack() as stack:
        engine = stack.enter_context(open_cached(DEFAULT_ENGINE, stack.enter_context(open_cache(True))))
        cast = make_cast(written, engine.voices(), {})
        wording = Wording({DEFAULT_ENGINE: Readable(engine)}, lexicons, options["emoji"])
        return list(utterances(written, cast, None, wording))


def overview(written: Script) -> str:
    """Return the script for a person: chapters, role, speaker, first words, estimated minutes."""
    from narrate.produce import estimated_minutes

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
