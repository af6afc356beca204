"""``narrate feed``: a show's feed and pages, checked, and episodes taken out, put back and dated anew."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from narrate.cli.options import open_cache, out_option
from narrate.model.errors import InputUnreadable
from narrate.settings import SHOW_FILE, show_folder
from narrate.show.show import locked, open_show

LEFT_OUT = 65  # the feed is written, but not everything is in it


class WritingGroup(click.Group):
    """A group whose own argument is a folder: what is no sub-command is one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take ``write`` where the first word is no sub-command."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["write", *args]
        return super().resolve_command(ctx, args)


@click.group(
    cls=WritingGroup,
    subcommand_metavar="DIR | COMMAND [ARGS]...",
    epilog="\b\nExamples:\n  narrate feed podcast\n  narrate feed check podcast\n"
    "  narrate feed redate podcast/der-markt 2026-11-20T06:00\n  narrate feed unpublish podcast/der-markt",
)
def feed() -> None:
    """Write a show's feed and pages from its episodes; check the feed; unpublish or redate an episode.

    Exit code 65 where an episode could not be named.
    """


@feed.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@out_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def write(folder: Path, out: str | None, as_json: bool) -> None:
    """Write feed, cover and pages of the show in DIR; the same as narrate feed DIR.

    With --out they are those of the episodes on object storage, and DIR holds the show.toml only.
    """
    _write(folder, as_json, out)


def _write(named: Path, as_json: bool = False, out: str | None = None) -> None:
    from narrate.pipeline import RunOptions
    from narrate.pipeline.placing import open_store

    show = open_show(show_folder(named) or named)
    with open_cache(False) as cache, closing(open_store(RunOptions(show=show.folder, out=out), cache)) as store:
        site = store.write_site(cache)
    assert site is not None  # noqa: S101 - a show has a site
    if as_json:
        facts = {"episodes": site.episodes, "written": site.written, "warnings": site.warnings}
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        click.echo(f"{out.rstrip('/')}/feed.xml" if out else str(show.folder / "feed.xml"))
    for warning in site.warnings:
        click.echo(f"narrate: warning: {warning}", err=True)
    changed = f"{len(site.written)} file{'s' * (len(site.written) != 1)} written" if site.written else "nothing changed"
    click.echo(f"narrate: {site.episodes} episode{'s' * (site.episodes != 1)}, {changed}.", err=True)
    if any("leaves it out" in warning for warning in site.warnings):
        raise click.exceptions.Exit(LEFT_OUT)


episode_argument = click.argument("episode", metavar="EPISODE", type=click.Path(path_type=Path))


@feed.command()
@episode_argument
def unpublish(episode: Path) -> None:
    """Take an episode out of the feed; its files and its GUID stay.

    EPISODE is its folder in the show.
    """
    _change(episode, listed=False)


@feed.command()
@episode_argument
def publish(episode: Path) -> None:
    """Put an episode back into the feed, under the GUID and date it had.

    EPISODE is its folder in the show.
    """
    _change(episode, listed=True)


@feed.command()
@episode_argument
@click.argument("moment", metavar="YYYY-MM-DD[THH:MM[+HH:MM]]")
def redate(episode: Path, moment: str) -> None:
    """Change an episode's date of publication; its GUID stays.

    EPISODE is its folder in the show. Without an offset the time is UTC; without a time it is 06:00.
    """
    _change(episode, published=_moment(moment))


def _moment(text: str) -> datetime:
    from narrate.episode.publication import at_hour

    try:
        if "T" not in text:
            return at_hour(date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"'{text}' is not a valid date or time; write YYYY-MM-DD or YYYY-MM-DDTHH:MM."
        ) from None


def _change(folder: Path, **changes: Any) -> None:
    """Change what an episode's manifest says of its publication, and write the feed anew."""
    from msgspec.structs import replace

    from narrate.episode.manifest import NAME, episode_json, load_episode
    from narrate.system.files import Staging

    folder = folder.parent if folder.name == NAME else folder
    show = folder.resolve().parent
    if not (show / SHOW_FILE).is_file():
        raise InputUnreadable(f"'{folder}' is not in a show; name the folder of an episode beside a {SHOW_FILE}.")
    with locked(show):
        episode = load_episode(folder) if folder.is_dir() else None
        if episode is None or episode.publication is None:
            raise InputUnreadable(f"'{folder}' is not published in a show; render it with --show first.")
        changed = replace(episode, publication=replace(episode.publication, **changes))
        with Staging(folder) as staging:
            staging.write(NAME, [episode_json(changed)])
            staging.publish()
    _write(show)


@feed.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(folder: Path, as_json: bool) -> None:
    """Check the feed of the show in DIR by the rules of Apple, Spotify, PSP-1 and Podcasting 2.0.

    The network is not used. Exit code 65 where a rule that players insist on is broken.
    """
    from narrate.checks.feed.check import check_show

    findings = check_show(open_show(show_folder(folder) or folder))
    if as_json:
        click.echo(json.dumps([finding.facts() for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            click.echo(str(finding))
    errors = sum(finding.severity == "error" for finding in findings)
    click.echo(f"narrate: {errors} errors, {len(findings) - errors} warnings.", err=True)
    if errors:
        raise click.exceptions.Exit(LEFT_OUT)
