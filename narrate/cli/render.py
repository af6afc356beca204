"""``narrate render``: the episode."""

from __future__ import annotations

import re
import sys
from contextlib import ExitStack, closing, nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import click

from narrate.cli.episode_options import brief_of, episode_options, plain_text
from narrate.cli.options import article_argument, open_cache
from narrate.model import Script


def _date(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"'{value}' is not a day; write YYYY-MM-DD.") from None


@click.command(
    epilog="\b\nExamples:\n  narrate render article.txt\n"
    "  narrate render article.txt -o out --voice reporter=de+steph --gap chapter=2000\n"
    "  narrate render article.txt --engine edge --fallback espeak"
)
@article_argument
@click.option("-o", "--output", type=click.Path(path_type=Path),
              help="Folder for the files.  [default: audio/<slug>, or <slug> in the folder of --show]")  # fmt: skip
@click.option("--date", "published", callback=_date, metavar="YYYY-MM-DD", help="Day of publication.")
@click.option("--slug", callback=plain_text, help="Name for folder and file.  [default: from the title]")
@episode_options
@click.option("--page", is_flag=True, help="Make a page to listen and read along; with --show it is always made.")
@click.option("--clips-only", is_flag=True, help="Make only the clips, one a chapter, and not the whole episode.")
@click.option("--no-cache", is_flag=True, help="Neither use nor keep what was spoken before.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Tell the cast, the chapters and every file.")
def render(article: str, as_json: bool, quiet: bool, verbose: bool, **options: Any) -> None:
    """Make an episode of an article: MP3 with chapters, clips, chapter list, transcripts, manifest.

    With --show it becomes an episode of that show, or the newer version of one, and the show's feed is written.

    ARTICLE is a file (text, Markdown, HTML), a script file, an address (https://…), or - for standard input.
    """
    from narrate.cli.report import Report
    from narrate.job import Assignment, Studio
    from narrate.job.placing import write_show
    from narrate.job.studio import NO_CACHE

    brief = brief_of(options, output=options["output"], clips_only=options["clips_only"], page=options["page"])
    assignment = Assignment(article, slug=options["slug"], published=options["published"])
    with ExitStack() as stack:
        cache = stack.enter_context(open_cache(options["no_cache"]))
        warnings = [] if cache.kept or options["no_cache"] else [NO_CACHE]
        studio = stack.enter_context(closing(Studio(brief, cache)))
        made = studio.render(assignment, lambda script: _bar(script, quiet))
        warnings += made.warnings
        if made.show is not None:
            warnings += write_show(made.show, cache)
    report = Report(as_json, quiet, verbose)
    report.tell(made.rendered.folder, made.rendered.manifest, made.rendered.unchanged, warnings)
    if made.advice and not (quiet or as_json or made.rendered.unchanged):
        click.echo(f"narrate: {made.advice}", err=True)


def _bar(script: Script, quiet: bool) -> Any:
    if quiet or not sys.stderr.isatty():
        return nullcontext()
    from narrate.cli.progress import Bar

    return Bar(script)
