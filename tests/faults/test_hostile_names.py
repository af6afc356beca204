"""Titles, slugs, file names and links on the disk that lead elsewhere or look like options."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from narrate.episode.manifest import is_whole, load_episode, read_episode, superseded_files
from narrate.episode.slug import slug
from narrate.model.errors import NarrateError
from narrate.show.claims import claim, claimed
from narrate.system.files import Staging
from narrate.system.tempfiles import temporary_beside
from tests.cli.test_main import ARTICLE, Run, article, run
from tests.show.shows import manifest_of

__all__ = ["article", "run"]

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
TITLES = [
    "../../etc/passwd", "..", ".", "...", "/", "/etc/passwd", "//host/share", "~", "~root/x", "C:\\Windows\\x", "C:", "a\\..\\b",
    "a\0b", "\0", "a\nb", "a\r\nb", "\x1b[2J", "CON", "con", "aux.mp3", "NUL", "COM1", "com¹", "LPT9", "prn ", "-", "--help", "-rf /",
    "x" * 300, "ä" * 300, "a" * 79 + " " + "b" * 50, "😀" * 300, "ﬁ" * 100, "İ" * 100, "e\u0301" * 100, "\u202ecod.exe", "a\u200bb",
    "$(touch x)", "`id`", "; rm -rf ~", "| cat", "%2e%2e%2f", "%00", "file:///x", "http://x", "index.html", "feed.xml", "show.toml",
    ".htaccess", ".git", "\ud800", "\uffff", "١٢٣", "Straße", "STRASSE", "a/b/c", "clips", "episode.json",
]  # fmt: skip


@pytest.mark.parametrize("title", TITLES)
def test_any_title_is_a_plain_name(title: str) -> None:
    """Row 21: a slug is 1 to 80 of a-z, 0-9 and hyphens, no name a system reserves, and the same in NFC and NFD."""
    name = slug(title)
    assert SLUG.fullmatch(name), name
    assert name not in {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
    assert slug("e\u0301" + "a") == slug("\u00e9a")


def tree(folder: Path) -> set[str]:
    """Return every path below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["../../heraus", "/heraus", "C:\\heraus", "a\nb", ".", "CON", "--help", "x" * 300])
def test_nothing_is_written_outside(run: Run, article: Path, tmp_path: Path, name: str) -> None:
    """Row 21: title and --slug lead nowhere: one folder below audio, one below the show, and nothing else."""
    inner = tmp_path / "in" / "ner"
    inner.mkdir(parents=True)
    article.rename(inner / "a.txt")
    (inner / "a.txt").write_text(f"{name} heute\n{ARTICLE}", "utf-8")
    (inner / "show.toml").write_text('title = "T"\nauthor = "A"\nbase_url = "https://a.example"\n')
    before = tree(tmp_path)
    for more in ((), (f"--slug={name}",), (f"--slug={name}", "--show", "in/ner")):
        done = run("render", "in/ner/a.txt", "-q", *more)
        assert done.returncode == 0, done.stderr
    made = {
        path.split("/")[0] if path.startswith("audio") else "/".join(path.split("/")[:3])
        for path in tree(tmp_path) - before
    }
    state = {"in/ner/feed.xml", "in/ner/index.html", "in/ner/show.json", "in/ner/.show.lock", "in/ner/.claims"}
    rest = {one for one in made - state - {"audio"} if not re.fullmatch(r"in/ner/cover-[0-9a-f]{8}\.jpg", one)}
    assert len(rest) == 1
    assert SLUG.fullmatch(rest.pop().removeprefix("in/ner/"))
    assert all(SLUG.fullmatch(path.name) for path in (tmp_path / "audio").iterdir())


def test_a_link_where_a_file_goes_is_replaced(tmp_path: Path) -> None:
    """Row 21: a link in the output folder is replaced by the file; what it led to stays as it was."""
    other = tmp_path / "bleibt.txt"
    other.write_text("bleibt")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.mp3").symlink_to(other)
    with Staging(folder) as staging:
        staging.write("a.mp3", [b"neu"])
        staging.publish()
    assert other.read_text() == "bleibt"
    assert not (folder / "a.mp3").is_symlink()


