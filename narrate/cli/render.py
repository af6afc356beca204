"""``narrate render``: the episode."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from contextlib import closing, nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from narrate.cli.episode_options import brief_of, episode_options, plain_text
from narrate.cli.log_options import log_options, profile_facts
from narrate.cli.options import article_argument, open_cache, out_option
from narrate.model import Script
from narrate.system import log

if TYPE_CHECKING:
    from narrate.pipeline import Assignment, Brief
    from narrate.pipeline.session import Watch
    from narrate.system.cache import Cache


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
@click.option("--page", is_flag=True, help="Make a page to listen and read along; with --show it is always made.")
@click.option("--clips-only", is_flag=True, help="Make only the clips, one a chapter, and not the whole episode.")
@click.option("--no-cache", is_flag=True, help="Neither use nor keep what was spoken before.")
@click.option("--profile", is_flag=True, help="Tell where the time went, by stage.")
@log_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Tell the cast, the chapters and every file.")
def render(article: str, as_json: bool, quiet: bool, verbose: bool, **options: Any) -> None:
    """Make an episode of an article: MP3 with chapters, clips, chapter list, transcripts, manifest.

    With --show it becomes an episode of that show, or the newer version of one, and the show's feed is written;
    with --out as well, both are on object storage.

    ARTICLE is a file (text, Markdown, HTML), a script file, an address (https://…), or - for standard input.
    """
    from narrate.cli.report import Report
    from narrate.pipeline import Assignment
    from narrate.pipeline.session import NO_CACHE

    brief = brief_of(
        options, output=options["output"], clips_only=options["clips_only"], page=options["page"], out=options["out"]
    )
    assignment = Assignment(article, slug=options["slug"], published=options["published"])
    with open_cache(options["no_cache"]) as cache:
        warnings = [] if cache.kept or options["no_cache"] else [NO_CACHE]
        made = (_published if brief.out else _made)(brief, assignment, cache, lambda script: _bar(script, quiet))
    report = Report(as_json, quiet, verbose)
    profile = profile_facts(made.stages) if options["profile"] else None
    report.tell(made.folder, made.manifest, made.unchanged, [*warnings, *made.warnings], profile)
    if made.advice and not (quiet or as_json or made.unchanged):
        log.say(f"narrate: {made.advice}")


class _Made(NamedTuple):
    folder: Path | str
    manifest: Mapping[str, Any]
    unchanged: bool
    warnings: tuple[str, ...]
    advice: str | None
    stages: Mapping[str, float]


def _made(brief: Brief, assignment: Assignment, cache: Cache, watch: Watch) -> _Made:
    """Make an episode in a folder, and write the feed of its show."""
    from narrate.pipeline import Studio
    from narrate.pipeline.placing import write_show

    with closing(Studio(brief, cache)) as studio:
        made = studio.render(assignment, watch)
    with log.clocked(log.Clock(dict(made.stages))) as clock, log.stage("feed"):
        feed = write_show(made.show, cache) if made.show is not None else ()
    rendered, warnings = made.rendered, (*made.warnings, *feed)
    return _Made(rendered.folder, rendered.manifest, rendered.unchanged, warnings, made.advice, clock.stages)


def _published(brief: Brief, assignment: Assignment, cache: Cache, watch: Watch) -> _Made:
    """Make an episode on object storage, and write the feed there."""
    from narrate.pipeline import Studio
    from narrate.show import s3

    store = s3.Store(brief.out or "")
    store.check()
    with closing(s3.BucketShelf(store)) as shelf, closing(Studio(brief, cache, shelf)) as studio:
        shipped = s3.ship(studio, shelf, assignment, watch)
    made = shipped.delivery
    with log.clocked(log.Clock(dict(made.stages))) as clock, log.stage("feed"):
        feed = s3.write_site(made.show, store, cache).warnings if made.show is not None else ()
    folder, warnings = f"{store.url}/{shipped.edition}", (*made.warnings, *feed)
    return _Made(folder, shipped.manifest, shipped.unchanged, warnings, made.advice, clock.stages)


def _bar(script: Script, quiet: bool) -> Any:
    if quiet or not sys.stderr.isatty():
        return nullcontext()
    from narrate.cli.progress import Bar

    return Bar(script)
