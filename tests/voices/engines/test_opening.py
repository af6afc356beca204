"""What an engine is not opened with."""

from __future__ import annotations

import functools
from datetime import date
from typing import Any

import pytest

from narrate.model.errors import EngineUnavailable
from narrate.voices.engines import open_engine
from narrate.voices.engines.opening import wrong_option

DEEP: dict[str, Any] = functools.reduce(lambda inner, _: {"a": inner}, range(9000), {})


@pytest.mark.parametrize("extra", [{"a": date(1979, 5, 27)}, {"a": {1}}, DEEP], ids=["date", "set", "deep"])
def test_fields_that_json_cannot_hold_are_refused(extra: dict[str, Any]) -> None:
    """What a configuration may hold and a request may not is told when the engine is opened."""
    with pytest.raises(EngineUnavailable, match="extra"):
        open_engine("openai", {"extra": extra})


@pytest.mark.parametrize("name", ["x" * 100_000, "one\ntwo", "espeack\x1b[2J"])
def test_a_name_that_is_none_is_told_on_one_line(name: str) -> None:
    """However long or odd the name, the message is a short line that can be shown."""
    with pytest.raises(EngineUnavailable, match="no engine called") as raised:
        open_engine(name)
    assert raised.value.message.isprintable()
    assert len(raised.value.message) < 300


def test_a_range_of_an_engine_holds_for_its_numbers() -> None:
    """A class may say from what to what a number may be; without that any that is one may be written."""

    class Ranged:
        ranges = {"speed": (0.5, 2)}  # noqa: RUF012

        def __init__(self, speed: float = 1.0, seed: int | None = None) -> None: ...

    assert wrong_option(Ranged, {"speed": 2, "seed": 2**32}) is None
    assert "from 0.5 to 2" in str(wrong_option(Ranged, {"speed": 2.1}))
    assert "a whole number" in str(wrong_option(Ranged, {"seed": 10**400}))
