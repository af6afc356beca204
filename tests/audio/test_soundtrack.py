"""Music and announcements: what is heard where, how loud, and what is refused."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from narrate.audio.soundtrack import load
from narrate.model.errors import InputMissing, InputUnreadable, NarrateError
from narrate.model.settings import Announcements, Encoding, Music, Settings, Target
from narrate.script.announce import FIELDS, announced, parts_of
from narrate.settings import read_file, read_setting
from narrate.system.cache import Cache
from narrate.voices.cached_engine import CachedEngine
from tests.articles import small_script
from tests.dummies import ToneEngine
from tests.episodes import Rendered, Renderer
from tests.sound import decode, integrated_lufs_and_peak

RATE_HZ = 44_100
INTRO_HZ, JINGLE_HZ, OUTRO_HZ, BED_HZ = 1500.0, 2100.0, 2900.0, 3700.0


def make(path: Path, source: str, *more: str) -> Path:
    """Make a sound file with ffmpeg."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", "-i", source, *more, str(path)]
    subprocess.run(command, check=True)
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of music in four formats, stereo and mono, at two sample rates."""
    folder = tmp_path_factory.mktemp("music")
    make(folder / "intro.flac", f"sine=f={INTRO_HZ}:d=3,aformat=channel_layouts=stereo", "-ar", "48000")
    make(folder / "jingle.wav", f"sine=f={JINGLE_HZ}:d=1")
    make(folder / "outro.m4a", f"sine=f={OUTRO_HZ}:d=2")
    make(folder / "bed.ogg", f"sine=f={BED_HZ}:d=5")
    return folder


class Studio:
    """An engine that hums, a cache and a folder."""

    def __init__(self, folder: Path) -> None:
        self.cache = Cache(folder / "cache")
        self.engine = CachedEngine(ToneEngine(22_050), self.cache)
        self.folder = folder

    def render(self, name: str, settings: Settings, word: str = "Hafen") -> Rendered:
        """Render the small script."""
        settings = replace(settings, encoding=Encoding(96, RATE_HZ))
        return Renderer(self.folder / name, {"tone": self.engine}, self.cache).render(small_script(word), settings)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """Return a studio of its own."""
    made = Studio(tmp_path)
    yield made
    made.engine.close()
    made.cache.close()


def sound_of(rendered: Rendered) -> NDArray[np.float64]:
    """Decode an episode."""
    return decode(rendered.audio, RATE_HZ)


def level_db(sound: NDArray[np.float64], hz: float, start_ms: float, end_ms: float) -> float:
    """Return how strong a tone is between two moments, in dB of its amplitude."""
    piece = sound[int(start_ms * RATE_HZ / 1000) : int(end_ms * RATE_HZ / 1000)]
    window = np.hanning(len(piece))
    wave = np.exp(-2j * np.pi * hz * np.arange(len(piece)) / RATE_HZ)
    return float(20 * np.log10(abs((piece * window * wave).sum()) * 2 / window.sum() + 1e-9))


@pytest.mark.slow
def test_intro_jingle_and_outro_are_heard_in_their_chapters(studio: Studio, files: Path) -> None:
    """The intro before the disclosure, a jingle at each later chapter's start, the outro at the very end."""
    music = Music(intro=files / "intro.flac", chapter_jingle=files / "jingle.wav", outro=files / "outro.m4a")
    rendered = studio.render("out", Settings(music=music))
    sound, cues, chapters = sound_of(rendered), rendered.episode.cues, rendered.episode.chapters
    assert cues[0].role == "notice"
    assert 3000 <= cues[0].start_ms <= 4500
    assert chapters[0].start_ms == 0
    assert level_db(sound, INTRO_HZ, 500, 2500) > -25
    for chapter in chapters[1:]:
        start_ms = chapter.start_ms
        assert level_db(sound, JINGLE_HZ, start_ms + 200, start_ms + 900) > -25
        first = next(cue for cue in cues if cue.start_ms >= start_ms)
        assert first.start_ms >= start_ms + 1000
    assert level_db(sound, OUTRO_HZ, cues[-1].end_ms + 700, cues[-1].end_ms + 2000) > -25
    assert chapters[-1].end_ms >= cues[-1].end_ms + 2000
    assert rendered.episode.digital_source_type.endswith("/compositeSynthetic")


