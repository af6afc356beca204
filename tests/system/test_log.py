"""Records of what happens, for programs that use narrate as a library."""

from __future__ import annotations

import logging

import pytest

from narrate.system import log


def test_nothing_is_written_unasked(capfd: pytest.CaptureFixture[str]) -> None:
    """A program that does not configure logging hears nothing."""
    with log.stage("speak"):
        log.event("warning", "something", number=1)
    assert capfd.readouterr() == ("", "")


def test_a_program_hears_what_it_asks_for(caplog: pytest.LogCaptureFixture) -> None:
    """Through the standard library, facts of the surroundings included."""
    with caplog.at_level(logging.DEBUG, "narrate"), log.about(job="j"), log.stage("speak"):
        log.event("debug", "segment", segment=3)
    told = [(record.message, record.facts) for record in caplog.records]  # type: ignore[attr-defined]
    assert told[0] == ("segment", {"job": "j", "segment": 3})
    assert told[1][0] == "stage" and told[1][1]["stage"] == "speak"


def test_stages_add_up_where_they_stand() -> None:
    """A clock counts what lies within it, and only that."""
    outer, inner = log.Clock(), log.Clock()
    with log.clocked(outer):
        with log.stage("one"):
            pass
        with log.clocked(inner), log.stage("two"):
            pass
        with pytest.raises(ValueError, match="x"), log.stage("one"):
            raise ValueError("x")
    with log.stage("three"):
        pass
    assert (list(outer.stages), list(inner.stages)) == (["one"], ["two"])
    assert outer.stages["one"] > 0
