"""What services answer with."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrate.audio.loudness import to_samples
from narrate.model import Mark, Speech
from narrate.model.errors import EngineUnavailable, SynthesisError
from narrate.voices.engines.sounds import LEAST_MS, UnusableSound, check_length, decoded, form_of, joined, shifted
from tests.measure import median_f0_hz
from tests.voices.engines import tones

TEXT = "Der Markt am Fluss öffnet um acht."
STARTS = [b"", b"RIFF\0\0\0\0WAVE", b"RIFF\0\0\0\0WAVEdata", b"fLaC\0\0\0\x22", b"OggS\0\2", b"ID3\4\0\0\0\0\0\0"]
MP3_STARTS = [b"\xff\xf3\x64\xc4", b"\xff\xfb\x90\xc0", b"\xff\xe3\x18\xc4"]


def made(folder: Path, ending: str, *options: str) -> bytes:
    """Return the text's sound as ffmpeg writes it into a file."""
    path = folder / f"sound.{ending}"
    source = ("-f", "s16le", "-ar", str(tones.RATE_HZ), "-ac", "1", "-i", "pipe:0")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *source, *options, str(path)]
    subprocess.run(command, input=tones.pcm(TEXT), check=True)
    return path.read_bytes()


def refused(answer: bytes, raw_hz: int | None = None) -> bool:
    """Tell whether an answer is no usable sound."""
    try:
        decoded(answer, raw_hz)
    except UnusableSound:
        return True
    return False


@settings(max_examples=120)
@given(start=st.sampled_from(STARTS + MP3_STARTS), rest=st.binary(max_size=600), raw_hz=st.sampled_from([None, 24_000]))
def test_no_bytes_do_harm(start: bytes, rest: bytes, raw_hz: int | None) -> None:
    """Any bytes are speech of whole samples, or refused with a reason."""
    assert form_of(start + rest) in {None, "wav", "flac", "ogg", "mp3"}
    try:
        speech = decoded(start + rest, raw_hz)
    except UnusableSound as error:
        assert str(error)
    else:
        assert speech.pcm and len(speech.pcm) % 2 == 0


@pytest.mark.parametrize(
    ("ending", "options"),
    [
        ("wav", ("-ac", "2")),
        ("wav", ("-c:a", "pcm_s24le", "-metadata", "title=data")),
        ("wav", ("-c:a", "pcm_f32le")),
        ("flac", ()),
        ("ogg", ("-c:a", "libvorbis")),
        ("ogg", ("-c:a", "libopus")),
        ("mp3", ("-b:a", "64k")),
        ("mp3", ("-ar", "44100", "-q:a", "4", "-write_id3v1", "1", "-metadata", "title=Markt")),
    ],
)
def test_every_format_is_read_and_every_cut_seen(tmp_path: Path, ending: str, options: tuple[str, ...]) -> None:
    """A file is read whole, at its own rate; cut anywhere it is refused, never taken for shorter speech."""
    answer = made(tmp_path, ending, *options)
    assert form_of(answer) == ending
    speech = decoded(answer)
    length_s = len(tones.pcm(TEXT)) / 2 / tones.RATE_HZ
    assert len(speech.pcm) / 2 / speech.rate_hz == pytest.approx(length_s, abs=0.1)
    places = np.linspace(0, len(answer) - 140, 12, dtype=int)
    assert all(refused(answer[:place]) for place in (*map(int, places), len(answer) - 129))


def test_speech_is_told_exactly() -> None:
    """16-bit mono comes out to the sample, with and without a told length, and bare PCM where it is expected."""
    for answer, raw_hz in (
        (tones.wav(TEXT), None),
        (tones.wav(TEXT, 0), None),
        (tones.wav(TEXT, 0xFFFF_FFFF), None),
        (tones.wav(TEXT) + b"LIST\x04\0\0\0INFO", None),
        (tones.pcm(TEXT), tones.RATE_HZ),
    ):
        assert decoded(answer, raw_hz) == Speech(tones.pcm(TEXT), tones.RATE_HZ)
    assert refused(tones.pcm(TEXT))


def test_bare_pcm_is_not_taken_for_an_mp3() -> None:
    """PCM whose first sample looks like the start of a frame is still PCM, and an MP3 is still an MP3."""
    pcm = b"\xff\xf3\x64\xc4" + tones.pcm(TEXT)
    assert decoded(pcm, 24_000).pcm == pcm
    assert tones.tells(decoded(tones.mp3(TEXT), 24_000), TEXT)
    assert refused(tones.pcm(TEXT)[:-1], 24_000)
    assert refused(b'{"error": "no"}', 24_000)


