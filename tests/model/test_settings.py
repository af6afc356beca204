"""Settings that follow from what is heard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.model.settings import AUTO, SAMPLE_RATES_HZ, Encoding, Gaps

RATES = st.sampled_from([8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000])


@given(st.lists(RATES, min_size=1), st.booleans())
def test_the_lowest_rate_that_holds_all_is_taken(rates: list[int], music: bool) -> None:
    """No voice or music loses anything, and no lower rate of MPEG-1 would do."""
    settled = Encoding(AUTO, AUTO).settled(rates, music)
    assert settled.sample_rate_hz >= max(rates)
    assert all(rate >= settled.sample_rate_hz for rate in SAMPLE_RATES_HZ if rate >= max(rates))


@pytest.mark.parametrize(
    ("rates", "music", "expected"),
    [
        ([16_000, 22_050], False, (64, 32_000)),
        ([24_000], True, (96, 32_000)),
        ([44_100], False, (96, 44_100)),
        ([96_000], False, (96, 48_000)),
        ([], False, (64, 32_000)),
    ],
)
def test_speech_alone_at_32_khz_has_64_kbps(rates: list[int], music: bool, expected: tuple[int, int]) -> None:
    """Music and higher rates get more; what is above every rate of MPEG-1 gets the highest."""
    settled = Encoding(AUTO, AUTO).settled(rates, music)
    assert (settled.bitrate_kbps, settled.sample_rate_hz) == expected


def test_what_was_chosen_is_kept() -> None:
    """A bit rate or sample rate that a person names does not follow from anything."""
    assert Encoding(128, 48_000).settled([16_000], music=False) == Encoding(128, 48_000)
    assert Encoding(AUTO, 44_100).settled([16_000], music=False) == Encoding(96, 44_100)
    assert Encoding(80, AUTO).settled([16_000], music=False) == Encoding(80, 32_000)


@pytest.mark.parametrize(("seconds", "more"), [(0, 0), (4, 0), (8, 100), (12, 200), (60, 200)])
def test_pauses_are_longer_behind_long_sentences(seconds: float, more: int) -> None:
    """Nothing more up to four seconds, all of it from twelve on, in proportion between."""
    gaps = Gaps(450, 850, 900, 1600, long_ms=200)
    assert gaps.before("sentence", seconds) == 450 + more
    assert gaps.before("paragraph", seconds) == 850 + more
