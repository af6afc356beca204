"""Row 11: a wall clock that is wrong, or jumps."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from tests.faults.counts import record
from tests.faults.stage import RENDER, Stage

HOUR_S, YEAR_S = 3600.0, 365.25 * 86400


def moments(show: Path) -> list[datetime]:
    """Return when the episodes of a feed were published."""
    return [
        parsedate_to_datetime(one) for one in re.findall("<pubDate>(.*?)</pubDate>", (show / "feed.xml").read_text())
    ]


@pytest.mark.parametrize(
    ("seconds", "zone"),
    [(-HOUR_S, None), (-10 * YEAR_S, None), (10 * YEAR_S, None), (0.0, "Pacific/Kiritimati"), (0.0, "America/St_Johns"),
     (HOUR_S, "Europe/Berlin")],
)  # fmt: skip
def test_an_episode_keeps_its_moment(tmp_path: Path, seconds: float, zone: str | None) -> None:
    """The same episode made again by another clock keeps its date and guid; locks, cache and sweeping do not mind."""
    stage = Stage(tmp_path, dated=False)
    try:
        stage.restore()
        before = moments(stage.show)
        guid = re.findall("<guid.*?</guid>", (stage.show / "feed.xml").read_text())
        ended = stage.zygote.run(*RENDER, clock=(seconds, zone))
        assert ended.code == 0, ended
        assert moments(stage.show)[-1:] == before[-1:]
        assert re.findall("<guid.*?</guid>", (stage.show / "feed.xml").read_text()) == guid
        stage.assert_well()
        again = stage.zygote.run(*RENDER)
        assert again.code == 0, again
        assert moments(stage.show)[-1:] == before[-1:]
    finally:
        stage.zygote.close()
    told = f"time zone {zone}" if zone and not seconds else f"clock {seconds / HOUR_S:+,.0f} h"
    record("11", told, 1, "pubDate and guid as before, verify clean")
