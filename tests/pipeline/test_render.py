"""The whole pipeline, from a script to files."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from narrate.model import Script, ScriptSection
from narrate.model.errors import InputMissing, InputUnreadable, NarrateError, ServiceBusy, SynthesisError
from narrate.model.settings import Gaps, Settings
from narrate.system.cache import Cache
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.cast import make_cast
from tests.articles import segment, small_script
from tests.dummies import DistantEngine, ToneEngine
from tests.episodes import Rendered, Renderer


class Studio:
    """An engine, a cache and a folder to render into."""

    def __init__(self, folder: Path) -> None:
        self.tone = ToneEngine(22_050)
        self.cache = Cache(folder / "cache")
        self.engine = CachedEngine(self.tone, self.cache)
        self.out = folder / "out"

    def render(self, script: Script, settings: Settings | None = None) -> Rendered:
        """Render a script into the folder."""
        return Renderer(self.out, {"tone": self.engine}, self.cache).render(script, settings)

    def files(self) -> Mapping[str, str]:
        """Return the digest of every file in the folder."""
        return {
            path.relative_to(self.out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.out.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """Return a studio of its own."""
    made = Studio(tmp_path)
    yield made
    made.engine.close()
    made.cache.close()


def test_every_file_is_in_the_manifest_and_as_it_says(studio: Studio) -> None:
    """The manifest names every other file with its size and digest; nothing else lies in the folder."""
    rendered = studio.render(small_script())
    named = {entry.path: entry for entry in rendered.episode.files}
    assert set(studio.files()) == {*named, "episode.json"}
    assert set(named) == {
        "der-markt-am-fluss.mp3",
        "clips/01-der-markt-am-fluss.mp3",
        "clips/02-die-haendler.mp3",
        "clips/03-ein-brief.mp3",
        "chapters.json",
        "transcript.vtt",
        "transcript.srt",
        "transcript.json",
        "transcript.html",
        "transcript.txt",
        "words.json",
        "waveform.svg",
        rendered.episode.cover,
    }
    for path, entry in named.items():
        assert (studio.out / path).stat().st_size == entry.size_bytes
        assert studio.files()[path] == entry.sha256
    manifest = json.loads((studio.out / "episode.json").read_text("utf-8"))
    assert [member["speaker"] for member in manifest["cast"]] == [None, "Ada Beispiel", "Ben Muster"]
    assert manifest["script"]["title"] == "Der Markt am Fluss"
    assert {"loudness_lufs", "true_peak_dbtp", "engines", "tool", "cues", "chapters"} <= set(manifest)


def test_equal_input_gives_equal_bytes(studio: Studio, tmp_path: Path) -> None:
    """Another cache and another folder give the same bytes in every file."""
    studio.render(small_script())
    other = Studio(tmp_path / "other")
    other.render(small_script())
    assert studio.files() == other.files()


def test_a_second_run_does_nothing(studio: Studio) -> None:
    """Where nothing has changed, nothing is spoken and no file is touched."""
    studio.render(small_script())
    before = {path: path.stat().st_mtime_ns for path in studio.out.rglob("*")}
    calls = studio.tone.calls
    assert studio.render(small_script()).unchanged
    assert studio.tone.calls == calls
    assert before == {path: path.stat().st_mtime_ns for path in studio.out.rglob("*")}


@pytest.mark.parametrize("harm", ["remove", "alter"])
def test_a_damaged_episode_is_made_again(studio: Studio, harm: str) -> None:
    """A file that is missing or altered is noticed, although nothing else has changed."""
    studio.render(small_script())
    whole = studio.files()
    path = studio.out / "clips" / "02-die-haendler.mp3"
    if harm == "remove":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert not studio.render(small_script()).unchanged
    assert studio.files() == whole


def test_an_edit_speaks_only_what_changed(studio: Studio) -> None:
    """One word changed: one sentence is spoken anew, and the clips of other chapters keep their bytes."""
    studio.render(small_script())
    before, calls = studio.files(), studio.tone.calls
    studio.render(small_script("Kai"))
    after = studio.files()
    assert studio.tone.calls == calls + 1
    same = {path for path in before if before[path] == after[path]}
    assert same == {
        "clips/02-die-haendler.mp3",
        "clips/03-ein-brief.mp3",
        studio.render(small_script("Kai")).episode.cover,
    }


def test_clips_that_are_no_more_are_removed(studio: Studio) -> None:
    """A chapter renamed leaves no clip under its old name; files that are not ours stay."""
    script = small_script()
    studio.render(script)
    (studio.out / "notes.txt").write_text("stays")
    sections = (*script.sections[:2], replace(script.sections[2], heading="Der Brief"))
    studio.render(replace(script, sections=sections))
    assert "clips/03-der-brief.mp3" in studio.files()
    assert "clips/03-ein-brief.mp3" not in studio.files()
    assert "notes.txt" in studio.files()


def test_a_failed_sentence_leaves_the_old_episode(studio: Studio) -> None:
    """When the engine fails, the run fails, and what was published before stays whole."""
    studio.render(small_script())
    before = studio.files()
    studio.tone.fail_on = "Kai"
    with pytest.raises(SynthesisError, match="Kai"):
        studio.render(small_script("Kai"))
    assert studio.files() == before


def test_a_failed_first_run_leaves_nothing(studio: Studio) -> None:
    """When the engine fails at the first render, not even the folder is left."""
    studio.tone.fail_on = "Boote"
    with pytest.raises(SynthesisError):
        studio.render(small_script())
    assert not studio.out.exists()


def test_settings_change_the_episode(studio: Studio) -> None:
    """Other gaps are another episode, not an unchanged one."""
    studio.render(small_script())
    longer = studio.render(small_script(), Settings(gaps=Gaps(chapter_ms=3000)))
    assert not longer.unchanged


def test_nothing_to_say_is_an_error(studio: Studio) -> None:
    """An article of marks alone is refused in a sentence, even though the notice could be spoken."""
    with pytest.raises(InputUnreadable, match="no text"):
        studio.render(Script("…", None, (ScriptSection(None, (segment("* * *"),)),)))


def test_the_notice_is_heard_first_and_shown(studio: Studio) -> None:
    """The first cue is the notice; switched off it is gone from the sound, but the tags still say it."""
    rendered = studio.render(small_script())
    assert rendered.episode.cues[0].role == "notice"
    silent = studio.render(small_script(), Settings(notice=None))
    assert all(cue.role != "notice" for cue in silent.episode.cues)
    assert b"AI-DISCLOSURE" in (studio.out / "der-markt-am-fluss.mp3").read_bytes().replace(b"\0", b"")


def test_a_hostile_manifest_removes_nothing_outside(studio: Studio, tmp_path: Path) -> None:
    """Paths in an old manifest that lead out of the folder are ignored."""
    studio.render(small_script())
    victim = tmp_path / "victim.txt"
    victim.write_text("stays")
    manifest = json.loads((studio.out / "episode.json").read_bytes())
    manifest["files"].append({"path": "../victim.txt", "size_bytes": 5, "sha256": "0"})
    manifest["job"] = "other"
    (studio.out / "episode.json").write_text(json.dumps(manifest))
    studio.render(small_script())
    assert victim.exists()


@pytest.mark.slow
def test_a_stand_in_is_told_and_tried_again(studio: Studio) -> None:
    """Where another engine stepped in, manifest and warning say so; the next run tries again and then is at rest."""
    distant = DistantEngine(parallel=1)
    engines = {"distant": CachedEngine(distant, studio.cache), "tone": studio.engine}
    script = small_script()
    pool = distant.voices()
    cast = make_cast(script, pool, {})
    cast = replace(cast, understudy=make_cast(script, studio.tone.voices(), {}))
    distant.failures = [SynthesisError("Not this one.")]
    first = Renderer(studio.out, engines, studio.cache).render(script, cast=cast)
    (stand_in,) = first.episode.stand_ins
    assert stand_in.wanted == "distant:high"
    assert stand_in.spoken_by == "tone:high"
    assert any("tone:high spoke instead" in warning for warning in first.warnings)
    assert {one.engine for one in first.episode.engines} == {"distant", "tone"}
    asked = len(distant.asked)
    second = Renderer(studio.out, engines, studio.cache).render(script, cast=cast)
    assert not second.unchanged
    assert second.episode.stand_ins == ()
    assert len(distant.asked) <= asked + len(distant.pieces(Settings().notice or ""))
    third = Renderer(studio.out, engines, studio.cache).render(script, cast=cast)
    assert third.unchanged
    assert third.episode.cues == second.episode.cues


def test_without_an_understudy_nothing_is_published(studio: Studio) -> None:
    """A service that fails ends the run with its own error, leaves no file, and goes on where it stopped."""
    distant = DistantEngine(parallel=1)
    engines = {"distant": CachedEngine(distant, studio.cache)}
    script = small_script()
    cast = make_cast(script, distant.voices(), {})
    Renderer(studio.out, engines, Cache(studio.cache.folder)).render(script, cast=cast)
    wanted = len(distant.asked)
    distant.asked.clear()
    studio.cache.clear()
    before = studio.files()
    (studio.out / "episode.json").unlink()
    distant.failures = [ServiceBusy("Enough for today.")]
    with pytest.raises(ServiceBusy, match="Enough"):
        Renderer(studio.out, engines, studio.cache).render(script, cast=cast)
    assert "episode.json" not in studio.files()
    Renderer(studio.out, engines, studio.cache).render(script, cast=cast)
    assert len(distant.asked) == wanted + 1
    assert studio.files() == before


@pytest.mark.parametrize(
    ("name", "kind"),
    [("nothing.png", InputMissing), (".", InputUnreadable), ("x" * 5000, InputUnreadable), ("\0", InputUnreadable), ("pipe", InputUnreadable)],
)  # fmt: skip
def test_a_cover_that_is_none_is_told(studio: Studio, tmp_path: Path, name: str, kind: type[NarrateError]) -> None:
    """What is no file is the cover's fault, not the disk's, and a pipe is not waited for."""
    if name == "pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("this system has no named pipes")
        os.mkfifo(tmp_path / name)
    with pytest.raises(kind, match="cover"):
        studio.render(small_script(), Settings(cover=tmp_path / name))
