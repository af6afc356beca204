"""A show.toml or a script file from a stranger: it reads no secret, runs no code, and reaches no network."""

from __future__ import annotations

import os
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from narrate.model.errors import InputUnreadable
from narrate.settings import choose
from narrate.settings.trust import HARMLESS
from narrate.voices.engines.opening import BUILT_IN
from tests.cli.test_main import Run, article, assert_one_sentence, run
from tests.reading.test_fetch import reply, server

__all__ = ["article", "run"]

SCRIPT = """version = 1
title = "Der Markt"
{top}
[cast]
"reporter" = {{ {voice} }}
[[chapter]]
{chapter}
[[chapter.segment]]
role = "narration"
text = "Ein Satz über den Markt am Fluss."
"""
CHOSEN = [
    "[engines.espeak]\nlibrary = 'x.so'", "[engines.espeak]\ndata = '.'", "[engines.pico]\nlibrary = './x'",
    "[engines.mbrola]\nfolder = '.'", "[engines.piper]\nfolder = '.'", "[engines.openai]\nbase_url = 'https://x.example'",
    "[engines.openai]\nbase_url = 'http://127.0.0.1:1/v1'", "[engines.openai]\ninsecure = true",
    "[engines.openai]\nextra = {a = 1}", "[engines.gtts]\ntld = 'evil.com'", "[sign]\nkey = 'k.pem'",
    "[sign]\ntsa = 'http://127.0.0.1/'", "[sign]\ncertificate = 'c.pem'",
]  # fmt: skip


@pytest.mark.parametrize("choice", CHOSEN)
def test_a_show_chooses_no_program_key_or_address(tmp_path: Path, choice: str) -> None:
    """A show.toml that names a program, library, model, server or key is refused, and says where it may stand."""
    (tmp_path / "show.toml").write_text(choice, "utf-8")
    with pytest.raises(InputUnreadable, match=r"show\.toml.*config\.toml.*--set"):
        choose({}, show=tmp_path)


def test_what_a_person_chooses_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same in a person's own config.toml or variable is taken, also beside a show."""
    (tmp_path / "show.toml").write_text("[engines.openai]\nmodel = 'm'\n[engines.gtts]\ntld = 'de'\n", "utf-8")
    own = tmp_path / "own.toml"
    own.write_text("[engines.pico]\nlibrary = './x'\n[engines.openai]\nbase_url = 'http://127.0.0.1:1/v1'\n", "utf-8")
    monkeypatch.setenv("NARRATE_CONFIG", str(own))
    monkeypatch.setenv("NARRATE_ENGINES_ESPEAK_DATA", "d")
    chosen = choose({}, show=tmp_path)
    assert chosen.table("engines.pico") == {"library": "./x"}
    assert chosen.table("engines.openai") == {"base_url": "http://127.0.0.1:1/v1", "model": "m"}
    assert chosen.table("engines.espeak") == {"data": "d"}


def test_only_built_in_engines_have_harmless_settings() -> None:
    """Every setting of a plug-in is refused in a show; nobody here knows what it does."""
    assert HARMLESS.keys() <= BUILT_IN.keys()


@pytest.mark.parametrize(
    "named", ["../geheim.png", "{absolute}", "link.png", "unter/../../geheim.png", "/dev/zero", "/proc/self/environ"]
)
@pytest.mark.parametrize("key", ["cover", "music.intro", "music.bed", "lexicon.files"])
def test_a_show_takes_in_no_file_from_elsewhere(tmp_path: Path, key: str, named: str) -> None:
    """Pictures, sounds and lexicons of a show lie in its folder; neither dots nor links nor devices lead out."""
    show = tmp_path / "show"
    show.mkdir()
    (tmp_path / "geheim.png").write_bytes(b"geheim")
    (show / "link.png").symlink_to(tmp_path / "geheim.png")
    name = named.replace("{absolute}", str(tmp_path / "geheim.png"))
    (show / "show.toml").write_text(f"{key} = {[name] if key == 'lexicon.files' else repr(name)}\n", "utf-8")
    with pytest.raises(InputUnreadable, match=f"{key} leads out"):
        choose({}, show=show)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("key", ["cover", "music.intro", "lexicon.files"])
