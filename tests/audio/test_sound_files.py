"""Sound files that a person names."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.audio import sound_files
from narrate.audio.sound_files import decoded, digests, form_of_file
from narrate.model.errors import InputMissing, InputUnreadable, NarrateError

RATE_HZ = 22_050
FORMS = "wav aiff flac mp3 ogg opus m4a mov caf mka wma w64 wv au aac ac3 tta".split()


def make(path: Path, *more: str) -> Path:
    """Make two seconds of 500 Hz, stereo, with ffmpeg."""
    source = ("-f", "lavfi", "-i", "sine=f=500:d=2:r=48000", "-ac", "2")
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *source, *more, str(path)], check=True)
    return path


@pytest.mark.parametrize("form", FORMS)
def test_every_common_format_is_read_whatever_its_name(tmp_path: Path, form: str) -> None:
    """A file is told by its bytes: two seconds of 500 Hz in any format, under a name that says nothing."""
    path = make(tmp_path / f"ton.{form}").rename(tmp_path / "ohne Endung")
    pcm, digest = decoded("music.bed", path, RATE_HZ, 60)
    wave = np.frombuffer(pcm, "<i2").astype(float)
    assert len(wave) == pytest.approx(2 * RATE_HZ, abs=0.06 * RATE_HZ)
    assert np.argmax(np.abs(np.fft.rfft(wave))) * RATE_HZ / len(wave) == pytest.approx(500, abs=2)
    assert digests({"music.bed": path}) == {"music.bed": digest}


def test_what_is_long_is_read_no_further(tmp_path: Path) -> None:
    """Only as many seconds are decoded as are asked for."""
    assert len(decoded("music.bed", make(tmp_path / "ton.flac"), RATE_HZ, 0.5)[0]) == RATE_HZ


LEADING = {
    "liste.m3u8": "#EXTM3U\n#EXTINF:1,\nfile:{secret}\n",
    "liste.ffconcat": "ffconcat version 1.0\nfile '{secret}'\n",
    "liste.pls": "[playlist]\nFile1={secret}\n",
    "strom.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n",
    "bild.xml": '<?xml version="1.0"?><MPD><BaseURL>{secret}</BaseURL></MPD>',
}


@pytest.mark.parametrize("name", LEADING)
def test_nothing_leads_to_another_file(tmp_path: Path, name: str) -> None:
    """Playlists and their like are no sound, though ffmpeg could follow them."""
    secret = make(tmp_path / "geheim.wav")
    path = tmp_path / name
    path.write_text(LEADING[name].format(secret=secret))
    with pytest.raises(InputUnreadable, match=rf"music\.intro: '.*{name}' is not an audio file"):
        decoded("music.intro", path, RATE_HZ, 60)


@pytest.mark.parametrize("form", ["flac", "mp3", "m4a", "ogg"])
def test_a_head_without_sound_is_a_sentence(tmp_path: Path, form: str) -> None:
    """The beginning of a format with rubbish behind it is refused, or gives no sound."""
    path = tmp_path / f"rest.{form}"
    path.write_bytes(make(tmp_path / f"ton.{form}").read_bytes()[:40] + bytes(range(256)) * 40)
    try:
        pcm, _ = decoded("music.outro", path, RATE_HZ, 60)
    except InputUnreadable as error:
        assert "music.outro" in error.message
        assert path.name in error.message
    else:
        assert len(pcm) < RATE_HZ


@given(st.binary(max_size=300))
def test_any_beginning_is_told_or_not(head: bytes) -> None:
    """Whatever the bytes: a name of a format, or None."""
    assert form_of_file(head) is None or isinstance(form_of_file(head), str)


def test_what_is_no_file_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder, a pipe that nobody writes to, a name that cannot be, 101 MB: at once, with key and name."""
    pipe = tmp_path / "rohr"
    if hasattr(os, "mkfifo"):
        os.mkfifo(pipe)
    else:
        pipe.mkdir()
    for path in (tmp_path, pipe, tmp_path / "a\0b", tmp_path / ("x" * 5000)):
        with pytest.raises(NarrateError, match=r"music\.bed"):
            digests({"music.bed": path})
    with pytest.raises(InputMissing, match=r"music\.bed.*nichts"):
        digests({"music.bed": tmp_path / "nichts"})
    monkeypatch.setattr(sound_files, "LARGEST_FILE_BYTES", 1000)
    with pytest.raises(InputUnreadable, match="larger"):
        digests({"music.bed": make(tmp_path / "ton.wav")})
