"""How the command ends: exit codes, streams, messages."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from narrate.cli.main import COMMANDS, cli

ARTICLE = """Der Markt am Fluss. Ein Besuch am Morgen.
Am Hafen beginnt der Tag früh, und die ersten Boote legen schon vor Sonnenaufgang an.
01 Die Händler
Eine Händlerin wiegt die Ware ab und rechnet im Kopf zusammen, was der Kunde schuldig ist.
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


def command(*arguments: str) -> list[str]:
    """Return the command line of narrate with this interpreter."""
    return [sys.executable, "-c", "from narrate.cli import main; main()", *arguments]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run narrate in a folder of its own, without a terminal."""

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
        done: subprocess.CompletedProcess[str] = subprocess.run(
            command(*arguments), cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
        )
        return done

    return call


@pytest.fixture
def article(tmp_path: Path) -> Path:
    """Write a small article."""
    path = tmp_path / "artikel.txt"
    path.write_text(ARTICLE, "utf-8")
    return path


def assert_one_sentence(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """Check that a run failed as it should: the code, one line, the words, no traceback, nothing left."""
    assert done.returncode == code, done.stderr
    assert done.stderr.startswith("narrate: ")
    assert len(done.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in done.stderr


def test_each_command_has_a_whole_sentence(run: Run) -> None:
    """``--help`` names every command with a sentence that fits its line, and imports none of them."""
    told = run("--help").stdout.splitlines()
    for name, sentence in COMMANDS.items():
        assert f"  {name:<9}{sentence}" in told
        assert sentence.endswith(".")
        assert isinstance(cli.get_command(click.Context(cli), name), click.Command)
    code = "import sys; from narrate.cli.main import cli; cli(['--help'], standalone_mode=False); print([n for n in sys.modules if n.startswith('narrate.cli.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['narrate.cli.main']"


def test_a_render_prints_the_episode_and_nothing_else(run: Run, article: Path, tmp_path: Path) -> None:
    """Stdout holds the path of the episode; the summary goes to stderr; off a terminal there is no bar."""
    done = run("render", str(article))
    assert done.returncode == 0, done.stderr
    path = tmp_path / done.stdout.strip()
    assert path == tmp_path / "audio" / "der-markt-am-fluss" / "der-markt-am-fluss.mp3"
    assert path.exists()
    assert "2 chapters" in done.stderr
    assert "\x1b" not in done.stderr


def test_an_unchanged_run_says_so(run: Run, article: Path) -> None:
    """The second run names the same episode and says that nothing has changed."""
    first, second = run("render", str(article)), run("render", str(article))
    assert second.returncode == 0
    assert second.stdout == first.stdout
    assert "Nothing has changed" in second.stderr


def test_json_is_one_object_on_stdout(run: Run, article: Path) -> None:
    """With --json stdout is one object with episodes, warnings and errors."""
    done = run("render", str(article), "-o", "out", "--json", "-q", "--disclosure", "off")
    told = json.loads(done.stdout)
    assert told["schema_version"] == 1
    assert told["errors"] == []
    assert [chapter["title"] for chapter in told["episodes"][0]["chapters"]] == ["Der Markt am Fluss", "Die Händler"]
    assert "synthetic" in told["warnings"][0]


def test_json_tells_errors_too(run: Run) -> None:
    """A failure with --json is an object as well, with the same code as the process."""
    done = run("render", "fehlt.txt", "--json")
    assert json.loads(done.stdout)["errors"][0]["code"] == done.returncode == 66


def test_quiet_says_nothing(run: Run, article: Path) -> None:
    """With -q a good run is silent on both streams."""
    done = run("render", str(article), "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.slow
def test_bad_articles_get_one_sentence(run: Run, tmp_path: Path) -> None:
    """Whatever is wrong with the article: one sentence, the documented code, and no folder left behind."""
    (tmp_path / "leer.txt").write_text("")
    (tmp_path / "weiss.txt").write_text(" \n\t\n")
    (tmp_path / "bild.txt").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "gross.txt").write_text("Ein Satz. " * 230_000)
    assert_one_sentence(run("render", "fehlt.txt"), 66, "fehlt.txt")
    assert run("render", str(tmp_path)).returncode in (65, 66)
    assert_one_sentence(run("render", "leer.txt"), 65)
    assert_one_sentence(run("render", "weiss.txt"), 65)
    assert_one_sentence(run("render", "bild.txt"), 65)
    assert_one_sentence(run("render", "gross.txt"), 65, "--max-size")
    assert not (tmp_path / "audio").exists()


@pytest.mark.slow
def test_output_that_cannot_be_made(run: Run, article: Path, tmp_path: Path) -> None:
    """An output folder that is a file is refused before anything is lost."""
    (tmp_path / "datei").write_text("bleibt")
    assert_one_sentence(run("render", str(article), "-o", "datei"), 73, "datei")
    assert_one_sentence(run("render", str(article), "-o", "datei/unter"), 73)
    assert (tmp_path / "datei").read_text() == "bleibt"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--voice", "reporter"],
        ["--voice", "=de"],
        ["--voice", "reporter=de@hoch"],
        ["--gap", "satz=3"],
        ["--gap", "sentence=99999999"],
        ["--date", "2026-02-30"],
        ["--date", "gestern"],
        ["--bitrate", "97"],
        ["--loudness", "3"],
        ["--max-size", "-1"],
        ["--cover", "fehlt.jpg"],
        ["--album", " "],
        ["--unbekannt"],
    ],
)
def test_wrong_options_are_usage_errors(run: Run, article: Path, arguments: list[str]) -> None:
    """A wrong option ends with 2 and says what to write, without a traceback."""
    done = run("render", str(article), *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "Error:" in done.stderr


@pytest.mark.slow
def test_unknown_engines_voices_and_people(run: Run, article: Path) -> None:
    """A voice or engine that does not exist, or a person who does not speak, ends with 69 and says what there is."""
    assert_one_sentence(run("render", str(article), "--voice", "reporter=espeak:de+nobody"), 69, "nobody")
    assert_one_sentence(run("render", str(article), "--voice", "reporter=keine:de"), 69, "espeak")
    assert_one_sentence(run("render", str(article), "--voice", "Frau Niemand=de"), 69, "Frau Niemand", "reporter")


def living(mark: str) -> list[str]:
    """Return the command lines of processes whose environment holds a mark, where /proc tells."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"NARRATE_TEST={mark}".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found


