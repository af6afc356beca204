"""``narrate verify``: what a newsroom runs before it goes live."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

UNWELL = 65
SCHEMA_VERSION = 1


@click.command(
    epilog="\b\nExamples:\n  narrate verify audio/der-markt\n"
    "  narrate verify podcast --require-signature --trust root.pem"
)
@click.argument("path", metavar="PATH", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--require-signature", is_flag=True, help="Treat an episode without Content Credentials as an error.")
@click.option("--trust", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="PEM",
              help="Root certificates that signatures must chain to.")  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, help="Print errors only, without a summary.")
def verify(path: Path, as_json: bool, require_signature: bool, trust: Path | None, quiet: bool) -> None:
    """Check an episode or a whole show: files, frames, chapters, transcripts, loudness, feed, signature.

    PATH is the folder of an episode or of a show. Nothing is changed, and nothing is asked of the network. Exit code
    0 only if no error was found, else 65.
    """
    from narrate.checks.episode.verify import verify as find

    findings = find(path, trust, require_signature)
    counts = Counter(finding.severity for finding in findings)
    if as_json:
        report = {
            "schema_version": SCHEMA_VERSION,
            "path": str(path),
            "errors": counts["error"],
            "warnings": counts["warning"],
            "findings": [finding.facts() for finding in findings],
        }
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            if not quiet or finding.severity == "error":
                click.echo(str(finding))
    if not quiet:
        click.echo(
            f"narrate: {_counted(counts['error'], 'error')}, {_counted(counts['warning'], 'warning')}.", err=True
        )
    if counts["error"]:
        raise click.exceptions.Exit(UNWELL)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"
