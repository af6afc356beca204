"""Sounds and tags from strangers: playlists in disguise, sound without end, tags like bombs, samples that are none."""

from __future__ import annotations

import gzip
import json
import os
import struct
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mutagen import id3
from mutagen.mp3 import MP3

from narrate.audio.sound_files import decoded
from narrate.model.errors import NarrateError
from narrate.voices.engines.sounds import LONGEST_S, UnusableSound
from narrate.voices.engines.sounds import decoded as answer_decoded
from tests.audio.test_sound_files import make
from tests.cli.test_main import Run, article, assert_one_sentence, command, run

__all__ = ["article", "run"]

RATE_HZ = 44_100
ROOT = Path(__file__).parents[2]
LEADING = {
    "hls": "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{secret}\n#EXT-X-ENDLIST\n",
    "hls by file": "#EXTM3U\n#EXTINF:1,\nfile:{secret}\n",
    "concat": "ffconcat version 1.0\nfile '{secret}'\n",
    "concat without a head": "file '{secret}'\n",
    "pls": "[playlist]\nFile1={secret}\nNumberOfEntries=1\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=a\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{secret}</BaseURL></MPD>',
    "ffmetadata": ";FFMETADATA1\ntitle=x\n[CHAPTER]\nSTART=0\nEND=1\ntitle=INJECTED\n",
    "script": "#!/bin/sh\ntouch ran\n",
    "subtitles": "WEBVTT\n\n00:00.000 --> 00:01.000\nx\n",
}


def tagged(text: str) -> bytes:
    """Put an ID3 tag before a text, so that it begins as an MP3 does."""
    return b"ID3\x03\x00\x00\x00\x00\x00\x00" + text.encode()


@pytest.mark.parametrize("with_tag", [False, True])
@pytest.mark.parametrize("kind", LEADING)
def test_a_playlist_is_no_sound(tmp_path: Path, kind: str, with_tag: bool) -> None:
    """Row 24: what leads to another file is refused, as a jingle and as a service's answer; the other file is not read."""
    secret = make(tmp_path / "geheim.wav")
    text = LEADING[kind].format(secret=secret)
    content = tagged(text) if with_tag else text.encode()
    (tmp_path / "jingle.mp3").write_bytes(content)
    with pytest.raises(NarrateError, match=r"music\.intro"):
        assert not decoded("music.intro", tmp_path / "jingle.mp3", RATE_HZ, 60)[0]
        raise NarrateError("music.intro: nothing was read")
    with pytest.raises(UnusableSound):
        answer_decoded(content)


