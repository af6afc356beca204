"""Manifests and states that strangers, other versions or a broken disk have left in a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from narrate.episode.manifest import read_episode, read_publication
from tests.cli.test_main import Run, article, assert_one_sentence, run
from tests.show.shows import TOML, add_episode, manifest_of

__all__ = ["article", "run"]

NEWER = [2, 3, 99, 10**30, 1.5, float("inf")]
ODD = [
    b"", b"null", b"5", b"[]", b"[" * 100_000, b'{"a":' * 100_000, b'{"schema_version": 1, "n": ' + b"1" * 5000 + b"}", b"\xff\xfe{}",
    b'{"schema_version": 1, "files": 5, "superseded": 5, "publication": [], "script": 5, "chapters": "x", "slug": []}',
    b'{"schema_version": 1, "files": [5, null, [], {}, {"path": 5}], "superseded": [5, null, {}, "\\u0000", ""], "job": {}}',
    b'{"schema_version": 1, "files": [{"path": "a", "size_bytes": 1e400, "sha256": 0}], "job": "x", "dated": 5}',
    b'{"schema_version": "new", "files": null, "superseded": null}', b'{"schema_version": NaN}', b'{"schema_version": true}',
    b'{"publication": {"guid": 5, "source": [], "published": "0001-01-01T00:00:00+23:00", "updated": 5, "listed": 5}}',
]  # fmt: skip


@pytest.mark.parametrize("schema", NEWER)
@pytest.mark.parametrize("command", ["render", "render --show", "feed", "feed redate", "clips"])
def test_a_newer_manifest_is_left_alone(run: Run, article: Path, tmp_path: Path, schema: Any, command: str) -> None:
    """Row 30: what a newer narrate wrote is not overwritten: 73 in a sentence, before a word is spoken."""
    show = tmp_path / "show"
    show.mkdir()
    (show / "show.toml").write_text(TOML, "utf-8")
    folder = add_episode(show, 1, schema_version=schema)
    folder = folder.rename(show / "der-markt-am-fluss")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    arguments = {
        "render": ("render", str(article), "-o", str(folder)),
        "render --show": ("render", str(article), "--show", "show", "--slug", folder.name),
        "feed": ("feed", "show"),
        "feed redate": ("feed", "redate", str(folder), "2026-11-20"),
        "clips": ("clips", str(folder)),
    }[command]
    assert_one_sentence(run(*arguments), 73, "newer", "update narrate", str(folder.name))
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert not (show / "feed.xml").exists()


@pytest.mark.slow
@pytest.mark.parametrize("schema", [0, -1, None, "1", True])
def test_an_older_manifest_is_made_anew(run: Run, article: Path, tmp_path: Path, schema: Any) -> None:
    """Row 30: an older manifest, or one that does not tell, is read as far as it goes and replaced."""
    folder = add_episode(tmp_path, 1, schema_version=schema)
    done = run("render", str(article), "-o", str(folder), "-q")
    assert done.returncode == 0, done.stderr
    assert json.loads((folder / "episode.json").read_text("utf-8"))["schema_version"] == 1
    assert run("verify", str(folder)).returncode == 0


@pytest.mark.parametrize("content", ODD, ids=range(len(ODD)))
def test_an_odd_manifest_is_none(tmp_path: Path, content: bytes) -> None:
    """Row 30: whatever bytes stand in episode.json, reading them raises nothing."""
    (tmp_path / "episode.json").write_bytes(content)
    assert read_episode(tmp_path) is None
    assert read_publication(tmp_path) is None


@pytest.mark.slow
@pytest.mark.parametrize("content", ODD, ids=range(len(ODD)))
def test_a_render_over_an_odd_manifest_is_an_episode(run: Run, article: Path, tmp_path: Path, content: bytes) -> None:
    """Row 30: an unusable manifest never keeps an article from being rendered, alone or in a show."""
    show = tmp_path / "show"
    (show / "der-markt-am-fluss").mkdir(parents=True)
    (show / "show.toml").write_text(TOML, "utf-8")
    (show / "der-markt-am-fluss" / "episode.json").write_bytes(content)
    alone = run("render", str(article), "-o", str(show / "der-markt-am-fluss"), "-q")
    assert alone.returncode == 0, alone.stderr
    (show / "der-markt-am-fluss" / "episode.json").write_bytes(content)
    done = run("render", str(article), "--show", "show", "-q", "--slug", "der-markt-am-fluss")
    assert "Traceback" not in done.stderr
    assert "bug" not in done.stderr
    assert done.returncode == 0, done.stderr
    assert run("feed", "show").returncode == 0


PLACES = [
    ("publication",), ("publication", "guid"), ("publication", "published"), ("publication", "updated"), ("files",), ("files", 0),
    ("files", 0, "path"), ("files", 0, "size_bytes"), ("chapters",), ("chapters", 0, "start_ms"), ("chapters", 0, "title"), ("chapters", 0, "url"),
    ("script",), ("script", "teaser"), ("script", "url"), ("script", "language"), ("cast",), ("cast", 1, "speaker"), ("soundbite",), ("soundbite", "title"),
    ("audio",), ("cover",), ("title",), ("duration_ms",), ("cues",), ("notice",), ("digital_source_type",), ("clips",),
]  # fmt: skip
VALUES: list[Any] = [None, 5, -1, 1e308, True, "x", "\ud800", "../../x", "", [], {}, [[]], {"a": 1}, 10**400]


@pytest.mark.slow
@pytest.mark.parametrize(
    "place",
    [
        *PLACES,
        ("superseded",),
    ],
    ids=str,
)
def test_a_feed_outlives_any_value(tmp_path: Path, place: tuple[Any, ...]) -> None:
    """Row 30: with any value in any place of a stranger's manifest the feed is written, without or with its episode."""
    from lxml import etree

    from narrate.show.site import write_site
    from narrate.system.cache import Cache
    from tests.show.shows import make_show

    show = make_show(tmp_path / "show")
    add_episode(show.folder, 2)
    cache = Cache(tmp_path / "cache")
    for number, value in enumerate(VALUES):
        made = manifest_of(1)
        made.setdefault("superseded", [])
        inner: Any = made
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = value
        folder = show.folder / "teil-1"
        for file in manifest_of(1)["files"]:
            (folder / file["path"]).parent.mkdir(parents=True, exist_ok=True)
            (folder / file["path"]).write_bytes(b"sound")
        (folder / "episode.json").write_text(json.dumps(made), "utf-8")
        write_site(show, cache)
        feed = etree.parse(str(show.folder / "feed.xml")).getroot()
        urls = [item.get("url") for item in feed.iter("enclosure")]
        assert f"{show.base_url}/teil-2/teil-2.mp3" in urls, number
        assert not [url for url in urls if ".." in url]
    cache.close()
