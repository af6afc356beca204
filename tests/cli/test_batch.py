"""``narrate batch`` as a person uses it."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.batch.archive import children, episodes, kill_when_there, make_archive, make_show, run, start

pytestmark = pytest.mark.slow
WORKER = "narrate.batch.worker"


def test_an_archive_becomes_a_show(tmp_path: Path) -> None:
    """All is made but the bad article, which ends the command with 75; again, nothing is made; retried, it alone."""
    archive, show = make_archive(tmp_path / "archiv", 5), make_show(tmp_path / "show")
    (archive / "leer.txt").touch()
    done = run(tmp_path, "batch", "archiv", "--show", "show", "--report", "r.json", "--json-lines")
    assert done.returncode == 75, done.stderr
    assert len(episodes(show)) == 5
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted(one["status"] for one in results) == ["failed", *["made"] * 5]
    assert "failed (65): archiv/leer.txt is empty" in done.stderr and "articles a minute" in done.stderr
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert (report["made"], report["failed"], len(report["articles"])) == (5, 1, 6)
    feed = (show / "feed.xml").read_text("utf-8")
    assert feed.count("<item>") == 5
    assert run(tmp_path, "verify", "show").returncode == 0

    before = {path: path.stat().st_mtime_ns for path in show.rglob("*.mp3")}
    done = run(tmp_path, "batch", "archiv", "--show", "show", "--json")
    facts = json.loads(done.stdout)["batch"]
    assert (done.returncode, facts["made"], facts["unchanged"], facts["failed"]) == (75, 0, 5, 1)
    assert {path: path.stat().st_mtime_ns for path in show.rglob("*.mp3")} == before

    (archive / "leer.txt").write_text("Nun doch\n\nHier steht ein Satz.\n", "utf-8")
    done = run(tmp_path, "batch", "archiv", "--show", "show", "--retry-failed", "--json", "-q")
    facts = json.loads(done.stdout)["batch"]
    assert (done.returncode, done.stderr, facts["made"], facts["unchanged"]) == (0, "", 1, 0)
    assert run(tmp_path, "batch", "archiv", "--show", "show", "--retry-failed").returncode == 0


def test_it_makes_what_render_makes(tmp_path: Path) -> None:
    """An episode of a batch is byte for byte that of ``narrate render --show``, its page too."""
    make_archive(tmp_path / "archiv", 1)
    one, other = make_show(tmp_path / "in" / "show"), make_show(tmp_path / "show")
    make_archive(tmp_path / "in" / "archiv", 1)
    assert run(tmp_path / "in", "batch", "archiv", "--show", "show").returncode == 0
    assert run(tmp_path, "render", "archiv/a001.txt", "--show", "show").returncode == 0
    left, right = (
        {path.relative_to(show): path.read_bytes() for path in show.rglob("*") if path.is_file()}
        for show in (one, other)
    )
    own = {path for path in left if path.parts[0].startswith(".") or path.name == "feed.xml"}
    assert {path: left[path] for path in left.keys() - own} == {
        path: right[path] for path in right.keys() & left.keys() - own
    }


def test_a_worker_that_dies_costs_nothing(tmp_path: Path) -> None:
    """Kill -9 of a worker in the middle: its article is begun again, all others go on, and all are made."""
    make_archive(tmp_path / "archiv", 6)
    show = make_show(tmp_path / "show")
    process = start(tmp_path, "batch", "archiv", "--show", "show", "--json")
    kill_when_there(process.pid, WORKER)
    out, told = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert json.loads(out)["batch"]["made"] == 6
    assert len(episodes(show)) == 6
    assert run(tmp_path, "verify", "show").returncode == 0


def test_an_endless_article_is_given_up(tmp_path: Path) -> None:
    """What takes longer than --article-timeout fails alone, and says what to do."""
    make_archive(tmp_path / "archiv", 1)
    make_show(tmp_path / "show")
    done = run(tmp_path, "batch", "archiv", "--show", "show", "--article-timeout", "0.002")
    assert done.returncode == 75
    assert "--article-timeout" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_ends_when_told_and_goes_on_the_next_time(tmp_path: Path, number: signal.Signals) -> None:
    """However it is ended, no worker stays, what was made is whole, and the next run makes the rest."""
    make_archive(tmp_path / "archiv", 5)
    show = make_show(tmp_path / "show")
    process = start(tmp_path, "batch", "archiv", "--show", "show")
    end = time.monotonic() + 30
    while not episodes(show) and time.monotonic() < end:
        time.sleep(0.02)
    workers = children(process.pid, WORKER)
    os.kill(process.pid, number)
    _, told = process.communicate(timeout=30)
    assert process.returncode == (-9 if number == signal.SIGKILL else 128 + number), told
    assert number == signal.SIGKILL or told.strip().splitlines()[-1].startswith("narrate: Interrupted; finished episodes")
    end = time.monotonic() + 20
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < end
        time.sleep(0.02)
    assert 0 < len(episodes(show)) < 5
    assert run(tmp_path, "batch", "archiv", "--show", "show", "-q").returncode == 0
    assert len(episodes(show)) == 5
    assert run(tmp_path, "verify", "show").returncode == 0
    assert not [path for path in show.rglob("*") if ".tmp" in path.name]


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["archiv"], 2, "--show"),
        (["archiv", "--show", "leer"], 66, "show.toml"),
        (["archiv", "--show", "ohne"], 65, "base_url"),
        (["nichts", "--show", "show"], 66, "nichts"),
        (["leer", "--show", "show"], 65, "no article"),
        (["archiv", "--show", "show", "--from", "jsonl"], 65, "not a file"),
        (["archiv", "--show", "show", "--engine", "keine"], 69, "keine"),
        (["archiv", "--show", "show", "--cluster", "tcp://127.0.0.1:9"], 75, "dask scheduler"),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path: Path, arguments: list[str], code: int, word: str) -> None:
    """Wrong use ends with its code and a sentence, before anything is made."""
    make_archive(tmp_path / "archiv", 1)
    show = make_show(tmp_path / "show")
    (tmp_path / "leer").mkdir()
    (tmp_path / "ohne").mkdir()
    (tmp_path / "ohne" / "show.toml").write_text('title = "T"\n')
    done = run(tmp_path, "batch", *arguments)
    assert done.returncode == code, done.stderr
    assert word in done.stderr and "Traceback" not in done.stderr
    assert episodes(show) == []