@pytest.mark.parametrize("name", ["a.mp3", "clips/a.mp3"])
def test_a_link_that_waits_is_not_written_through(tmp_path: Path, name: str) -> None:
    """Row 21: neither a link at the temporary name nor one in the place of a folder takes the file elsewhere."""
    other = tmp_path / "anderswo"
    folder = tmp_path / "out"
    folder.mkdir()
    if "/" in name:
        other.mkdir()
        (folder / "clips").symlink_to(other)
    else:
        other.write_text("bleibt")
        temporary_beside(folder / name).symlink_to(other)
    try:
        with Staging(folder) as staging:
            staging.write(name, [b"neu"])
            staging.publish()
    except NarrateError:
        pass
    assert not list(other.iterdir()) if other.is_dir() else other.read_text() == "bleibt"


LEADING_OUT = [
    "../bleibt.txt",
    "../../bleibt.txt",
    "clips/../../bleibt.txt",
    "{absolute}",
    "hinaus/bleibt.txt",
    "a\0b",
    "x" * 5000,
    "~",
]


@pytest.mark.parametrize("path", LEADING_OUT)
def test_a_manifest_names_no_file_outside(tmp_path: Path, path: str) -> None:
    """Row 21: of the files that a stranger's manifest names none outside of its folder is read or removed."""
    folder = tmp_path / "show" / "folge"
    folder.mkdir(parents=True)
    (folder / "hinaus").symlink_to(tmp_path)
    (tmp_path / "bleibt.txt").write_text("bleibt")
    (tmp_path / "show" / "bleibt.txt").write_text("bleibt")
    named = path.replace("{absolute}", str(tmp_path / "bleibt.txt"))
    stranger = manifest_of(1, superseded=[named])
    (folder / "episode.json").write_text(json.dumps(stranger), "utf-8")
    assert superseded_files(load_episode(folder)) == []
    digest = hashlib.sha256(b"bleibt").hexdigest()
    stranger["files"] = [{"path": named, "type": "text/plain", "size_bytes": 6, "sha256": digest}]
    (folder / "episode.json").write_text(json.dumps(stranger), "utf-8")
    episode = read_episode(folder)
    assert episode is None or not is_whole(episode)


@pytest.mark.slow
@pytest.mark.parametrize("key", ["superseded", "files"])
def test_a_render_removes_nothing_outside(run: Run, article: Path, tmp_path: Path, key: str) -> None:
    """Row 21: rendering over a stranger's manifest leaves alone what that names outside of the folder."""
    (tmp_path / "bleibt.txt").write_text("bleibt")
    (tmp_path / "out").mkdir()
    files = {"files": [{"path": "../bleibt.txt", "size_bytes": 6, "sha256": "0"}], "superseded": ["../bleibt.txt"]}
    (tmp_path / "out" / "episode.json").write_text(json.dumps({"schema_version": 1, key: files[key]}))
    assert run("render", str(article), "-o", "out", "-q").returncode == 0
    assert (tmp_path / "bleibt.txt").read_text() == "bleibt"


@pytest.mark.parametrize("name", ["../heraus", "/heraus", ".", "..", ".git", "a/b", "\x00", ""])
def test_a_claim_leads_to_no_folder_outside(tmp_path: Path, name: str) -> None:
    """Row 21: a stranger's show cannot have an article's episode written outside of it."""
    source = "a" * 64
    for kind, file, content in (("names", "folge", source), ("sources", source, name)):
        place = tmp_path / "show" / ".claims" / kind / file
        place.parent.mkdir(parents=True)
        place.write_text(content)
    (tmp_path / "show" / ".claims" / "names" / "heraus").write_text(source)
    assert claimed(tmp_path / "show", source) is None
    assert claim(tmp_path / "show", source, "folge", named=False) == tmp_path / "show" / "folge"


@pytest.mark.slow
def test_names_that_look_like_options_are_names(run: Run, article: Path, tmp_path: Path) -> None:
    """Row 23: an article, a cover, a lexicon, sounds and an output folder that begin with a dash are files."""
    from PIL import Image

    from tests.audio.test_sound_files import make

    article.rename(tmp_path / "-x.txt")
    Image.new("RGB", (1500, 1500), "red").save(tmp_path / "-i.png")
    (tmp_path / "-l.tsv").write_text("Markt\tMahkt\n")
    make(tmp_path / "-evil.mp3")
    make(tmp_path / "concat:a|b.mp3")
    done = run(
        "render", "-q", "-o", "-out", "--cover=-i.png", "--lexicon=-l.tsv", "--set", "music.intro=-evil.mp3",
        "--set", "music.outro=concat:a|b.mp3", "--", "-x.txt",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "-out" / "episode.json").read_text("utf-8"))
    assert manifest["title"] == "Der Markt am Fluss"
    assert run("verify", "--", "-out").returncode == 0