def test_an_mp3_of_a_service_is_cut_where_a_frame_is() -> None:
    """Without a header frame a cut shows unless it falls between two frames; zeros at the end are no cut."""
    answer = tones.mp3(TEXT)
    for missing in range(1, 3 * tones.FRAME_BYTES):
        at_border = missing % tones.FRAME_BYTES == 0
        assert at_border or refused(answer[:-missing])
    assert tones.tells(decoded(answer + bytes(100)), TEXT)
    assert refused(answer + b"<html>")
    assert refused(answer[:1000] + answer[1010:])
    unseen = decoded(answer[: 5 * tones.FRAME_BYTES])
    with pytest.raises(UnusableSound, match="too short"):
        check_length(unseen, TEXT)


def test_length_is_judged_by_german_letters() -> None:
    """Sound in which a text cannot have been said is refused; other scripts, digits and signs say nothing."""
    second = Speech(bytes(48_000), 24_000)
    check_length(second, "a" * int(1000 / LEAST_MS))
    check_length(second, "Путин" * 100 + "1234567890" * 20)
    check_length(second, "a" * 90, rate=2.0)
    with pytest.raises(UnusableSound):
        check_length(second, "ä" * 51)


def test_a_wav_must_make_sense(tmp_path: Path) -> None:
    """Odd rates, no samples, no layout, more than 15 minutes: refused, and nothing is divided by zero."""
    good = tones.wav(TEXT)
    for rate_hz in (0, 1, 3_999, 192_001, 0xFFFF_FFFF):
        assert refused(good[:24] + struct.pack("<I", rate_hz) + good[28:])
    assert refused(good[:32] + b"\0\0" + good[34:])
    assert refused(good[:40] + struct.pack("<I", 2 * len(good)) + good[44:])
    assert refused(good[:12] + good[36:])
    assert refused(good[:44])
    assert refused(good[:24] + struct.pack("<I", 4_000) + good[28:40] + bytes(4_000 * 2 * 901))
    assert refused(made(tmp_path, "flac", "-ar", "384000"))


@pytest.mark.parametrize("semitones", [-9.0, -4.5, 4.5])
def test_a_shift_moves_the_voice_and_not_the_pace(semitones: float) -> None:
    """Pitch moves by the semitones asked for; length and marks stay."""
    rate_hz, f0_hz = 24_000, 190
    time_s = np.arange(2 * rate_hz) / rate_hz
    voice = sum(np.sin(2 * np.pi * f0_hz * k * time_s) / k for k in range(1, 12)) * 3000
    speech = Speech(np.asarray(voice).astype("<i2").tobytes(), rate_hz, (Mark(0, "a", 0.0, 1000.0),))
    moved = shifted(speech, semitones)
    assert (len(moved.pcm), moved.marks) == (len(speech.pcm), speech.marks)
    heard = 12 * np.log2(median_f0_hz(to_samples(moved.pcm), rate_hz) / f0_hz)
    assert heard == pytest.approx(semitones, abs=0.3)


def test_a_rate_moves_the_marks_along() -> None:
    """Faster speech is as much shorter, and its marks as much earlier; no change leaves it as it is."""
    speech = Speech(tones.pcm(TEXT), tones.RATE_HZ, (Mark(0, "Der", 100.0, 200.0),))
    quick = shifted(speech, 0, 1.25)
    assert len(quick.pcm) == pytest.approx(len(speech.pcm) / 1.25, abs=2)
    assert quick.marks == (Mark(0, "Der", 80.0, 160.0),)
    assert shifted(speech, 0) is speech


def test_pieces_are_joined_with_a_pause() -> None:
    """The pieces come in order with silence between; different rates and no piece at all are refused."""
    one, two = Speech(b"\1\0" * 10, 8000), Speech(b"\2\0" * 10, 8000)
    assert joined([one, two], 1).pcm == one.pcm + bytes(16) + two.pcm
    with pytest.raises(EngineUnavailable, match="rate"):
        joined([one, Speech(b"\1\0", 16_000)], 0)
    with pytest.raises(SynthesisError, match="nothing to pronounce"):
        joined([], 0)
