"""One studio, many articles: nothing of an article stays behind when the next begins."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scripts.soak import growth, sample, soak


@pytest.mark.drill
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is read from /proc")
def test_nothing_stays_of_an_article(tmp_path: Path) -> None:
    """Handles, threads, processes and temporary files do not grow; ``scripts/soak`` watches memory over 500 articles."""
    samples = list(soak(tmp_path, 20, 5))
    grown = [said for said in growth(samples, 10) if not said.startswith("memory")]
    assert grown == []
    assert samples[-1].articles == 20
    assert samples[-1].zombies == 0


@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is read from /proc")
def test_growth_is_told(tmp_path: Path) -> None:
    """A handle that is kept open and a file that stays are seen."""
    before = sample(1, 0.0, tmp_path)
    with (tmp_path / "stays").open("w"):
        said = growth([before, sample(2, 0.0, tmp_path)], 1)
    assert any("handles" in one for one in said)
    assert any("temporary" in one for one in said)
