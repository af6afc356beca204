"""A real episode for the tests of its page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from narrate.cli.main import cli
from narrate.model.episode import Episode
from narrate.model.show import Show
from narrate.web import PageParts, episode_page

SAMPLE = Path(__file__).parents[2] / "audio" / "beispiel.txt"


def render_sample(folder: Path) -> Path:
    """Render the sample article into a folder and return it."""
    folder.mkdir(parents=True)
    (folder.parent / "config.toml").touch()
    env = {
        "NARRATE_CACHE_DIR": str(folder.parent / "cache"),
        "NARRATE_CONFIG": str(folder.parent / "config.toml"),
        "NARRATE_DATA_DIR": str(folder.parent / "data"),
    }
    done = CliRunner().invoke(cli, ["render", str(SAMPLE), "-o", str(folder), "--page"], env=env)
    assert done.exit_code == 0, done.output
    return folder


def words_in(folder: Path) -> dict[str, Any]:
    """Read the times of the words."""
    words: dict[str, Any] = json.loads((folder / "words.json").read_bytes())
    return words


def write_page(folder: Path, episode: Episode, show: Show | None = None, **options: Any) -> Path:
    """Write the page of an episode into its folder and return its path."""
    picture = folder / "waveform.svg"
    svg = picture.read_bytes() if picture.exists() else None
    path: Path = folder / options.pop("name", "index.html")
    path.write_bytes(episode_page(episode, PageParts("key", words_in(folder), svg), show, folder.name, **options))
    return path
