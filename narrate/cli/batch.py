"""``narrate batch``: many articles into a show."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from narrate.cli.episode_options import episode_options, run_options_from
from narrate.cli.log_options import log_options
from narrate.cli.main import SCHEMA_VERSION
from narrate.cli.options import Options, open_cache, out_option
from narrate.system import log
from narrate.system.signals import SIGNALLED

if TYPE_CHECKING:
    from narrate.batch.articles import Found
    from narrate.batch.ledger import Ledger
    from narrate.batch.run import Crew, Summary
    from narrate.batch.total import Total
    from narrate.cli.batch_progress import Progress
    from narrate.model.show import Show
    from narrate.pipeline import RunOptions
    from narrate.system.cache import Cache

SOME_FAILED = 75
MINUTE_S = 60
NO_SHOW = "A batch renders the episodes of a show; name its folder with --show (narrate init creates one)."
NO_ADDRESS = 'The show has no base_url; add the address where it will be served to show.toml: base_url = "https://…".'
NOTHING = "There is no article in '{source}'; name a folder, a list, JSON lines or a feed (--from says which)."
GO_ON = "Interrupted; finished episodes are kept. Run the command again to continue; the feed is written at the end."


@click.command(
    epilog="\b\nExamples:\n  narrate batch archive/ --show podcast\n"
    "  narrate batch articles.jsonl --show podcast --jobs 4 --report report.json\n"
    "  narrate batch https://example.org/rss.xml --show podcast --limit 20\n"
    "  narrate batch archive/ --show podcast --retry-failed"
)
@click.argument("source", metavar="INPUT")
@click.option("--from", "kind", type=click.Choice(["auto", "folder", "list", "jsonl", "feed"]), default="auto",
              show_default=True, help="What INPUT is.")  # fmt: skip
@click.option(
    "--jobs", type=click.IntRange(1, 1024), help="How many articles to render at once.  [default: one per core]"
)
@click.option(
    "--limit", type=click.IntRange(1), help="How many articles to render; those that are up to date do not count."
)
@click.option("--retry-failed", is_flag=True, help="Only articles that failed in earlier runs.")
@click.option("--cluster", metavar="ADDRESS|local",
              help="Dask scheduler, tcp://host:8786 or tls://…; local starts one on this machine.")  # fmt: skip
@click.option("--article-timeout", type=click.FloatRange(0, 1440, min_open=True), default=60.0, show_default=True,
              metavar="MINUTES", help="Give up an article after this time.")  # fmt: skip
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write a JSON report to this file.")
@out_option
@episode_options
@log_options
@click.option("--no-cache", is_flag=True, help="Do not read or write the cache of speech.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary of the run as JSON on stdout.")
@click.option("--json-lines", is_flag=True, help="Print the result of each article as a line of JSON on stdout.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
def batch(source: str, as_json: bool, json_lines: bool, quiet: bool, **options: Any) -> None:
    """Render many articles on all cores, and write the show's feed.

    INPUT is a folder of articles; a list of files or addresses, one per line; JSON lines; or the RSS or Atom feed of a
    news site, of which entries without an episode are made. What is up to date is skipped. An article that fails does
    not stop the others; the command then ends with 75, and --retry-failed tries it again.
    """
    from narrate.batch.intake import Intake
    from narrate.batch.run import run
    from narrate.cli.batch_progress import Progress
    from narrate.model.errors import InputUnreadable
    from narrate.pipeline.placing import open_store

    run_options = run_options_from(options, out=options["out"])
    show = _show(run_options)
    with ExitStack() as stack:
        cache = stack.enter_context(open_cache(options["no_cache"]))
        _check_choices(run_options, cache)
        store = stack.enter_context(closing(open_store(run_options, cache)))
        ledger = stack.enter_context(closing(_ledger(show)))
        total, found = _articles(source, options)
        failed_before = frozenset(ledger.failed) if options["retry_failed"] else None
        crew = stack.enter_context(closing(_crew(run_options, options)))
        progress = stack.enter_context(Progress(total, quiet, json_lines))
        try:
            summary = run(Intake(found, options["limit"], failed_before), crew, ledger, store, cache, progress.tell)
        except (KeyboardInterrupt, SystemExit) as ended:
            code = ended.code if isinstance(ended, SystemExit) else SIGNALLED + 2
            log.say(f"narrate: {GO_ON}", "warning")
            raise SystemExit(code) from None
        facts = summary.facts() | {"failed_articles": [one.as_json() for one in progress.failed]}
        if options["report"]:
            ledger.write_report(options["report"], summary.facts())
    if not summary.done and failed_before is None and not summary.stopped:
        raise InputUnreadable(NOTHING.format(source=source))
    if as_json:
        click.echo(json.dumps({"schema_version": SCHEMA_VERSION, "batch": facts}, ensure_ascii=False))
    _conclude(summary, quiet, progress)


def _show(run_options: RunOptions) -> Show:
    from narrate.model.errors import InputUnreadable, WrongUse
    from narrate.settings import choose, show_folder
    from narrate.show.show import open_show

    folder = show_folder(run_options.show)
    if folder is None:
        raise WrongUse(NO_SHOW)
    own = choose({}, None, folder)
    if not own["base_url"]:
        raise InputUnreadable(NO_ADDRESS)
    return open_show(folder, own)


def _check_choices(run_options: RunOptions, cache: Cache) -> None:
    """Let what no article is to blame for fail here, once."""
    from narrate.pipeline import Engines
    from narrate.system.cache_limit import most_bytes

    most_bytes()
    with closing(Engines(run_options.chosen(), cache)) as engines:
        _ = engines[engines.name]


def _ledger(show: Show) -> Ledger:
    from narrate.batch.ledger import Ledger

    return Ledger(show.folder)


def _articles(source: str, options: Options) -> tuple[Total, Iterator[Found]]:
    """Return who tells how many articles there are, and the articles."""
    from narrate.batch.articles import articles, kind_of
    from narrate.batch.total import Total

    kind = kind_of(source) if options["kind"] == "auto" else options["kind"]
    private = options["allow_private_network"]
    found = articles(source, kind, private)
    if kind == "feed":
        entries = list(found)
        return Total(len(entries)), iter(entries)
    countable = Path(source).is_file() or Path(source).is_dir()
    return Total(articles(source, kind, private) if countable else None), found


def _crew(run_options: RunOptions, options: Options) -> Crew:
    longest_s = options["article_timeout"] * MINUTE_S
    if options["cluster"] is None:
        from narrate.batch.local import LocalCrew

        return LocalCrew(run_options, options["jobs"], not options["no_cache"], longest_s)
    from narrate.batch.cluster import ClusterCrew, Patience

    return ClusterCrew(run_options, options["cluster"], options["jobs"], not options["no_cache"], Patience(longest_s))


def _conclude(summary: Summary, quiet: bool, progress: Progress) -> None:
    from narrate.cli.batch_progress import table

    for warning in summary.warnings:
        log.say(f"narrate: warning: {warning}", "warning")
    if not quiet:
        log.say(table(summary, progress.failed), **summary.facts())
    if summary.stopped:
        log.say(f"narrate: {summary.stopped} Fix this, then run the command again.", "error")
    if summary.failed or summary.stopped:
        sys.exit(SOME_FAILED)
