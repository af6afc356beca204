"""What a render says at the end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from narrate.cli.log_options import profile_table
from narrate.cli.main import result
from narrate.system import log


class Report:
    """What is said at the end: results on stdout, remarks on stderr."""

    def __init__(self, as_json: bool, quiet: bool, verbose: bool) -> None:
        self._as_json, self._quiet, self._verbose = as_json, quiet, verbose

    def tell(self, folder: Path | str, manifest: Mapping[str, Any], unchanged: bool, warnings: list[str],
             profile: Mapping[str, float] | None = None) -> None:  # fmt: skip
        """Tell what a render came to; the folder is a path or an address."""
        sound = manifest["audio"] or "clips"
        episode = f"{folder}/{sound}" if isinstance(folder, str) else folder / sound
        for warning in warnings:
            log.say(f"narrate: warning: {warning}", "warning")
        if self._as_json:
            shown = {
                key: manifest[key] for key in ("title", "slug", "duration_ms", "loudness_lufs", "chapters", "files")
            }
            shown |= {"folder": str(folder), "episode": str(episode), "unchanged": unchanged}
            if profile:
                shown["profile"] = profile
            click.echo(json.dumps(result([shown], warnings), ensure_ascii=False))
        elif not self._quiet:
            click.echo(str(episode))
        if not self._quiet:
            log.say(self._summary(manifest, unchanged))
        if profile and not self._as_json:
            log.say(profile_table(profile))

    def _summary(self, manifest: Mapping[str, Any], unchanged: bool) -> str:
        minutes, seconds = divmod(round(manifest["duration_ms"] / 1000), 60)
        if unchanged:
            return "Nothing has changed; the episode is up to date."
        counts = [_count(len(manifest["chapters"]), "chapter"), _count(len(manifest["cast"]), "voice")]
        lines = [f"{minutes}:{seconds:02} min, {', '.join(counts)}, {manifest['loudness_lufs']:.1f} LUFS"]
        if self._verbose:
            lines += [f"  {member['speaker'] or 'reporter'}: {member['voice']}" for member in manifest["cast"]]
            lines += [f"  {_clock(chapter['start_ms'])}  {chapter['title']}" for chapter in manifest["chapters"]]
            lines += [f"  {file['size_bytes']:>10}  {file['path']}" for file in manifest["files"]]
        return "\n".join(lines)


def _clock(ms: int) -> str:
    return f"{ms // 60_000:02}:{ms // 1000 % 60:02}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
