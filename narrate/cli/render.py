"""``narrate render``: the episode."""

from __future__ import annotations

import re
import sys
from contextlib import closing, nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import click

from narrate.cli.episode_options import episode_options, plain_text, run_options_from
from narrate.cli.log_options import log_options, profile_facts
from narrate.cli.options import article_argument, open_cache, out_option
from narrate.model import Script
from narrate.system import log


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
@out_option
@episode_options
@click.option("--page", is_flag=True, help="Write a page to listen and read along; shows always have one.")
@click.option("--clips-only", is_flag=True, help="Write only the clips, one per chapter, and not the whole episode.")
@click.option("--no-cache", is_flag=True, help="Do not read or write the cache of speech.")
@click.option("--profile", is_flag=True, help="Print how long each stage took.")
@log_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Print the cast, the chapters and every file.")
def render(article: str, as_json: bool, quiet: bool, verbose: bool, **options: Any) -> None:
    """Render an article as an episode: MP3 with chapters, clips, transcripts, manifest.

    With --show it becomes an episode of that show, or a new version of one, and the feed is updated; with --out, both
    are on object storage.

    ARTICLE is a file (text, Markdown, HTML), a script file, an address (https://…), or - for standard input.
    """
    from narrate.cli.report import Report
    from narrate.pipeline import ArticleJob, RunSession
    from narrate.pipeline.run_session import NO_CACHE

    run_options = run_options_from(
        options, output=options["output"], clips_only=options["clips_only"], page=options["page"], out=options["out"]
    )
    article_job = ArticleJob(article, slug=options["slug"], published=options["published"])
    with open_cache(options["no_cache"]) as cache, closing(RunSession(run_options, cache)) as session:
        warnings = [] if cache.kept or options["no_cache"] else [NO_CACHE]
        made = session.render(article_job, lambda script: _bar(script, quiet))
        with log.clocked(log.Clock(dict(made.stages))) as clock, log.stage("feed"):
            site = session.store.write_site(cache)
    report = Report(as_json, quiet, verbose)
    profile = profile_facts(clock.stages) if options["profile"] else None
    report.tell(made, [*warnings, *made.warnings, *(site.warnings if site else ())], profile)
    if made.advice and not (quiet or as_json or made.status == "unchanged"):
        log.say(f"narrate: {made.advice}")


def _bar(script: Script, quiet: bool) -> Any:
    if quiet or not sys.stderr.isatty():
        return nullcontext()
    from narrate.cli.progress import Bar

    return Bar(script)
