"""The public API, as a stranger's program uses it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import venv
import warnings
from pathlib import Path

import pytest

import narrate
from tests.cli.test_main import ARTICLE
from tests.show.shows import TOML

ROOT = Path(__file__).parent.parent
API = (ROOT / "docs" / "api.md").read_text("utf-8")
ESPEAK = {"engine": "espeak"}
STRANGER = '''
"""Render an article, and print its chapters and who is quoted."""

import sys
from pathlib import Path

import narrate


class Silence(narrate.SimpleEngine):
    name = "silence"

    def voices(self) -> list[narrate.Voice]:
        return [narrate.Voice(self.name, "still")]

    def synthesize(self, text: str, voice: narrate.Voice) -> narrate.Speech:
        raise narrate.SynthesisError(f"{voice.name} does not say {text}")


def stage(name: str, done: int, total: int, utterance: narrate.Utterance | None) -> None:
    print(name, done, total, utterance.text if utterance else "", file=sys.stderr)


def main(article: Path) -> None:
    with narrate.Session({"engine": "espeak"}) as session:
        episode: narrate.Episode = session.render(article, into="out", progress=stage)
    lengths: list[int] = [chapter.end_ms - chapter.start_ms for chapter in episode.chapters]
    quoted: set[str | None] = {cue.speaker for cue in episode.cues}
    print(episode.chapters[1].title, episode.audio, len(lengths), sorted(filter(None, quoted)))
    findings: list[narrate.Finding] = narrate.verify(episode.folder)
    assert not findings and narrate.load_episode("out") == episode
    script: narrate.Script = narrate.write_script(narrate.read_article(article))
    print(script.sections[1].heading, narrate.verbalize("3 km"))


try:
    main(Path(sys.argv[1]))
except narrate.NarrateError as error:
    sys.exit(error.message)
'''


@pytest.fixture
def article(tmp_path: Path) -> Path:
    """Return a small article in a file."""
    path = tmp_path / "artikel.txt"
    path.write_text(ARTICLE, "utf-8")
    return path


@pytest.mark.slow
def test_a_stranger_installs_checks_and_runs(tmp_path: Path, article: Path) -> None:
    """The wheel in a fresh environment has types that ``mypy --strict`` accepts in a program, and the program runs."""
    wheels, fresh = tmp_path / "wheels", tmp_path / "fresh"
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        str(wheels),
    ]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    (wheel,) = wheels.glob("narrate_de-*.whl")
    venv.create(fresh, with_pip=False, symlinks=True)
    python = fresh / "bin" / "python"
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(fresh)}))
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        str(site),
        str(wheel),
    ]
    subprocess.run(install, check=True, capture_output=True)
    # What it depends on is in the environment of these tests; narrate itself is found in the fresh one first.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    program = tmp_path / "stranger.py"
    program.write_text(STRANGER, "utf-8")

    check = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--python-executable",
        str(python),
        "--cache-dir",
        str(tmp_path / "mypy"),
    ]
    checked = subprocess.run([*check, str(program)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    home = subprocess.run(
        [python, "-c", "import narrate; print(narrate.__file__)"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(fresh) in home.stdout
    done = subprocess.run(
        [python, program, article], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["Die Händler der-markt-am-fluss.mp3 2 []", "Die Händler drei Kilometer"]


def test_every_public_name_is_there_and_on_its_page() -> None:
    """``__all__`` is complete, each name can be imported, has a docstring and stands in docs/api.md."""
    assert set(dir(narrate)) == set(narrate.__all__)
    for name in set(narrate.__all__) - {"__version__"}:
        value = getattr(narrate, name)
        assert name == "Progress" or value.__doc__, name
        assert re.search(rf"`{name}\b", API), name
    with pytest.raises(AttributeError, match="nirgends"):
        narrate.nirgends  # noqa: B018


def test_importing_it_loads_nothing() -> None:
    """``import narrate`` imports no other module of the package, and none that it depends on."""
    code = "import sys; before = set(sys.modules); import narrate; print({n.partition('.')[0] for n in set(sys.modules) - before})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(re.findall(r"\w+", done.stdout)) <= {"narrate", *sys.stdlib_module_names}


def test_an_episode_in_two_lines(article: Path, tmp_path: Path) -> None:
    """An article becomes an episode; the same once more is the same episode, and nothing is written."""
    episode = narrate.render(article, into=tmp_path / "out", settings=ESPEAK)
    assert (episode.folder / str(episode.audio)).is_file()
    before = {path: path.stat().st_mtime_ns for path in episode.folder.rglob("*")}
    assert narrate.render(article, into=tmp_path / "out", settings=ESPEAK) == episode
    assert {path: path.stat().st_mtime_ns for path in episode.folder.rglob("*")} == before


def test_an_article_and_a_script_are_rendered_like_a_file(article: Path, tmp_path: Path) -> None:
    """A file, the article in it and its script give the same cues."""
    read = narrate.read_article(article)
    script = narrate.write_script(read)
    with narrate.Session(ESPEAK) as session:
        made = [
            session.render(article, into=tmp_path / "a"),
            session.render(read, into=tmp_path / "b"),
            session.render(script, into=tmp_path / "c"),
        ]
    assert len({episode.cues for episode in made}) == 1


def test_a_session_writes_the_feed_of_its_show(article: Path, tmp_path: Path) -> None:
    """Leaving a session derives feed and pages; the episode knows its publication."""
    show = tmp_path / "show"
    show.mkdir()
    (show / "show.toml").write_text(TOML, "utf-8")
    with narrate.Session(ESPEAK) as session:
        episode = session.render(article, show=show)
        assert not (show / "feed.xml").exists()
    assert episode.publication is not None
    assert episode.publication.guid in (show / "feed.xml").read_text("utf-8")


def test_settings_and_voices_are_those_of_the_command(article: Path, tmp_path: Path) -> None:
    """Voices by speaker and settings by key count; a key or value that is not valid is refused before anything runs."""
    episode = narrate.render(
        article,
        into=tmp_path / "a",
        voices={"reporter": "espeak:de+f2"},
        settings={"disclosure": "Von Maschinen gesprochen."},
    )
    assert (episode.cast[0].engine, episode.cast[0].voice) == ("espeak", "de+f2")
    assert episode.cues[0].text == "Von Maschinen gesprochen."
    with pytest.raises(narrate.InputUnreadable, match="there is no key"):
        narrate.Session({"gaps.chapters": 1})
    with pytest.raises(narrate.InputUnreadable, match="cannot be used"):
        narrate.Session({"gaps.chapter": "long"})
    with pytest.raises(narrate.WrongUse, match="leave out one"):
        narrate.render(article, into=tmp_path / "b", show=tmp_path)
    with pytest.raises(narrate.InputMissing):
        narrate.render(tmp_path / "nichts.txt")


def test_what_a_user_should_know_is_a_warning(article: Path, tmp_path: Path) -> None:
    """Warnings come through Python's own, with a category of ours; progress is told."""
    told: list[str] = []
    with pytest.warns(narrate.RenderWarning, match="synthetic"):
        narrate.render(
            article,
            tmp_path / "a",
            settings={**ESPEAK, "disclosure": "off"},
            progress=lambda stage, *_: told.append(stage),
        )
    assert {"speak", "encode"} <= set(told)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        narrate.render(article, tmp_path / "b", settings=ESPEAK)
