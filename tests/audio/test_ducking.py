"""The course of a bed: down under speech, up in long pauses, silent at the ends, and over and over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from narrate.audio.ducking import DUCK_MS, OPEN_GAP_MS, RISE_MS, SpeechSpans, envelope, looped
from narrate.audio.soundtrack import Bed, Piece, _Making

RATE_HZ = 1000  # a sample is a millisecond
EDGE = 60


def bed_of(fade_ms: int) -> Bed:
    """Return a bed that is 1.0 alone and 0.1 under speech."""
    return Bed(
        Piece("music.bed", Path("bed"), "", RATE_HZ, 1, 1.0, _Making(RATE_HZ, 0, 0, 0, 0, False)), 1.0, 0.1, fade_ms
    )


SPOKEN = st.lists(st.tuples(st.integers(50, 9000), st.integers(0, 4000)), min_size=1, max_size=8)


@given(SPOKEN, st.integers(20, 5000))
def test_nobody_speaks_over_a_loud_bed(spoken: list[tuple[int, int]], fade_ms: int) -> None:
    """Whatever the pauses: low from each first to each last sample, up only in long pauses, nothing at the ends."""
    bed = bed_of(fade_ms)
    lengths = [length for length, _ in spoken]
    inner = [pause for _, pause in spoken[:-1]]
    silences = [EDGE + bed.room_ms, *inner, spoken[-1][1] + bed.room_ms]
    places, gains = envelope(bed, SpeechSpans(RATE_HZ, silences, lengths, EDGE))
    assert places == sorted(places)
    whole = sum(lengths) + sum(silences)
    assert places[-1] == whole
    course = np.interp(np.arange(whole), places, gains)
    assert course[: EDGE + 1].max() == 0
    assert course[-EDGE:].max() == 0
    assert course.max() <= bed.open_gain
    at = silences[0]
    for length, pause in zip(lengths, [*inner, 0], strict=True):
        assert np.allclose(course[at : at + length], bed.low_gain)
        if pause >= OPEN_GAP_MS:
            assert np.allclose(course[at + length + RISE_MS : at + length + pause - DUCK_MS], bed.open_gain)
        elif pause:
            assert np.allclose(course[at + length : at + length + pause], bed.low_gain)
        at += length + pause
    steepest = 1 / min(fade_ms, DUCK_MS)
    assert np.abs(np.diff(course)).max() <= steepest + 1e-9


@given(st.integers(1, 500), st.integers(0, 900), st.integers(0, 3000))
def test_a_bed_goes_on_without_end(length: int, fade: int, start: int) -> None:
    """Any place has a sample, the first time is the wave itself, and parts fit to the whole."""
    wave = np.random.default_rng(length).normal(0, 0.1, length).astype(np.float32)
    whole = looped(wave, np.arange(start + 700), fade)
    assert np.array_equal(whole[start:], looped(wave, np.arange(start, start + 700), fade))
    once = min(length - min(fade, length // 4), start + 700)
    assert np.array_equal(whole[:once], wave[:once].astype(float))


def test_where_a_bed_begins_again_nothing_clicks() -> None:
    """The end is cross-faded with the beginning: no jump larger than within the music."""
    wave = np.sin(2 * np.pi * 3.3 * np.arange(1000) / 1000).astype(np.float32)
    heard = looped(wave, np.arange(4000), 100)
    assert np.abs(np.diff(heard)).max() < 2 * np.abs(np.diff(wave)).max()