def test_the_bed_is_low_under_speech_and_silent_where_stretches_meet(studio: Studio, files: Path) -> None:
    """Under speech the bed is 18 LU down; before the first word of a chapter it is up; at the borders nothing clicks."""
    rendered = studio.render("out", Settings(music=Music(bed=files / "bed.ogg", level_lu=-4.0)))
    sound, cues, chapters = sound_of(rendered), rendered.episode.cues, rendered.episode.chapters
    # In a short pause the bed stays down, and no hum is heard that would add to it.
    pauses = [(one.end_ms, other.start_ms) for one, other in itertools.pairwise(cues)]
    start, end = next((start, end) for start, end in pauses if 400 <= end - start <= 1200)
    low = level_db(sound, BED_HZ, start + 100, end - 100)
    first = cues[0].start_ms
    high = level_db(sound, BED_HZ, first - 1000, first - 350)
    assert 12 <= high - low <= 16
    for chapter in chapters[1:]:
        border = int(chapter.start_ms * RATE_HZ / 1000)
        around = sound[border - RATE_HZ // 50 : border + RATE_HZ // 50]
        assert float(np.abs(around).max()) < 0.01
    lufs, peak = integrated_lufs_and_peak(rendered.audio)
    assert -18 <= lufs <= -15.5  # a few words between long seconds of bed
    assert peak <= -1.0


@pytest.mark.slow
def test_cues_are_where_the_words_are(studio: Studio, files: Path) -> None:
    """With music a cue still cuts out its speech: before it and after it nobody hums."""
    music = Music(intro=files / "intro.flac", chapter_jingle=files / "jingle.wav")
    sound = sound_of(rendered := studio.render("out", Settings(music=music)))
    for cue in rendered.episode.cues:
        start, end = cue.start_sample, cue.end_sample
        inside = np.abs(sound[start : start + RATE_HZ // 20])
        before = np.abs(sound[start - RATE_HZ // 50 : start - 40])
        assert float(inside.max()) > 0.05
        assert float(before.max()) < 0.01
        assert float(np.abs(sound[end + 60 : end + RATE_HZ // 50]).max(initial=0.0)) < 0.01


def test_without_music_nothing_changes(studio: Studio) -> None:
    """An episode without music and announcements has the same bytes, and files are not looked for."""
    plain = studio.render("a", Settings())
    again = studio.render("b", Settings(music=Music(level_lu=-9.0), announcements=Announcements()))
    assert plain.episode.job == again.episode.job
    assert (plain.audio).read_bytes() == (again.audio).read_bytes()


@pytest.mark.slow
def test_other_music_is_another_episode(studio: Studio, files: Path, tmp_path: Path) -> None:
    """The bytes of a file decide whether anything changed, not its name."""
    own = tmp_path / "eigen.flac"
    own.write_bytes((files / "intro.flac").read_bytes())
    settings = Settings(music=Music(intro=own))
    studio.render("out", settings)
    assert studio.render("out", settings).unchanged
    make(own, "sine=f=700:d=2")
    assert not studio.render("out", settings).unchanged


def test_announcements_are_said_and_are_no_part_of_the_script(studio: Studio) -> None:
    """Opening after the disclosure, chapters instead of headings, closing last; in the cues, not in the script."""
    said = Announcements("Sie hören {title}.", "Kapitel {number} von {count}: {title}", "Das war {show}.")
    episode = studio.render("out", Settings(announcements=said, album="Die Sendung")).episode
    texts = [cue.text for cue in episode.cues if cue.role == "announcement"]
    assert texts == [
        "Sie hören Der Markt am Fluss.", "Kapitel 2 von 3: Die Händler", "Kapitel 3 von 3: Ein Brief",
        "Das war Die Sendung.",
    ]  # fmt: skip
    assert [cue.role for cue in episode.cues][:2] == ["notice", "announcement"]
    assert episode.cues[-1].role == "announcement"
    assert not any(cue.role == "heading" for cue in episode.cues)
    words = str(episode.script)
    assert "Sie hören" not in words
    assert all(cue.segment is None for cue in episode.cues if cue.role == "announcement")


@pytest.mark.parametrize(
    "template",
    ["{titel}", "{", "}", "{title.__class__}", "{title[0]}", "{title!r}", "{title:>9}", "{}", "{0}", "", "…"],
)
def test_templates_know_their_fields_and_nothing_else(template: str) -> None:
    """An unknown field, a lookup, a format or a lost brace is refused."""
    with pytest.raises(ValueError, match=r"title|character"):
        parts_of(template, "opening")


@given(st.text(max_size=40), st.text(max_size=40))
def test_what_an_article_says_is_never_read_as_a_template(title: str, author: str) -> None:
    """Braces in a title are said as they stand, and a template takes nothing but text from an article."""
    script = replace(small_script(), title=title, author=author or None)
    said = announced(script, Settings(announcements=Announcements("{{{title}}} von {author}.")))
    assert said.opening == " ".join(f"{{{title}}} von {author or 'narrate'}.".split())


@given(st.text(alphabet="{}!:.[]ab_titel0", max_size=20))
def test_any_template_is_used_or_refused(template: str) -> None:
    """Whatever is written: plain fields and text, or a sentence."""
    try:
        parts = parts_of(template, "closing")
    except ValueError as error:
        assert "sentence" in str(error)
    else:
        assert all(name is None or name in FIELDS["closing"] for _, name in parts)


def test_show_toml_names_files_beside_itself(tmp_path: Path) -> None:
    """A file name in show.toml is seen from there; off stays off; a template with an unknown field is told of."""
    path = tmp_path / "show.toml"
    path.write_text('[music]\nintro = "a  b.flac"\nbed = "off"\n[announce]\nchapter = "Kapitel {number}: {title}"\n')
    found = read_file(path)
    assert found["music.intro"] == str(tmp_path / "a  b.flac")
    assert found["music.bed"] == "off"
    path.write_text('[announce]\nopening = "Folge {number}"\n')
    with pytest.raises(InputUnreadable, match=r"show\.toml: announce\.opening"):
        read_file(path)


@pytest.mark.parametrize("notice", ["—", "...", "!"])
def test_a_disclosure_that_cannot_be_heard_is_refused(notice: str) -> None:
    """Only the word off leaves the disclosure out; signs without a letter would do so unseen."""
    with pytest.raises(InputUnreadable, match="off"):
        read_setting(f"disclosure={notice}")
    assert read_setting("disclosure=OFF") == ("disclosure", "off")


def test_a_day_that_nobody_told_is_a_sentence() -> None:
    """{date} for an article without a day says what to do."""
    with pytest.raises(InputUnreadable, match="--date"):
        announced(small_script(), Settings(announcements=Announcements(opening="Vom {date}.")))


@pytest.mark.parametrize("name", ["text.mp3", "stumm.wav", "leer.wav", "liste.m3u8", "ordner"])
def test_what_is_no_sound_is_refused_before_anything_is_spoken(studio: Studio, tmp_path: Path, name: str) -> None:
    """A sentence that names key and file; nothing is spoken and nothing is written."""
    path = tmp_path / name
    if name == "stumm.wav":
        make(path, "anullsrc=d=2")
    elif name == "ordner":
        path.mkdir()
    else:
        secret = tmp_path / "geheim.wav"
        make(secret, "sine=d=1")
        path.write_bytes({"text.mp3": b"kein Ton", "leer.wav": b""}.get(name, f"#EXTM3U\n{secret}\n".encode()))
    with pytest.raises(NarrateError, match=r"music\.intro") as refused:
        studio.render("out", Settings(music=Music(intro=path)))
    assert name in refused.value.message
    assert refused.value.exit_code == 65
    assert not (tmp_path / "out").exists()


def test_a_missing_file_is_a_sentence(tmp_cache: Cache, tmp_path: Path) -> None:
    """Exit code 66, with the key that named it."""
    with pytest.raises(InputMissing, match=r"music\.bed"):
        load(Music(bed=tmp_path / "nichts.flac"), Target(), RATE_HZ, tmp_cache)


@pytest.mark.slow
def test_an_edit_encodes_only_its_part(studio: Studio, files: Path) -> None:
    """With a bed under it a word that changes costs its chapter; the clips of the others keep their bytes."""
    settings = Settings(music=Music(bed=files / "bed.ogg", outro=files / "outro.m4a"))
    first = studio.render("out", settings)
    clips = {clip.path: (first.folder / clip.path).read_bytes() for clip in first.episode.clips}
    second = studio.render("out", settings, "Kai")
    changed = [path for path, content in clips.items() if (second.folder / path).read_bytes() != content]
    assert changed == ["clips/01-der-markt-am-fluss.mp3"]


def test_long_music_is_cut_and_faded(tmp_path: Path, tmp_cache: Cache) -> None:
    """An intro longer than 15 seconds ends there, softly, so that the disclosure comes early."""
    path = make(tmp_path / "lang.wav", "sine=d=40")
    score = load(Music(intro=path, fade_ms=1000), Target(), RATE_HZ, tmp_cache)
    assert score.intro is not None
    assert score.intro.length == 15 * RATE_HZ
    samples = np.frombuffer(score.intro.pcm(tmp_cache), "<i2").astype(float)
    assert np.abs(samples[-RATE_HZ // 20 :]).max() < 0.1 * np.abs(samples).max()