@pytest.mark.parametrize("kind", ["gzip", "zip", "html", "json", "empty", "zeros"])
def test_other_files_are_no_sound(tmp_path: Path, kind: str) -> None:
    """Row 24: bombs and other files are refused by their first bytes, never unpacked."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.wav", bytes(50_000_000))
    content = {
        "gzip": gzip.compress(bytes(50_000_000)), "zip": packed.getvalue(), "html": b"<html><audio src=x>",
        "json": b'{"error": 1}', "empty": b"", "zeros": bytes(100_000),
    }[kind]  # fmt: skip
    (tmp_path / "jingle.mp3").write_bytes(content)
    with pytest.raises(NarrateError):
        decoded("music.bed", tmp_path / "jingle.mp3", RATE_HZ, 60)
    with pytest.raises(UnusableSound):
        answer_decoded(content)


def flac_of_silence(folder: Path, seconds: int) -> Path:
    """Return hours of silence in few bytes."""
    import subprocess

    import imageio_ffmpeg

    path = folder / "lang.flac"
    source = ["-f", "lavfi", "-i", f"anullsrc=r=8000:cl=mono:d={seconds}"]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, str(path)], check=True, timeout=120)
    return path


# Runs a command, and then says the most memory that one process of it held, in kB. The tests' own processes are large,
# and what they start counts as large as they are.
MEASURING = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:])
_, status, used = os.wait4(process.pid, 0)
sys.stderr.write(f"\\n{used.ru_maxrss}")
sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.slow
def test_six_hours_of_sound_are_bounded(article: Path, tmp_path: Path) -> None:
    """Row 24: a 6-hour file is cut where it is too long as music, and refused as an answer, under 800 MB."""
    path = flac_of_silence(tmp_path, 6 * 3600)
    with pytest.raises(UnusableSound):
        answer_decoded(path.read_bytes())
    pcm, _ = decoded("music.bed", path, RATE_HZ, 10)
    assert len(pcm) == 2 * RATE_HZ * 10
    order = command("render", str(article), "-o", "out", "-q", "--set", f"music.intro={path}")
    done = subprocess.run(
        [sys.executable, "-c", MEASURING, *order],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode in (0, 65), done.stderr
    assert "Traceback" not in done.stderr
    if done.returncode == 0:
        assert json.loads((tmp_path / "out" / "episode.json").read_text("utf-8"))["duration_ms"] < 3_600_000
    assert int(done.stderr.rpartition("\n")[2]) < 800_000


@pytest.mark.slow
def test_a_tag_like_a_bomb_is_passed_over(run: Run, article: Path, tmp_path: Path) -> None:
    """Row 27: a 16 MB picture, 500 chapters, a title of 10^4 characters, a chapter past the end: heard as any MP3."""
    path = make(tmp_path / "jingle.mp3")
    tag = id3.ID3()
    tag.add(id3.TIT2(encoding=1, text="T" * 10_000))
    tag.add(id3.APIC(encoding=0, mime="image/jpeg", type=3, desc="", data=bytes(range(256)) * 65_536))
    for number in range(500):
        title = [id3.TIT2(encoding=1, text=f"INJECTED {number}")]
        tag.add(id3.CHAP(element_id=f"c{number}", start_time=number, end_time=10**9, sub_frames=title))
    tag.save(path, v2_version=3)
    plain = len(decoded("music.intro", make(tmp_path / "ohne.mp3"), RATE_HZ, 60)[0])
    assert abs(len(decoded("music.intro", path, RATE_HZ, 60)[0]) - plain) < RATE_HZ // 10
    assert len(answer_decoded(path.read_bytes()).pcm) > 0
    done = run("render", str(article), "-o", "out", "-q", "--set", f"music.intro={path}")
    assert done.returncode == 0, done.stderr
    (sound,) = (tmp_path / "out").glob("*.mp3")
    tags: Any = MP3(sound).tags
    assert len(sound.read_bytes()) < 3_000_000
    assert "INJECTED" not in str(tags)
    assert len(tags.getall("CHAP")) == 2


@pytest.mark.slow
def test_a_huge_article_has_a_small_tag(run: Run, tmp_path: Path) -> None:
    """Row 27: 500 chapters, a title of 10^4 characters, a 16 MB cover: 255 chapters within the sound, a tag under 1 MB."""
    from PIL import Image

    noise = np.random.default_rng(1).integers(0, 256, (2400, 2400, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "c.png")
    assert (tmp_path / "c.png").stat().st_size > 16_000_000
    chapters = "".join(f"## Kapitel {n}: {'lang ' * 30}\n\nSatz {n}.\n\n" for n in range(500))
    (tmp_path / "a.md").write_text(f"# {'Ein Titel ' * 1000}\n\nDer Anfang.\n\n{chapters}", "utf-8")
    heard = ("--language", "de", "--disclosure", "off", "--set", "announce.chapter=Weiter.")  # headings are long
    done = run("render", "a.md", "-o", "out", "-q", "--cover", "c.png", *heard)
    assert done.returncode == 0, done.stderr
    (sound,) = (tmp_path / "out").glob("*.mp3")
    mp3: Any = MP3(sound)
    found = mp3.tags.getall("CHAP")
    assert 2 <= len(found) <= 255
    assert max(one.end_time for one in found) <= 1000 * mp3.info.length + 100
    assert len(str(mp3.tags["TIT2"])) <= 200
    assert max(len(one.data) for one in mp3.tags.getall("APIC")) <= 500_000
    assert mp3.tags.size < 1_000_000


def wav_of(samples: np.ndarray[tuple[int], np.dtype[np.float32]], rate_hz: int = 24_000) -> bytes:
    """Return a WAV of 32-bit floats."""
    data = samples.astype("<f4").tobytes()
    head = struct.pack(
        "<4sI4s4sIHHIIHH", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 3, 1, rate_hz, 4 * rate_hz, 4, 32
    )
    return head + struct.pack("<4sI", b"data", len(data)) + data


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e30, 4.0, 1e-45])
def test_samples_that_are_none_become_samples(value: float) -> None:
    """Row 29: NaN, infinities and numbers beyond full scale become 16-bit samples, or the answer is refused."""
    samples = np.sin(np.arange(24_000, dtype=np.float32) / 10)
    samples[::7] = value
    try:
        speech = answer_decoded(wav_of(samples))
    except UnusableSound:
        return
    assert len(speech.pcm) == 48_000
    assert speech.rate_hz == 24_000


@pytest.mark.parametrize("rate_hz", [4_000, 48_000, 96_000, 192_000])
def test_every_rate_in_use_is_read(rate_hz: int) -> None:
    """Row 29: sound of any rate in use is read in one go, also above 48 kHz, where a WAV has another head."""
    speech = answer_decoded(wav_of(np.full(rate_hz, 0.5, np.float32), rate_hz))
    assert (speech.rate_hz, len(speech.pcm)) == (rate_hz, 2 * rate_hz)


@pytest.mark.parametrize("rate_hz", [0, 1, 100, 3_999, 192_001, 1_000_000_000])
def test_a_rate_that_is_none_is_refused(rate_hz: int) -> None:
    """Row 29: a rate that no sound has is refused, and nothing is made that would fill the memory."""
    with pytest.raises(UnusableSound):
        answer_decoded(wav_of(np.zeros(1000, np.float32), rate_hz))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["clipped", "offset", "silent"])
def test_an_engine_out_of_bounds_meets_the_loudness(
    run: Run, article: Path, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 29: clipped sound and sound off its middle come out as loud as asked for; silence is refused or told."""
    from tests.voices.engines.service import serving
    from tests.voices.engines.services import SpeechServer
    from tests.voices.engines.tones import wav

    def spoiled(text: str) -> bytes:
        made = wav(text)
        pcm = np.frombuffer(made[44:], "<i2").astype(np.float64)
        changed = {
            "clipped": np.clip(pcm * 50, -32768, 32767),
            "offset": np.clip(pcm * 0.5 + 12_000, -32768, 32767),
            "silent": pcm * 0,
        }
        return made[:44] + changed[kind].astype("<i2").tobytes()

    service = SpeechServer()
    service.make = spoiled
    with serving(service) as running:
        monkeypatch.setenv("NARRATE_ENGINES_OPENAI_BASE_URL", f"{running.url}/v1")
        monkeypatch.setenv("NARRATE_ENGINES_OPENAI_FIRST_WAIT_S", "0.01")
        done = run("render", str(article), "-o", "out", "--engine", "openai")
    assert "Traceback" not in done.stderr
    if kind == "silent":
        assert done.returncode in (0, 69)
        return
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "out" / "episode.json").read_text("utf-8"))
    assert abs(manifest["loudness_lufs"] + 16) <= 1
    assert manifest["true_peak_dbtp"] <= -1 + 0.1


def test_longest_is_a_quarter_of_an_hour(run: Run, article: Path, tmp_path: Path) -> None:
    """Row 24: the bound on one answer is what the tests above rest on; a playlist as a jingle is 65 in a sentence."""
    assert LONGEST_S == 900
    (tmp_path / "jingle.mp3").write_text(LEADING["hls"])
    assert_one_sentence(
        run("render", str(article), "--set", "music.intro=jingle.mp3"), 65, "music.intro", "not an audio file"
    )
