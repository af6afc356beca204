"""What those who watch over a run are told: ``--log-format``, ``--log-level``, ``--profile``."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.batch.archive import TEXT, make_archive, make_show, run
from tests.voices.engines.opened import BUILT_IN

pytestmark = pytest.mark.slow
STAGES = ["read", "cast", "speak", "load", "level", "encode", "publish", "feed"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with an article."""
    make_archive(tmp_path, 1)
    return tmp_path


def records(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Return the records on stderr, which must hold nothing else."""
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_each_segment_is_a_record(folder: Path) -> None:
    """At debug: which voice, how long, whether it was remembered; the second time everything is."""
    order = ("render", "a001.txt", "--log-format", "json", "--log-level", "debug", "--json")
    first = run(folder, *order, "-o", "one")
    manifest = json.loads((folder / "one" / "episode.json").read_text("utf-8"))
    numbers = sorted({cue["segment"] for cue in manifest["cues"] if cue["segment"] is not None})
    told = [one for one in records(first) if one["event"] == "segment"]
    assert [one["segment"] for one in told if one["segment"] is not None] == numbers
    assert {one["engine"] for one in told} == {BUILT_IN}
    assert all(one["seconds"] >= 0 and one["job"] == manifest["job"][:12] for one in told)
    assert not any(one["cache_hit"] for one in told)
    second = [one for one in records(run(folder, *order, "-o", "two", "--bitrate", "64")) if one["event"] == "segment"]
    assert all(one["cache_hit"] and one["cache_hits"] == one["sentences"] for one in second)


def test_no_word_of_the_article_is_in_a_record(folder: Path) -> None:
    """Neither its text nor who is quoted, at any level."""
    done = run(folder, "render", "a001.txt", "--log-format", "json", "--log-level", "debug", "-q")
    assert records(done)
    for word in ("Hafen", "Anna", "Berg", "Händlerin", "Markt"):
        assert word not in done.stderr


def test_all_records_of_a_run_have_its_name(folder: Path) -> None:
    """Time, level, event and run are in each, those of a batch's worker processes too."""
    make_show(folder / "show")
    make_archive(folder / "archiv", 3)
    done = run(folder, "batch", "archiv", "--show", "show", "--log-format", "json", "--jobs", "2")
    found = records(done)
    assert all({"time", "level", "event", "run_id"} <= set(one) for one in found)
    assert len({one["run_id"] for one in found}) == 1
    articles = [one for one in found if one["event"] == "article"]
    assert [one["status"] for one in articles] == ["made"] * 3
    assert all(one["stages"]["speak"] > 0 for one in articles)
    assert [one["event"] for one in found].count("made") == 3


def test_failures_are_records_too(folder: Path) -> None:
    """With the exit code; nothing else stands on stderr."""
    (folder / "leer.txt").write_text("", "utf-8")
    done = run(folder, "render", "leer.txt", "--log-format", "json")
    assert [(one["level"], one["code"]) for one in records(done) if one["level"] == "error"] == [("error", 65)]


def test_text_is_for_people(folder: Path) -> None:
    """The same records, a line each; without the options there are none."""
    done = run(folder, "render", "a001.txt", "--log-level", "info")
    assert "narrate: info: stage " in done.stderr and "stage=speak" in done.stderr
    assert "narrate: debug:" not in done.stderr
    assert "stage" not in run(folder, "render", "a001.txt", "-o", "other").stderr


def test_profile_tells_where_the_time_went(folder: Path) -> None:
    """Every stage in order, and what belongs to none; their sum is the whole."""
    done = run(folder, "render", "a001.txt", "--profile")
    lines = [line.split()[0] for line in done.stderr.splitlines() if line.endswith("%")]
    assert lines == [*STAGES, "other", "total"]
    (folder / "a001.txt").write_text(TEXT.format(2), "utf-8")
    profile = json.loads(run(folder, "render", "a001.txt", "--profile", "--json").stdout)["episodes"][0]["profile"]
    assert sum(profile.values()) - profile["total"] == pytest.approx(profile["total"], abs=0.01)
