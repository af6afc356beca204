"""``narrate script``: who would say what."""

from __future__ import annotations

import json
from pathlib import Path

import click

from narrate.cli.options import article_argument, max_size_option
from narrate.model import Script

FIRST_WORDS = 9


@click.command(epilog="\b\nExample:\n  narrate script article.txt --json > script.json")
@article_argument
@max_size_option
@click.option("--json", "as_json", is_flag=True, help="Print the whole script as JSON.")
def script(article: Path, max_size: int, as_json: bool) -> None:
    """Show an article's chapters, roles and speakers without rendering it."""
    from narrate.reading import read_article
    from narrate.script import write_script
    from narrate.script.serialize import script_to_json

    written = write_script(read_article(article, max_size))
    if as_json:
        click.echo(json.dumps(script_to_json(written), ensure_ascii=False, indent=1))
    else:
        click.echo(overview(written))


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
