"""``narrate clips``: any part of an episode as an MP3 of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from narrate.cli.options import Options, open_cache

if TYPE_CHECKING:
    from narrate.episode.excerpts import Excerpt
    from narrate.model.episode import Episode

EXCERPTS = "cuts"
LISTED_CHARACTERS = 70


@click.command(
    epilog="\b\nExamples:\n  narrate clips audio/der-markt\n"
    "  narrate clips audio/der-markt --speaker 'Max Muster'\n  narrate clips audio/der-markt --soundbite -o ."
)
@click.argument("episode", metavar="EPISODE", type=click.Path(path_type=Path))
@click.option("--speaker", "speakers", multiple=True, metavar="NAME",
              help="Everything that this person says, one file per sentence; repeatable.")  # fmt: skip
@click.option("--cue", "cues", multiple=True, type=click.IntRange(1), metavar="N",
              help="A sentence by its number in the list; repeatable.")  # fmt: skip
@click.option("--soundbite", is_flag=True, help="The proposed soundbite.")
@click.option("-o", "--output", type=click.Path(path_type=Path),
              help="Folder for the files.  [default: cuts in EPISODE]")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the files as JSON.")
def clips(episode: Path, as_json: bool, output: Path | None, **wanted: Any) -> None:
    """Cut sentences, a person's words or the soundbite out of an episode; without options list its sentences.

    EPISODE is its folder. The audio is encoded anew from speech in the cache. Clips of whole chapters are in its folder
    clips already.
    """
    from narrate.episode.excerpts import write_excerpts
    from narrate.episode.manifest import NAME, load_episode

    made = load_episode(episode.parent if episode.name == NAME else episode)
    chosen = _excerpts(made, wanted)
    if not chosen:
        click.echo("\n".join(_lines(made)))
        return
    folder = output or made.folder / EXCERPTS
    with open_cache(False) as cache:
        records = write_excerpts(made, chosen, folder, cache)
    paths = [str(folder / record.path) for record in records]
    click.echo(json.dumps(paths, ensure_ascii=False) if as_json else "\n".join(paths))


def _excerpts(episode: Episode, wanted: Options) -> list[Excerpt]:
    from narrate.episode.excerpts import Excerpt, by_speaker, of_soundbite

    chosen = [one for name in wanted["speakers"] for one in by_speaker(episode, name)]
    number_of_cues = len(episode.cues)
    for number in wanted["cues"]:
        if number > number_of_cues:
            raise click.BadParameter(f"{number}: the episode has {number_of_cues} sentences.", param_hint="'--cue'")
        chosen.append(Excerpt(number - 1, number))
    return [*chosen, of_soundbite(episode)] if wanted["soundbite"] else chosen


def _lines(episode: Episode) -> list[str]:
    lines = []
    for number, cue in enumerate(episode.cues, 1):
        minutes, seconds = divmod(cue.start_ms // 1000, 60)
        text = cue.text if len(cue.text) <= LISTED_CHARACTERS else cue.text[: LISTED_CHARACTERS - 1] + "…"
        lines.append(f"{number:>4}  {minutes:>3}:{seconds:02}  {cue.speaker or 'reporter'}: {text}")
    return lines
