"""That everything which can be chosen is written down."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from narrate.settings import KEYS, Key
from narrate.settings.choosing import OTHER_VARIABLES, PREFIX, variable

TABLE = Path(__file__).parents[2] / "docs" / "settings.md"


def row(name: str, key: Key) -> str:
    """Return the line of a key."""
    default = "" if key.default is None else f"`{json.dumps(key.default, ensure_ascii=False)}`"
    return f"| `{name}` | {default} | {key.about} | `{variable(name)}` |"


def test_the_table_of_settings_holds_every_key() -> None:
    """Each with its default, what it is, and its variable, in the order of `narrate config show`; and no other."""
    lines = TABLE.read_text("utf-8").split("| variable |\n|---|---|---|---|\n")[1].partition("\n\n")[0].splitlines()
    assert lines == [row(name, key) for name, key in KEYS.items()]


def test_every_other_variable_is_named_there() -> None:
    """Those that set no key have a line each, and no line stands for one that is not read."""
    lines = TABLE.read_text("utf-8").split("| variable | what it is |\n|---|---|\n")[1].splitlines()
    assert sorted(line.split("`")[1] for line in lines) == sorted(PREFIX + other for other in OTHER_VARIABLES)


@pytest.mark.parametrize("name", [name for name, key in KEYS.items() if re.search(r"\d to \d", key.about)])
def test_a_range_that_is_written_down_is_the_one_that_counts(name: str) -> None:
    """Both its ends can be chosen, and nothing beyond them."""
    found = re.search(r"(-?[\d.]+) to (-?[\d.]+)$", KEYS[name].about)
    assert found, KEYS[name].about
    least, most = (float(end) if "." in end else int(end) for end in found.groups())
    assert [KEYS[name].read(end) for end in (least, most)] == [least, most]
    for beyond in (least - 1, most + 1):
        with pytest.raises(ValueError, match=r"from|one of"):
            KEYS[name].read(beyond)
