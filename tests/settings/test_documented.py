"""That everything which can be chosen is declared once and written down."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path

import click
import pytest

from narrate.cli.main import cli
from narrate.model.settings import Settings
from narrate.settings import SETTINGS
from narrate.settings.choosing import OTHER_VARIABLES, PREFIX
from scripts.settings_page import updated

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_page_is_what_the_declarations_say() -> None:
    """docs/settings.md has every setting with default, range, option and variable; scripts/settings-page writes it."""
    page = PAGE.read_text("utf-8")
    assert page == updated(page)
    assert page.count("\n| `") >= len(SETTINGS)


def test_every_other_variable_is_named_there() -> None:
    """Those that set no key have a line each, and no line stands for one that is not read."""
    lines = PAGE.read_text("utf-8").split("| variable | what it is |\n|---|---|\n")[1].splitlines()
    assert sorted(line.split("`")[1] for line in lines) == sorted(PREFIX + other for other in OTHER_VARIABLES)


@pytest.mark.parametrize("key", [key for key, setting in SETTINGS.items() if " to " in setting.kind.allowed])
def test_a_range_that_is_written_down_is_the_one_that_counts(key: str) -> None:
    """Both its ends can be chosen, and nothing beyond them."""
    kind = SETTINGS[key].kind
    least, most = map(float, kind.allowed.split(" to "))
    assert [kind.read(end) for end in (least, most)] == [least, most]
    for beyond in (least - 1, most + 1):
        with pytest.raises(ValueError, match="from"):
            kind.read(beyond)


def test_every_option_is_one_of_render() -> None:
    """Each setting with an option has it on the command line, with the help that it declares."""
    command = cli.get_command(click.Context(cli), "render")
    assert command is not None
    helps = {name: one.help or "" for one in command.params if isinstance(one, click.Option) for name in one.opts}
    for setting in SETTINGS.values():
        if setting.option:
            assert setting.help.lower() in helps[setting.option].lower()


def _leaves(made: object, above: str = "") -> set[str]:
    found = set()
    for one in fields(made):  # type: ignore[arg-type]
        value = getattr(made, one.name)
        found |= _leaves(value, f"{above}{one.name}.") if is_dataclass(value) else {f"{above}{one.name}"}
    return found


def test_every_field_of_the_settings_is_declared_once() -> None:
    """Whatever shapes an episode has one declaration, with the same default; what a run chooses has none."""
    declared = [setting.field for setting in SETTINGS.values() if setting.field]
    assert len(declared) == len(set(declared))
    assert _leaves(Settings()) - set(declared) == {"published", "slug", "clips_only", "page"}
    for setting in SETTINGS.values():
        if setting.field:
            value: object = Settings()
            for name in setting.field.split("."):
                value = getattr(value, name)
            assert setting.kind.use(setting.default) == value
