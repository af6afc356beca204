"""That everything which can be chosen is written down."""

from __future__ import annotations

import json
from pathlib import Path

from narrate.config import KEYS, Key
from narrate.config.choosing import OTHER_VARIABLES, PREFIX, variable

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
