"""A damaged manifest is the same thing to every command, and the next render makes the episode anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from narrate.episode.manifest import NAME, load_episode, parse_episode
from narrate.model.errors import ManifestDamaged
from tests.cli.test_main import Run, article, assert_one_sentence, run
from tests.show.shows import TOML, episode_of, manifest_of

__all__ = ["article", "run"]
pytestmark = pytest.mark.slow


def without(key: str) -> Callable[[dict[str, Any]], Any]:
    """Return a harm: a key is gone."""
    return lambda manifest: manifest.pop(key)


HARMS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no cast": without("cast"),
    "no loudness": without("loudness_lufs"),
    "a length in words": lambda manifest: manifest.update(duration_ms="long"),
    "a chapter without a title": lambda manifest: manifest["chapters"][0].pop("title"),
    "a file outside": lambda manifest: manifest["files"][0].update(path="../x.mp3"),
}


def harm(folder: Path, name: str) -> None:
    """Damage the manifest in a folder."""
    manifest = json.loads((folder / NAME).read_text("utf-8"))
    HARMS[name](manifest)
    (folder / NAME).write_text(json.dumps(manifest), "utf-8")


@pytest.mark.parametrize("name", HARMS)
def test_every_command_names_it_and_render_ends_it(run: Run, article: Path, tmp_path: Path, name: str) -> None:
    """feed, verify, clips and unpublish refuse it alike; one render later all of them are content.

    The episode keeps the GUID and the date that its subscribers know.
    """
    show = tmp_path / "show"
    show.mkdir()
    (show / "show.toml").write_text(TOML, "utf-8")
    assert run("render", str(article), "--show", "show", "-q").returncode == 0
    folder = show / "der-markt-am-fluss"
    before = load_episode(folder)

    harm(folder, name)
    fed = run("feed", "show")
    assert fed.returncode == 65
    assert "its manifest is damaged; render it again" in fed.stderr
    assert run("verify", str(folder)).returncode == 65
    assert_one_sentence(run("clips", str(folder)), 65, "is damaged", "render the episode again")
    assert_one_sentence(run("feed", "unpublish", str(folder)), 65, "is damaged", "render the episode again")

    again = run("render", str(article), "--show", "show", "--json")
    assert again.returncode == 0, again.stderr
    assert "Nothing has changed" not in again.stderr
    for command in (("feed", "show"), ("verify", "show"), ("clips", str(folder))):
        done = run(*command)
        assert done.returncode == 0, done.stdout + done.stderr
    assert load_episode(folder).publication == before.publication
    assert "Nothing has changed" in run("render", str(article), "--show", "show").stderr


def test_a_batch_makes_it_anew(run: Run, article: Path, tmp_path: Path) -> None:
    """A run over an archive does not take a damaged episode for one that is up to date."""
    show, archive = tmp_path / "show", tmp_path / "archiv"
    show.mkdir()
    archive.mkdir()
    (show / "show.toml").write_text(TOML, "utf-8")
    article.rename(archive / "a.txt")

    def made() -> list[int]:
        done = run("batch", "archiv", "--show", "show", "--json")
        assert done.returncode == 0, done.stderr
        summary = json.loads(done.stdout)
        return [summary[key] for key in ("made", "unchanged", "failed")]

    assert made() == [1, 0, 0]
    assert made() == [0, 1, 0]
    harm(show / "der-markt-am-fluss", "no cast")
    assert made() == [1, 0, 0]
    assert made() == [0, 1, 0]


@pytest.mark.parametrize("key", sorted(set(manifest_of(1)) - {"schema_version", "superseded"}))
def test_no_key_may_be_missing(key: str) -> None:
    """A manifest tells everything, or it is damaged; the message names what is missing."""
    manifest = manifest_of(1)
    assert parse_episode(json.dumps(manifest).encode(), "") == episode_of(1)
    del manifest[key]
    with pytest.raises(ManifestDamaged, match=key):
        parse_episode(json.dumps(manifest).encode(), "")
