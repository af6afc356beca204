"""The finished MP3, heard: every cue where it says, as loud as it should be, in the voice it should have."""

from __future__ import annotations

import functools
import itertools
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import eyed3
import numpy as np
import pytest
from mutagen.mp3 import MP3
from numpy.typing import NDArray

from narrate.audio import ffmpeg
from narrate.audio.loudness import to_samples
from narrate.model import Script
from narrate.model.episode import Episode
from narrate.reading import read_article
from narrate.script import write_script
from narrate.system.cache import Cache
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.cast import Cast, make_cast
from narrate.voices.engines import open_engine
from narrate.voices.speak import Pronunciation
from tests.episodes import Renderer
from tests.measure import median_f0_hz
from tests.sound import decode, integrated_lufs_and_peak, lag_samples

pytestmark = pytest.mark.slow
RATE_HZ = 32_000  # of speech alone
ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "audio" / "beispiel.txt"
REFERENCE = ROOT.parent / "shared" / "articles" / "babuschkin.txt"
RENDERED = {
    "sample by pico": (SAMPLE, "pico"),
    "reference by pico": (REFERENCE, "pico"),
    "sample by espeak": (SAMPLE, "espeak"),
}


@dataclass
class Sounding:
    """A rendered article and what made it."""

    made: Episode
    script: Script
    cast: Cast
    engine: CachedEngine
    path: Path

    @functools.cached_property
    def heard(self) -> NDArray[np.float64]:
        """Return the decoded MP3, with full scale 1.0."""
        return decode(self.path, RATE_HZ)

    def f0_hz(self, speaker: str | None) -> float:
        """Return the median F0 of the first 45 s that somebody says, in the decoded MP3."""
        own = [cue for cue in self.made.cues if cue.speaker == speaker]
        spans = [self.heard[cue.start_sample : cue.end_sample] for cue in own]
        return median_f0_hz(np.concatenate(spans)[: 45 * RATE_HZ], RATE_HZ)


@pytest.fixture(scope="module", params=list(RENDERED))
def episode(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sounding]:
    """Render an article as the command does."""
    path, name = RENDERED[request.param]
    if not path.exists():
        pytest.skip(f"{path.name} is not on this machine")
    opened = open_engine(name)
    if opened.missing():
        pytest.skip(str(opened.missing()))
    folder = tmp_path_factory.mktemp(name)
    cache = Cache(folder / "cache")
    engine = CachedEngine(opened, cache)
    script = write_script(read_article(path))
    cast = make_cast(script, engine.voices(), {})
    rendered = Renderer(folder / "out", {name: engine}, cache).render(script)
    yield Sounding(rendered.episode, script, cast, engine, rendered.audio)
    engine.close()
    cache.close()


def test_every_cue_is_heard_where_it_says(episode: Sounding) -> None:
    """Each sentence's own sound lies in the decoded MP3 within 2 ms of its cue, at the end as at the start."""
    reach = RATE_HZ // 20
    heard = np.pad(episode.heard, (reach, reach))
    cast = episode.cast
    pronunciation = Pronunciation({episode.engine.name: episode.engine})
    lags = []
    for cue in episode.made.cues:
        voice = cast.speakers[cue.speaker] if cue.speaker else cast.reporter
        speech = episode.engine.synthesize(pronunciation.spoken(cue.text, voice), voice)
        first, last = ffmpeg.audible(speech.pcm, speech.rate_hz)
        own = to_samples(ffmpeg.resample(speech.pcm[2 * first : 2 * last], speech.rate_hz, RATE_HZ)).astype(float)
        start = cue.start_sample
        assert abs(cue.start_ms - 1000 * start / RATE_HZ) <= 0.5
        window = heard[start : start + len(own) + 2 * reach]
        lag, likeness = lag_samples(window, own, reach)
        lags.append(lag)
        assert likeness > 0.9, cue
    assert max(map(abs, lags)) <= 0.002 * RATE_HZ
    assert len(lags) == len(episode.made.cues)


def test_loudness_and_peak_of_the_decoded_file(episode: Sounding) -> None:
    """-16 LUFS within half a LU and at most -1 dBTP, as ffmpeg hears it; the manifest says the same."""
    lufs, peak = integrated_lufs_and_peak(episode.path)
    assert lufs == pytest.approx(-16, abs=0.5)
    assert peak <= -1.0
    assert episode.made.loudness_lufs == pytest.approx(lufs, abs=0.15)
    assert episode.made.true_peak_dbtp == pytest.approx(peak, abs=1.0)


