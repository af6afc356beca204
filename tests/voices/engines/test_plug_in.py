"""The engine of docs/engines.md, installed as a stranger's package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from narrate.model.errors import EngineUnavailable
from narrate.voices.engines import opening
from narrate.voices.engines.opening import CONTRACT, engine_names, open_engine

ROOT = Path(__file__).parents[3]
# Writes a second of tone as a WAV, higher for the voice that ends in f1; fails on "Fehler".
PROGRAM = """
import math, struct, sys, wave
text = sys.stdin.read()
if "Fehler" in text: sys.exit(3)
pitch = 220 if sys.argv[-1].endswith("f1") else 110
with wave.open(sys.stdout.buffer, "wb") as file:
    file.setnchannels(1); file.setsampwidth(2); file.setframerate(16000)
    tone = [int(9000 * math.sin(2 * math.pi * pitch * n / 16000)) for n in range(16000)]
    file.writeframes(struct.pack("<16000h", *tone))
"""


def blocks(kind: str) -> list[str]:
    """Return the documentation's examples of a kind."""
    page = (ROOT / "docs" / "engines.md").read_text("utf-8")
    return [part.split("```")[0] for part in page.split(f"```{kind}\n")[1:]]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the documented package into a folder, with pip and without a network."""
    folder = tmp_path_factory.mktemp("plug-in")
    (folder / "narrate_program.py").write_text(blocks("python")[0], "utf-8")
    (folder / "pyproject.toml").write_text(blocks("toml")[1], "utf-8")
    (folder / "program.py").write_text(PROGRAM, "utf-8")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--target", str(folder / "lib"), str(folder)], check=True, timeout=120)
    return folder


def narrate(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run narrate where the package is installed, its program being ours."""
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(installed / "lib"), str(ROOT)]),
        "NARRATE_ENGINES_PROGRAM_COMMAND": f"{sys.executable} {installed / 'program.py'}",
    }
    command = [sys.executable, "-c", "from narrate.cli import main; main()", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
def test_a_strangers_engine_renders(installed: Path, tmp_path: Path) -> None:
    """The documented engine is listed, speaks an article in both its voices, and its failures are named."""
    assert len([line for line in blocks("python")[0].splitlines() if line.strip()]) <= 30
    listed = json.loads(narrate(installed, "voices", "--engine", "program", "--json").stdout)
    assert [voice["voice"] for voice in listed] == ["program:de+f1", "program:de+m3"]
    out = tmp_path / "out"
    done = narrate(installed, "render", str(ROOT / "audio" / "beispiel.txt"), "--engine", "program", "-o", str(out))
    assert done.returncode == 0, done.stderr
    manifest = json.loads((out / "episode.json").read_text("utf-8"))
    assert {member["engine"] for member in manifest["cast"]} == {"program"}
    failed = narrate(installed, "say", "Ein Fehler.", "--engine", "program", "-o", str(tmp_path / "x.wav"))
    assert failed.returncode == 69
    assert failed.stderr.startswith("narrate: program:de+f1 did not speak 'Ein Fehler.': ")


class Point:
    """An entry point as importlib.metadata gives it."""

    def __init__(self, name: str, made: object) -> None:
        self.name = name
        self._made = made

    def load(self) -> object:
        """Import what it names, or fail."""
        if isinstance(self._made, Exception):
            raise self._made
        return self._made


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (ImportError("no module named torch"), "cannot be loaded"),
        (SyntaxError("bad\ncode"), "cannot be loaded"),
        (lambda: 1 / 0, "ZeroDivisionError"),
        (object, "lacks name"),
        (type("Half", (), {"name": "half", "parallel": 1}), "SimpleEngine"),
    ],
)
def test_a_broken_plug_in_is_a_sentence(made: object, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a stranger's package does when it is opened, it is told in one sentence and others work on."""
    monkeypatch.setattr(opening, "_plug_ins", lambda: {"stranger": Point("stranger", made)})
    with pytest.raises(EngineUnavailable) as caught:
        open_engine("stranger")
    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert "stranger" in engine_names()
    assert open_engine("espeak").name == "espeak"


def test_a_built_in_name_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in cannot put itself in the place of a built-in engine."""
    monkeypatch.setattr(opening, "_plug_ins", lambda: {"espeak": Point("espeak", object)})
    engine = open_engine("espeak")
    assert all(hasattr(engine, member) for member in CONTRACT)
    assert engine_names().count("espeak") == 1
