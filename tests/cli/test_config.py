"""What is chosen where, on the command line."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_main import Run, article, assert_one_sentence, run
from tests.voices.engines.opened import BUILT_IN

__all__ = ["article", "run"]


@pytest.fixture
def show(tmp_path: Path) -> Path:
    """Write a show's configuration."""
    folder = tmp_path / "mein-podcast"
    folder.mkdir()
    (folder / "show.toml").write_text(
        "title = 'Mein Podcast'\n[voices]\nreporter = 'espeak:de+steph'\n'Frau Niemand' = 'de'\n"
        "[gaps]\nchapter = 2000\n[loudness]\ntarget = -18\n[lexicon.words]\n'Händlerin' = 'Marktfrau'\n",
        "utf-8",
    )
    return folder


def test_every_value_has_its_origin(run: Run, show: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`narrate config show --origin` is TOML with a remark of origin on every line, the nearest choice shown."""
    monkeypatch.setenv("NARRATE_GAPS_VOICE", "900")
    done = run("config", "show", "--origin", "--show", str(show), "--set", "gaps.sentence=100")
    assert done.returncode == 0, done.stderr
    read = tomllib.loads(done.stdout)
    assert read["gaps"] == {"sentence": 100, "paragraph": 850, "voice": 900, "chapter": 2000, "long": 250}
    assert read["voices"]["Frau Niemand"] == "de"
    lines = [line for line in done.stdout.splitlines() if " = " in line]
    told = {line.partition(" = ")[0]: line.rpartition("# ")[2] for line in lines}
    assert told["gaps.sentence"] == "command line"
    assert told["gaps.voice"] == "NARRATE_GAPS_VOICE"
    assert told["gaps.chapter"] == str(show / "show.toml")
    assert told["gaps.paragraph"] == "default"


def test_the_same_as_json(run: Run, show: Path) -> None:
    """With --json every key has value and origin."""
    told = json.loads(run("config", "show", "--show", str(show), "--json").stdout)
    assert told["loudness.target"] == {"value": -18.0, "origin": str(show / "show.toml")}


@pytest.mark.slow
def test_a_show_shapes_the_episode(run: Run, show: Path, article: Path) -> None:
    """Voices, gaps, loudness, words and name of a show are those of the episode; it lies in the show's folder."""
    done = run("render", str(article), "--show", str(show))
    assert done.returncode == 0, done.stderr
    folder = Path(done.stdout.strip()).parent
    assert folder.parent == show
    manifest = json.loads((folder / "episode.json").read_text("utf-8"))
    assert manifest["cast"][0]["voice"] == "de+steph"
    assert abs(manifest["loudness_lufs"] + 18) < 0.2
    assert "built-in" not in run("render", str(article), "--show", str(show), "-q").stderr
    (show / "show.toml").write_text("title = 'Mein Podcast'\n", "utf-8")
    done = run("render", str(article), "--show", str(show), "-v")
    assert f"({BUILT_IN})" in done.stderr
    assert "narrate voices install de_DE-thorsten-medium" in done.stderr


@pytest.mark.slow
def test_the_command_line_wins(run: Run, show: Path, article: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An option counts before a variable, and that before the show."""
    monkeypatch.setenv("NARRATE_SHOW", str(show))
    monkeypatch.setenv("NARRATE_LOUDNESS_TARGET", "-20")
    manifest = manifest_of(run("render", str(article), "-o", "a", "-q"), show.parent / "a")
    assert abs(manifest["loudness_lufs"] + 20) < 0.2
    done = run("render", str(article), "-o", "b", "-q", "--loudness", "-16", "--voice", "reporter=de")
    manifest = manifest_of(done, show.parent / "b")
    assert abs(manifest["loudness_lufs"] + 16) < 0.2
    assert manifest["cast"][0]["voice"] == "de"


def manifest_of(done: object, folder: Path) -> dict[str, Any]:
    """Return the manifest in a folder."""
    assert getattr(done, "returncode", 1) == 0, done
    manifest: dict[str, Any] = json.loads((folder / "episode.json").read_text("utf-8"))
    return manifest


def test_words_of_a_show_are_spoken(run: Run, show: Path, article: Path) -> None:
    """`[lexicon.words]` changes what is said, and `script --spoken` shows it."""
    done = run("script", str(article), "--spoken", "--json", "--show", str(show))
    assert "Marktfrau" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--set", "gaps.chaptr=1"], 2, "gaps.chapter"),
        (["--set", "gaps.chapter"], 2, "KEY=VALUE"),
        (["--tld", "com@127.0.0.1:9/x"], 69, "tld"),
        (["--engine", "espaek"], 69, "'espeak'"),
        (["--fallback", "nobody"], 69, "espeak"),
        (["--show", "nirgends"], 66, "show.toml"),
    ],
)
def test_wrong_choices(run: Run, article: Path, arguments: list[str], code: int, words: str) -> None:
    """A wrong choice ends with a sentence that names the right one, and makes nothing."""
    if arguments[0] == "--tld":
        arguments = [*arguments, "--engine", "gtts"]
    done = run("render", str(article), *arguments)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (article.parent / "audio").exists()


@pytest.mark.slow
def test_a_broken_configuration_is_one_sentence(run: Run, article: Path) -> None:
    """A typing error in the user's own file stops every command that reads it, with file and nearest key."""
    Path(os.environ["NARRATE_CONFIG"]).write_text("[gaps]\nchaptr = 1\n")
    for command in (["render", str(article)], ["say", "Hallo", "-o", "x.wav"], ["config", "show"], ["voices"]):
        assert_one_sentence(run(*command), 65, "config.toml", "gaps.chapter")