def test_voices_are_far_apart(episode: Sounding) -> None:
    """Any two voices differ by 3 semitones or more, reporter and post by 8, measured in the MP3."""
    pitches = {name: episode.f0_hz(name) for name in (None, *episode.cast.speakers)}
    for (_, low), (_, high) in itertools.combinations(pitches.items(), 2):
        assert abs(12 * np.log2(high / low)) >= 3, pitches
    post = str(next(cue.speaker for cue in episode.made.cues if cue.role == "post"))
    if episode.engine.name == "espeak" and episode.cast.speakers[post].gender == "m":
        return  # its understood voices are few, and most of them men's
    assert abs(12 * np.log2(pitches[None] / pitches[post])) >= 8


def test_readers_agree_on_the_chapters(episode: Sounding) -> None:
    """mutagen, eyeD3, ffprobe where it is installed, and chapters.json tell the same titles and times."""
    expected = [(c.start_ms, c.end_ms, c.title) for c in episode.made.chapters]
    tags = MP3(episode.path).tags
    assert tags is not None
    chaps = [tags[f"CHAP:{child}"] for child in tags["CTOC:toc"].child_element_ids]
    assert [(c.start_time, c.end_time, str(c.sub_frames["TIT2"])) for c in chaps] == expected
    read = eyed3.load(episode.path).tag
    assert [(*chapter.times, chapter.title) for chapter in read.chapters] == expected
    listed = json.loads((episode.path.parent / "chapters.json").read_bytes())["chapters"]
    assert [(round(c["startTime"] * 1000), round(c["endTime"] * 1000), c["title"]) for c in listed] == expected
    if shutil.which("ffprobe"):
        command = ["ffprobe", "-v", "warning", "-show_chapters", "-of", "json", str(episode.path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stderr == ""
        probed = json.loads(done.stdout)["chapters"]
        times = [(float(c["start_time"]), float(c["end_time"]), c["tags"]["title"]) for c in probed]
        assert [(round(a * 1000), round(b * 1000), title) for a, b, title in times] == expected


def test_lengths_agree(episode: Sounding) -> None:
    """Decoded samples, the tag's TLEN, the last chapter and the clips' lengths tell one duration."""
    decoded_ms = 1000 * len(episode.heard) / RATE_HZ
    tags = MP3(episode.path).tags
    assert tags is not None
    assert int(str(tags["TLEN"])) == episode.made.chapters[-1].end_ms
    assert decoded_ms == pytest.approx(episode.made.duration_ms, abs=1)
    clips = sorted((episode.path.parent / "clips").iterdir())
    assert len(clips) == len(episode.made.chapters)
    for number, (clip, chapter) in enumerate(zip(clips, episode.made.chapters, strict=True), 1):
        own = MP3(clip)
        assert own.tags is not None
        assert str(own.tags["TRCK"]) == f"{number}/{len(clips)}"
        assert str(own.tags["TIT2"]) == chapter.title
        assert 1000 * len(decode(clip, RATE_HZ)) / RATE_HZ == pytest.approx(chapter.end_ms - chapter.start_ms, abs=80)


@pytest.mark.skipif(not shutil.which("mp3val"), reason="mp3val is not installed")
def test_mp3val_finds_nothing(episode: Sounding) -> None:
    """The strictest checker of MP3 streams has no warning for the episode or any clip."""
    for path in (episode.path, *(episode.path.parent / "clips").iterdir()):
        said = subprocess.run(["mp3val", str(path)], capture_output=True, text=True, check=True).stdout
        assert "WARNING" not in said, said
        assert "ERROR" not in said, said


def test_an_encoder_hides_no_click_at_the_joins(episode: Sounding) -> None:
    """Between two cues it is silent: no click where a mix unit ends or a fade was forgotten."""
    heard = episode.heard
    cues = episode.made.cues
    margin = RATE_HZ // 50  # MP3 smears an edge over some milliseconds
    for before, after in itertools.pairwise(cues):
        gap = heard[before.end_sample + margin : after.start_sample - margin]
        if len(gap):
            assert np.abs(gap).max() < 0.01, (before.text, after.text)
