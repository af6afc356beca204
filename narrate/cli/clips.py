"""``narrate clips``: any part of an episode as an MP3 of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from narrate.cli.options import open_cache
from narrate.model.errors import InputMissing, InputUnreadable

if TYPE_CHECKING:
    from narrate.episode.excerpts import Cut

CUTS = "cuts"
LISTED_CHARACTERS = 70


@click.command(
    epilog="\b\nExamples:\n  narrate clips audio/der-markt\n"
    "  narrate clips audio/der-markt --speaker 'Max Muster'\n  narrate clips audio/der-markt --soundbite -o ."
)
@click.argument("episode", metavar="EPISODE", type=click.Path(path_type=Path))
@click.option("--speaker", "speakers", multiple=True, metavar="NAME",
              help="Everything this person says, a file each time; repeatable.")  # fmt: skip
@click.option("--cue", "cues", multiple=True, type=click.IntRange(1), metavar="N",
              help="This sentence, counted from 1 as listed; repeatable.")  # fmt: skip
@click.option("--soundbite", is_flag=True, help="The proposed soundbite.")
@click.option("-o", "--output", type=click.Path(path_type=Path),
              help="Folder for the files.  [default: cuts in EPISODE]")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the files as JSON.")
def clips(episode: Path, as_json: bool, output: Path | None, **wanted: Any) -> None:
    """Cut sentences, a person's words or the soundbite out of an episode; without options list its sentences.

    EPISODE is its folder. The sound is encoded anew from what the cache remembers. The clips of whole chapters are
    there already, in its folder clips.
    """
    from narrate.episode.excerpts import write_cuts
    from narrate.episode.manifest import NAME, read_manifest

    episode = episode.parent if episode.name == NAME else episode
    if not episode.exists():
        raise InputMissing(f"There is no '{episode}'; name the folder of an episode.")
    manifest = read_manifest(episode)
    if manifest is None:
        raise InputUnreadable(f"'{episode}' holds no manifest that can be read; render the episode again.")
    try:
        cuts = _cuts(manifest, wanted)
        if not cuts:
            click.echo("\n".join(_lines(manifest)))
            return
        with open_cache(False) as cache:
            records = write_cuts(episode, manifest, cuts, output or episode / CUTS, cache)
    except (KeyError, TypeError, AttributeError) as error:
        raise InputUnreadable(f"The manifest in '{episode}' is damaged; render the episode again.") from error
    paths = [str((output or episode / CUTS) / record.path) for record in records]
    click.echo(json.dumps(paths, ensure_ascii=False) if as_json else "\n".join(paths))


def _cuts(manifest: dict[str, Any], wanted: dict[str, Any]) -> list[Cut]:
    from narrate.episode.excerpts import Cut, by_speaker, of_soundbite

    cuts = [cut for name in wanted["speakers"] for cut in by_speaker(manifest, name)]
    number_of_cues = len(manifest["cues"])
    for number in wanted["cues"]:
        if number > number_of_cues:
            raise click.BadParameter(f"{number}: the episode has {number_of_cues} sentences.", param_hint="'--cue'")
        cuts.append(Cut(number - 1, number))
    return [*cuts, of_soundbite(manifest)] if wanted["soundbite"] else cuts


def _lines(manifest: dict[str, Any]) -> list[str]:
    lines = []
    for number, cue in enumerate(manifest["cues"], 1):
        minutes, seconds = divmod(cue["start_ms"] // 1000, 60)
        text = cue["text"] if len(cue["text"]) <= LISTED_CHARACTERS else cue["text"][: LISTED_CHARACTERS - 1] + "…"
        lines.append(f"{number:>4}  {minutes:>3}:{seconds:02}  {cue['speaker'] or 'reporter'}: {text}")
    return lines