def test_a_pipe_in_a_show_keeps_nobody_waiting(tmp_path: Path, key: str) -> None:
    """A pipe that nobody writes to is refused by its kind, not opened."""
    os.mkfifo(tmp_path / "p")
    (tmp_path / "show.toml").write_text(f"{key} = {['p'] if key == 'lexicon.files' else repr('p')}\n", "utf-8")
    with pytest.raises(InputUnreadable, match="device"):
        choose({}, show=tmp_path)


def test_a_library_in_a_show_is_not_loaded(run: Run, article: Path, tmp_path: Path) -> None:
    """The whole command: no library that a show names is loaded."""
    (tmp_path / "x.py").write_text(f"#!{sys.executable}\nopen({str(tmp_path / 'ran')!r}, 'w')\n")
    (tmp_path / "x.py").chmod(0o755)
    for setting in ("engines.pico.library", "engines.espeak.library"):
        (tmp_path / "show.toml").write_text(f"engine = 'pico'\n{setting} = '{tmp_path / 'x.py'}'\n")
        assert_one_sentence(run("render", str(article), "--show", "."), 65, setting, "stranger")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "content",
    [b"a = " + b"[" * 100_000, b"[a." + b"a." * 50_000 + b"a]\n", b"a=1\n" * 500_000, b"\xff\xfe", b"\0" * 100],
)
@pytest.mark.parametrize("name", ["show.toml", "a.script.toml"])
def test_huge_and_deep_files_are_a_sentence(run: Run, article: Path, tmp_path: Path, name: str, content: bytes) -> None:
    """Depth, size and bytes that are no text end with 65, quickly."""
    (tmp_path / name).write_bytes(content)
    done = run("render", str(article), "--show", ".") if name == "show.toml" else run("render", name)
    assert done.returncode == 65, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "image", ["../geheim.png", "/etc/passwd", "{absolute}", "link.png", "file:///etc/passwd", "C:\\x.png", "/dev/zero"]
)
def test_a_script_takes_in_no_picture_from_elsewhere(run: Run, tmp_path: Path, image: str) -> None:
    """A picture that a script names outside of its folder is a warning, and no file of the episode is made of it."""
    from PIL import Image

    folder = tmp_path / "skript"
    folder.mkdir()
    Image.new("RGB", (300, 300), "red").save(tmp_path / "geheim.png")
    (folder / "link.png").symlink_to(tmp_path / "geheim.png")
    name = image.replace("{absolute}", str(tmp_path / "geheim.png")).replace("\\", "\\\\")
    text = SCRIPT.format(top="", voice="", chapter=f'image = "{name}"')
    (folder / "a.script.toml").write_text(text, "utf-8")
    done = run("render", "skript/a.script.toml", "-o", "out")
    assert done.returncode == 0, done.stderr
    assert "A chapter has no picture" in done.stderr
    assert not list((tmp_path / "out").glob("chapter-*"))


def test_a_script_reaches_no_network(run: Run, tmp_path: Path) -> None:
    """Neither the address nor the pictures of a script file are fetched."""
    heard: list[str] = []

    def note(request: BaseHTTPRequestHandler) -> None:
        heard.append(request.path)
        reply()(request)

    with server(note) as at:
        text = SCRIPT.format(top=f'url = "{at}/a"\nimage = "{at}/b.png"', voice="", chapter=f'image = "{at}/c.png"')
        (tmp_path / "a.script.toml").write_text(text, "utf-8")
        done = run("render", "a.script.toml", "-o", "out", "--allow-private-network")
    assert done.returncode == 0, done.stderr
    assert not heard


@pytest.mark.parametrize(
    "line",
    [
        "engine = 'pico'",
        "program = 'x'",
        "base_url = 'http://x'",
        "[engines.espeak]\nlibrary = 'x'",
        "[lexicon]\nfiles = ['/etc/passwd']",
        "cover = 'x'",
    ],
)
def test_a_script_knows_no_settings(run: Run, tmp_path: Path, line: str) -> None:
    """A script file has text, roles, pictures and voices; every other key is refused by name."""
    (tmp_path / "a.script.toml").write_text(SCRIPT.format(top="", voice="", chapter="") + line, "utf-8")
    assert_one_sentence(run("render", "a.script.toml"), 65, "a.script.toml", "not known")