def test_ctrl_c_leaves_nothing_and_ends_with_130(tmp_path: Path) -> None:
    """Interrupted in the middle, the command ends with 130, leaves no file, and no process of it lives on."""
    path = tmp_path / "lang.txt"
    path.write_text("Der lange Artikel.\n" + ("Ein Satz über das Wasser und die Boote am Abend. " * 12 + "\n") * 80)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "NARRATE_TEST": str(tmp_path)}
    process = subprocess.Popen(
        command("render", str(path), "-o", "out"), cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True
    )
    cache = Path(os.environ["NARRATE_CACHE_DIR"])
    deadline = time.monotonic() + 30
    while not any(cache.glob("??/*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said.strip() == "narrate: Interrupted; nothing was published."
    assert not (tmp_path / "out").exists()
    assert not living(str(tmp_path))


def test_script_for_a_person_and_for_a_program(run: Run, article: Path) -> None:
    """`narrate script` names chapters, roles and speakers; with --json it prints title, teaser and sections."""
    told = run("script", str(article)).stdout
    assert "2. Die Händler" in told
    assert "reporter" in told
    data = json.loads(run("script", str(article), "--json").stdout)
    assert data["title"] == "Der Markt am Fluss"
    assert data["teaser"] == "Ein Besuch am Morgen."
    assert [section["heading"] for section in data["sections"]] == [None, "Die Händler"]
    assert {"role", "speaker", "text"} <= set(data["sections"][0]["segments"][0])


def test_a_reader_that_stops_reading_is_no_failure(article: Path, tmp_path: Path) -> None:
    """`narrate script … | head -1` ends quietly."""
    pipe = f"{' '.join(map(repr, command('script', str(article), '--json')))} | head -c 1"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(["bash", "-c", pipe], env=environment, capture_output=True, text=True, cwd=tmp_path)
    assert done.stderr == ""


@pytest.mark.slow
def test_voices_and_cache(run: Run, article: Path) -> None:
    """`narrate voices` lists what --voice takes; `narrate cache prune` makes the cache small."""
    assert "espeak:de+m3" in run("voices").stdout
    assert json.loads(run("voices", "--json").stdout)[0]["engine"] == "pico"
    run("render", str(article))
    assert not run("cache").stdout.endswith(" 0.0 MB\n")
    assert run("cache", "prune", "--max-size", "0.001").stdout.endswith(" 0.0 MB left\n")
    assert json.loads(run("cache", "info", "--json").stdout)["entries"] == 0
