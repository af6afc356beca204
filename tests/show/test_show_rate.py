"""One sample rate for all episodes of a show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from narrate.show.show import keep_rate, open_show
from tests.show.shows import add_episode, make_show


def test_the_first_episode_decides(tmp_path: Path) -> None:
    """A new show has no rate; the one of its first episode is kept, and a later one does not change it."""
    show = make_show(tmp_path / "show")
    assert show.sample_rate_hz is None
    keep_rate(show, 32_000)
    keep_rate(show, 48_000)
    assert open_show(show.folder).sample_rate_hz == 32_000
    assert open_show(show.folder).guid == show.guid


def test_a_show_of_before_keeps_the_rate_of_its_episodes(tmp_path: Path) -> None:
    """Where the state knows no rate yet, any manifest of the show tells it."""
    show = make_show(tmp_path / "show")
    add_episode(show.folder, 1, sample_rate_hz=44_100)
    assert open_show(show.folder).sample_rate_hz == 44_100


@pytest.mark.parametrize("rate", [None, "44100", 5, [], 1e9, {"a": 1}])
def test_a_rate_that_is_none_is_forgotten(tmp_path: Path, rate: object) -> None:
    """A state that somebody edited gives no rate that no MP3 has."""
    show = make_show(tmp_path / "show")
    state = json.loads((show.folder / "show.json").read_text())
    (show.folder / "show.json").write_text(json.dumps({**state, "sample_rate_hz": rate}))
    assert open_show(show.folder).sample_rate_hz is None


def test_what_a_show_says_of_itself_does_not_change_with_it(tmp_path: Path) -> None:
    """Items and pages are not derived anew because a rate was kept."""
    show = make_show(tmp_path / "show")
    before = show.facts()
    keep_rate(show, 32_000)
    assert open_show(show.folder).facts() == before
