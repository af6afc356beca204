"""``narrate lexicon`` and ``narrate render --lexicon``."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.test_main import Run, assert_one_sentence
from tests.cli.test_main import run as run

ARTICLE = """Zapps am Fluss. Ein Besuch am Morgen.
Die neue Zapp zeigt den Weg, und zwei Zapps zeigen die Preise. Wer die Zapp-Liste kennt, findet auch den Nopf.
"""
LEXICON = "Zapp\t/ˈzɛp/\tSäpp\nNopf\t/ʘɔ/\tNopp\nFehlt\tfählt\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write an article and a lexicon."""
    (tmp_path / "artikel.txt").write_text(ARTICLE, "utf-8")
    (tmp_path / "namen.tsv").write_text(LEXICON, "utf-8")
    return tmp_path


def spoken_json(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    """Return what a good run printed as JSON."""
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


def test_check_tells_hits_and_what_is_never_hit(run: Run, folder: Path) -> None:
    """Every entry is listed once: found with counts and forms, or never found; and what cannot be spoken."""
    done = run("lexicon", "check", "namen.tsv", "artikel.txt", "--engine", "espeak")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "namen.tsv: 3 entries",
        "",
        "In the article:",
        "     4  Zapp  (also: Zapps)",
        "     1  Nopf",
        "",
        "Never in the article:",
        "  Fehlt  (namen.tsv:3)",
        "",
        "Not spoken as written by the engine 'espeak':",
        "  Nopf /ʘɔ/  (namen.tsv:2): says 'Nopp' instead",
    ]


def test_check_without_an_article(run: Run, folder: Path) -> None:
    """Without an article only the file and the engine are checked."""
    done = run("lexicon", "check", "namen.tsv")
    assert done.returncode == 0
    assert "3 entries" in done.stdout
    assert "Nopp" in done.stdout
    assert "article" not in done.stdout


def test_check_as_json(run: Run, folder: Path) -> None:
    """With --json the findings stand in the object that every command prints."""
    told = spoken_json(run("lexicon", "check", "namen.tsv", "artikel.txt", "--json", "--engine", "espeak"))
    assert told["errors"] == []
    assert told["lexicon"] == {
        "file": "namen.tsv",
        "engine": "espeak",
        "entries": 3,
        "hit": [
            {"printed": "Zapp", "source": "namen.tsv:1", "count": 4, "forms": {"Zapps": 2, "Zapp": 2}},
            {"printed": "Nopf", "source": "namen.tsv:2", "count": 1, "forms": {"Nopf": 1}},
        ],
        "not_hit": [{"printed": "Fehlt", "source": "namen.tsv:3"}],
        "unspeakable": [{"printed": "Nopf", "source": "namen.tsv:2", "ipa": "ʘɔ", "says": "Nopp"}],
    }
    assert "hit" not in str(run("lexicon", "check", "namen.tsv", "--json").stdout)


@pytest.mark.slow
def test_bad_lexicons_get_one_sentence(run: Run, folder: Path) -> None:
    """Whatever is wrong with the lexicon or the engine: one sentence and the documented code, in both commands."""
    (folder / "kaputt.tsv").write_text("ohne Tab\n", "utf-8")
    (folder / "bombe.pls").write_text('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "utf-8")
    assert_one_sentence(run("lexicon", "check", "fehlt.tsv"), 66, "fehlt.tsv")
    assert_one_sentence(run("lexicon", "check", "kaputt.tsv"), 65, "kaputt.tsv:1")
    assert_one_sentence(run("lexicon", "check", "bombe.pls"), 65, "entities")
    assert_one_sentence(run("lexicon", "check", "namen.tsv", "--engine", "keine"), 69, "espeak")
    assert_one_sentence(run("lexicon", "check", "namen.tsv", "fehlt.txt"), 66, "fehlt.txt")
    assert_one_sentence(run("render", "artikel.txt", "--lexicon", "espeak=fehlt.tsv"), 66, "fehlt.tsv")
    assert_one_sentence(run("render", "artikel.txt", "--lexicon", "kaputt.tsv"), 65, "kaputt.tsv:1")
    assert not (folder / "audio").exists()


@pytest.mark.parametrize("value", ["", "=namen.tsv", "espeak=", "espeak:=namen.tsv", ":de=namen.tsv"])
def test_scopes_that_are_none(run: Run, folder: Path, value: str) -> None:
    """A scope without engine, voice or file is a usage error."""
    assert run("render", "artikel.txt", "--lexicon", value).returncode == 2


@pytest.mark.slow
def test_render_with_lexicons(run: Run, folder: Path) -> None:
    """A lexicon changes the sound; what the engine cannot speak, and a lexicon for nobody, are warned of once."""
    plain = spoken_json(run("render", "artikel.txt", "-o", "out", "--json", "-q", "--engine", "espeak"))
    done = run(
        "render",
        "artikel.txt",
        "-o",
        "out",
        "--json",
        "-q",
        "--lexicon",
        "espeak=namen.tsv",
        "--lexicon",
        "nein=namen.tsv",
        "--engine",
        "espeak",
    )
    told = spoken_json(done)
    assert plain["warnings"] == []
    warnings = told["warnings"]
    assert isinstance(warnings, list)
    assert len(warnings) == 2
    assert "nein=namen.tsv" in warnings[0]
    assert "Nopf (namen.tsv:2)" in warnings[1]
    assert plain["episodes"] != told["episodes"]


@pytest.mark.slow
def test_a_file_with_an_equals_sign(run: Run, folder: Path) -> None:
    """A lexicon whose name holds an equals sign can be named all the same."""
    (folder / "a=b.tsv").write_text(LEXICON, "utf-8")
    assert run("render", "artikel.txt", "-q", "--lexicon", "a=b.tsv").returncode == 0
    assert run("render", "artikel.txt", "-q", "--lexicon", "espeak=a=b.tsv").returncode == 0
