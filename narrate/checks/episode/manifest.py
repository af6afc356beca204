"""Whether an episode's manifest can be used at all. It may come from anybody."""

from __future__ import annotations

from pathlib import Path

from narrate.checks.finding import Finding
from narrate.episode.manifest import AGAIN, NAME, load_episode
from narrate.model.episode import Episode
from narrate.model.errors import NarrateError

__all__ = ["AGAIN", "read"]


def read(folder: Path) -> tuple[Episode | None, list[Finding]]:
    """Return a folder's episode, or what is wrong with its manifest."""
    try:
        return load_episode(folder), []
    except NarrateError as error:
        message = error.message.replace(f"'{folder / NAME}'", "The manifest")
        return None, [Finding(None, "error", "manifest", message, NAME)]
