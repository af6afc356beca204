"""The sample article through every engine, from the command line to the manifest."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from narrate.cli.main import cli
from narrate.model.errors import NarrateError
from tests.voices.engines.opened import NAMES, NETWORK, ready

ARTICLE = Path(__file__).parents[3] / "audio" / "beispiel.txt"
TRAINED = {"piper", "edge", "gtts", "openai"}


def settings(name: str, options: dict[str, Any]) -> list[str]:
    """Return an engine's options as the command line takes them."""
    return [part for key, value in options.items() for part in ("--set", f"engines.{name}.{key}={value}")]


def render(name: str, options: dict[str, Any], out: Path, *more: str, article: Path = ARTICLE) -> Result:
    """Render an article in this process, so that addresses stay as the test set them."""
    command = ["render", str(article), "--engine", name, "-o", str(out), "-q", *settings(name, options), *more]
    return CliRunner().invoke(cli, command)


@pytest.fixture
def beginning(tmp_path: Path) -> Path:
    """Return the first eight paragraphs of the article, some twenty sentences."""
    path = tmp_path / ARTICLE.name
    path.write_text("".join(ARTICLE.read_text("utf-8").splitlines(keepends=True)[:8]), "utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_engine_renders_the_article(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each engine speaks the whole article in voices of its own, marked as what they are, and is then at rest."""
    with ready(name, tmp_path / "voices", monkeypatch) as (options, server):
        out = tmp_path / "out"
        done = render(name, options, out)
        assert done.exit_code == 0, done.exception
        manifest = json.loads((out / "episode.json").read_text("utf-8"))
        assert {member["engine"] for member in manifest["cast"]} == {name}
        voices = {(member["voice"], member["pitch_semitones"]) for member in manifest["cast"]}
        assert len(voices) == len(manifest["cast"])
        assert manifest["stand_ins"] == []
        assert ("trained" in manifest["digital_source_type"]) == (name in TRAINED)
        assert abs(manifest["loudness_lufs"] + 16) < 1
        if server is None:
            return
        asked = len(server.requests)
        assert asked > len(manifest["script"]["sections"])
        shutil.rmtree(out)
        assert render(name, options, out).exit_code == 0
        assert len(server.requests) == asked


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORK)
@pytest.mark.parametrize(("fault", "code"), [("429", 75), ("403", 69)])
def test_a_broken_off_article_goes_on_where_it_stopped(
    name: str, fault: str, code: int, beginning: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that fails in the middle ends the run with its code and nothing published; no word is sent twice."""
    with ready(name, tmp_path / "voices", monkeypatch) as (options, server):
        options |= {"attempts": 1}
        server.faults = lambda number, text: fault if number >= 10 else None
        out = tmp_path / "out"
        done = render(name, options, out, article=beginning)
        assert isinstance(done.exception, NarrateError)
        assert done.exception.exit_code == code
        assert done.exception.message.startswith(f"{name}:")
        assert "did not speak '" in done.exception.message
        assert not out.exists()
        refused = len(server.requests) - 10
        server.faults = ()
        assert render(name, options, out, article=beginning).exit_code == 0
        assert len(set(server.requests)) == len(server.requests) - refused


@pytest.mark.slow
def test_another_engine_steps_in_only_when_asked(
    beginning: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --fallback the rest of the article is spoken by the other engine, told of, and tried again later."""
    with ready("openai", tmp_path / "voices", monkeypatch) as (options, server):
        options |= {"attempts": 1}
        server.faults = lambda number, text: "503" if number >= 5 else None
        out = tmp_path / "out"
        done = render("openai", options, out, "--fallback", "espeak", article=beginning)
        assert done.exit_code == 0, done.exception
        manifest = json.loads((out / "episode.json").read_text("utf-8"))
        assert {one["engine"] for one in manifest["engines"]} == {"openai", "espeak"}
        assert len(manifest["stand_ins"]) == len(manifest["cues"]) - 5
        assert {one["spoken_by"].partition(":")[0] for one in manifest["stand_ins"]} == {"espeak"}
        server.faults = ()
        assert render("openai", options, out, "--fallback", "espeak", article=beginning).exit_code == 0
        manifest = json.loads((out / "episode.json").read_text("utf-8"))
        assert manifest["stand_ins"] == []
        assert len(set(server.requests)) == len(manifest["cues"])


@pytest.mark.slow
def test_a_cast_of_three_engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reporter from Piper, one person from Microsoft, the others from the embedded engine, in one episode."""
    with (
        ready("piper", tmp_path / "voices", monkeypatch) as (piper, _),
        ready("edge", tmp_path, monkeypatch) as (edge, server),
    ):
        speaker = json.loads(CliRunner().invoke(cli, ["script", str(ARTICLE), "--json"]).stdout)
        name = next(one["speaker"] for part in speaker["sections"] for one in part["segments"] if one["speaker"])
        name = name["name"] if isinstance(name, dict) else name
        voices = ["--voice", "reporter=piper:de_DE-tiny-medium#anna", "--voice", f"{name}=edge:de-DE-KatjaNeural"]
        done = render("espeak", {}, tmp_path / "out", *voices, *settings("piper", piper), *settings("edge", edge))
        assert done.exit_code == 0, done.exception
        manifest = json.loads((tmp_path / "out" / "episode.json").read_text("utf-8"))
        assert {one["engine"] for one in manifest["engines"]} == {"piper", "edge", "espeak"}
        own = [cue["text"] for cue in manifest["cues"] if cue["speaker"] == name]
        assert len(server.requests) == len(set(own))


@pytest.mark.slow
def test_nobody_waits_for_a_service_after_ctrl_c(tmp_path: Path) -> None:
    """Interrupted while a service is silent, the command ends at once with 130 and publishes nothing."""
    with ready("openai", tmp_path, pytest.MonkeyPatch()) as (options, server):
        server.faults = lambda number, text: "slow"
        arguments = ["render", str(ARTICLE), "--engine", "openai", *settings("openai", options)]
        command = [sys.executable, "-c", "from narrate.cli import main; main()", *arguments]
        environment = os.environ | {"PYTHONPATH": str(ARTICLE.parents[1])}
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + 30
        while not server.requests and time.monotonic() < end:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said.splitlines()[-1] == "narrate: Interrupted; nothing was published."
    assert not (tmp_path / "audio").exists()
