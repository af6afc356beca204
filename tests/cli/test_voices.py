"""`narrate voices` and `narrate doctor`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from narrate.voices.engines import engine_names
from tests.cli.test_main import Run, assert_one_sentence, run

__all__ = ["run"]


def listed(run: Run, *arguments: str) -> list[dict[str, object]]:
    """Return the voices as JSON."""
    done = run("voices", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    voices: list[dict[str, object]] = json.loads(done.stdout)
    return voices


def test_every_engine_is_listed_offline(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --engine all engines stand in the list, with licence, place and state, and no connection is made."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    found = listed(run)
    assert {voice["engine"] for voice in found} >= {"espeak", "piper", "edge", "gtts", "openai"}
    assert all(voice["licence"] and voice["quality"] for voice in found)
    assert {voice["engine"] for voice in found if voice["network"]} == {"edge", "gtts", "openai"}
    assert found[0]["voice"] == "pico:de-DE+r1"
    assert found[0]["f0_hz"]


BROKEN = {
    "no list": "voices = lambda self: None",
    "no voices": "voices = lambda self: ['a']",
    "offers": "offers = lambda self, ask=False: [1]",
    "missing": "missing = lambda self: 1 / 0",
    "ends": "voices = lambda self: sys.exit(0)",
}


def plug_in(tmp_path: Path, body: str) -> None:
    """Install an engine 'stray' where narrate is run."""
    (tmp_path / "stray.py").write_text(
        f"import sys\nfrom narrate.voices.engines import SimpleEngine\nclass E(SimpleEngine):\n    name = 'stray'\n    {body}\n"
        "    def version(self, voice): return ''\n    def synthesize(self, text, voice): return None\n"
    )
    (tmp_path / "stray_package-1.dist-info").mkdir()
    (tmp_path / "stray_package-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: stray-package\n")
    (tmp_path / "stray_package-1.dist-info" / "entry_points.txt").write_text("[narrate.engines]\nstray = stray:E\n")


@pytest.mark.slow
@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_plug_in_that_nobody_chose_hides_no_other(run: Run, tmp_path: Path, body: str) -> None:
    """Voices of the others are listed beside a warning; doctor has a line for it; only who names it fails."""
    plug_in(tmp_path, body)
    done = run("voices", "--json")
    assert done.returncode == 0, done.stderr
    assert "espeak" in {voice["engine"] for voice in json.loads(done.stdout)}
    assert done.stderr.startswith("narrate: warning: The engine 'stray' ")
    assert len(done.stderr.splitlines()) == 1
    assert_one_sentence(run("voices", "--engine", "stray"), 69, "'stray'", "'stray-package'")
    looked = run("doctor", "--json")
    assert looked.returncode == 0, looked.stderr
    assert "stray" in {finding["subject"] for finding in json.loads(looked.stdout)}


@pytest.mark.slow
@pytest.mark.parametrize("body", [BROKEN["no list"], "parallel = 0", "network = property(lambda self: sys.exit(0))"])
def test_an_engine_that_cannot_be_cast_is_stood_in_for(run: Run, tmp_path: Path, body: str) -> None:
    """Without --fallback one sentence names engine and package; with it the other speaks all, and that is told."""
    plug_in(tmp_path, body)
    (tmp_path / "a.txt").write_text("Der Titel\n\nEin Satz steht hier.\n", "utf-8")
    assert_one_sentence(run("render", "a.txt", "--engine", "stray"), 69, "'stray'", "'stray-package'")
    done = run("render", "a.txt", "--engine", "stray", "--fallback", "espeak")
    assert done.returncode == 0, done.stderr
    assert "warning: The engine 'stray' " in done.stderr
    assert "'espeak' speaks instead" in done.stderr
    assert_one_sentence(run("render", "a.txt", "--engine", "nobody", "--fallback", "espeak"), 69, "'nobody'")


@pytest.mark.slow
def test_filters(run: Run) -> None:
    """Engine, gender, language, installed and offline leave only what fits; nothing left is said so."""
    assert {voice["gender"] for voice in listed(run, "--gender", "f", "--engine", "espeak")} == {"f"}
    assert {voice["engine"] for voice in listed(run, "--language", "de-AT")} == {"edge"}
    assert not any(voice["network"] for voice in listed(run, "--offline"))
    assert all(voice["installed"] for voice in listed(run, "--installed"))
    done = run("voices", "--language", "de-XX")
    assert done.returncode == 0
    assert "leave a filter out" in done.stderr


def test_the_table_can_be_copied_from(run: Run) -> None:
    """Each line of the table begins with what --voice takes."""
    lines = run("voices", "--engine", "espeak", "--gender", "m").stdout.splitlines()
    assert lines[0].startswith("VOICE")
    assert all(line.startswith("espeak:de") and " male " in line for line in lines[1:])


@pytest.mark.slow
def test_preview_speaks_a_sentence(run: Run, tmp_path: Path) -> None:
    """A preview is sound in a file; an unknown voice is one sentence."""
    assert run("voices", "preview", "de+steph", "-o", "a.wav").returncode == 0
    assert run("voices", "preview", "espeak:de@2@120%", "-o", "b.mp3", "--text", "Hallo").returncode == 0
    assert (tmp_path / "a.wav").stat().st_size > 100_000
    assert_one_sentence(run("voices", "preview", "espeak:de+nobody", "-o", "c.wav"), 69, "de+nobody", "narrate voices")


def test_doctor_names_everything_and_how_to_mend_it(run: Run) -> None:
    """Every engine, ffmpeg and the folders have a line; what is absent says what to do."""
    done = run("doctor", "--json")
    assert done.returncode == 0, done.stderr
    findings = {finding["subject"]: finding for finding in json.loads(done.stdout)}
    assert {*engine_names(), "ffmpeg", "cache folder", "voices folder"} <= findings.keys()
    assert findings["espeak"]["state"] == "ok"
    assert "spoke" in findings["espeak"]["told"]
    assert "narrate voices install" in findings["piper"]["told"] or "pip install" in findings["piper"]["told"]


def test_doctor_ends_with_69_where_something_needed_is_broken(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that cannot be written and an ffmpeg that does not start are broken, each with its cure."""
    (tmp_path / "datei").touch()
    monkeypatch.setenv("NARRATE_CACHE_DIR", str(tmp_path / "datei" / "cache"))
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/bin/false")
    done = run("doctor")
    assert done.returncode == 69
    assert "NARRATE_CACHE_DIR" in done.stdout
    assert "IMAGEIO_FFMPEG_EXE" in done.stdout
    assert "ffmpeg, MP3, cache folder" in done.stderr


@pytest.mark.slow
def test_doctor_of_a_named_engine(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A named engine that cannot speak is a failure, wherever it is named."""
    done = run("doctor", "--engine", "piper")
    assert done.returncode == 69
    assert "piper" in done.stderr
    assert run("doctor", "--engine", "nobody").returncode == 69
    monkeypatch.setenv("NARRATE_ENGINE", "piper")
    assert run("doctor").returncode == 69


@pytest.mark.parametrize("tld", ["", " ", "a b"])
def test_a_host_that_is_none_is_a_wrong_option(run: Run, tld: str) -> None:
    """An empty --tld is not taken for none."""
    done = run("voices", "--engine", "gtts", "--tld", tld)
    assert done.returncode == (69 if tld.strip() else 2)
    assert "tld" in done.stderr


def test_a_folder_of_voices_that_is_none_is_a_sentence(run: Run) -> None:
    """The home of nobody is no folder to install voices into."""
    done = run("voices", "install", "de_DE-thorsten-medium", "--set", "engines.piper.folder=~nouser/x")
    assert_one_sentence(done, 69, "engines.piper", "~nouser")
