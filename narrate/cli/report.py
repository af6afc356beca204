"""What a render says at the end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from narrate.cli.log_options import profile_table
from narrate.cli.main import result
from narrate.system import log

if TYPE_CHECKING:
    from narrate.model.episode import Episode
    from narrate.pipeline import Result


class Report:
    """What is said at the end: results on stdout, remarks on stderr."""

    def __init__(self, as_json: bool, quiet: bool, verbose: bool) -> None:
        self._as_json, self._quiet, self._verbose = as_json, quiet, verbose

    def tell(self, made: Result, warnings: list[str], profile: Mapping[str, float] | None = None) -> None:
        """Report what a render came to."""
        episode = made.episode
        assert episode is not None  # noqa: S101 - it was made in this process
        sound = f"{episode.location}/{episode.audio or 'clips'}"
        sound = sound if "://" in sound else str(Path(sound))
        for warning in warnings:
            log.say(f"narrate: warning: {warning}", "warning")
        if self._as_json:
            facts = msgspec.to_builtins(episode)
            shown = {key: facts[key] for key in ("title", "slug", "duration_ms", "loudness_lufs", "chapters", "files")}
            shown |= {"folder": episode.location, "episode": sound, "unchanged": made.status == "unchanged"}
            if profile:
                shown["profile"] = profile
            click.echo(json.dumps(result([shown], warnings), ensure_ascii=False))
        elif not self._quiet:
            click.echo(sound)
        if not self._quiet:
            log.say(self._summary(episode, made.status == "unchanged"))
        if profile and not self._as_json:
            log.say(profile_table(profile))

    def _summary(self, episode: Episode, unchanged: bool) -> str:
        minutes, seconds = divmod(round(episode.duration_ms / 1000), 60)
        if unchanged:
            return "Nothing has changed; the episode is up to date."
        counts = [_count(len(episode.chapters), "chapter"), _count(len(episode.cast), "voice")]
        lines = [f"{minutes}:{seconds:02} min, {', '.join(counts)}, {episode.loudness_lufs:.1f} LUFS"]
        if self._verbose:
            lines += [f"  {member.speaker or 'reporter'}: {member.voice}" for member in episode.cast]
            lines += [f"  {_clock(chapter.start_ms)}  {chapter.title}" for chapter in episode.chapters]
            lines += [f"  {file.size_bytes:>10}  {file.path}" for file in episode.files]
        return "\n".join(lines)


def _clock(ms: int) -> str:
    return f"{ms // 60_000:02}:{ms // 1000 % 60:02}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
