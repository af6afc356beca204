"""Options of the command line that come from the declarations of settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from narrate.settings.declared import SETTINGS, Setting

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
SHOWN_CHARACTERS = 60


class SettingType(click.ParamType):
    """A value that is read as its setting's declaration says."""

    def __init__(self, setting: Setting) -> None:
        self._kind = setting.kind
        self.name = self._kind.metavar

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the value, or say what to write instead."""
        try:
            return self._kind.read(value)
        except ValueError as error:
            self.fail(f"'{str(value)[:SHOWN_CHARACTERS]}': write {error}.", param, ctx)


def setting_option(key: str, kind: click.ParamType | None = None) -> Decorator:
    """Return the option of a setting."""
    setting = SETTINGS[key]
    choices = setting.kind.choices
    metavar = f"[{'|'.join(choices)}]" if choices else setting.kind.metavar
    return click.option(
        str(setting.option), _name(key), type=kind or SettingType(setting), metavar=metavar, help=_help(setting)
    )


def chosen_settings(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what options of settings chose, by key; None means not chosen."""
    return {key: options[_name(key)] for key, setting in SETTINGS.items() if setting.option and _name(key) in options}


def _name(key: str) -> str:
    return key.replace(".", "__")


def _help(setting: Setting) -> str:
    allowed = f", {setting.kind.allowed}" if setting.kind.allowed and not setting.kind.choices else ""
    default = setting.unset if setting.default is None else setting.default
    return f"{setting.help[0].upper()}{setting.help[1:]}{allowed}." + (f"  [default: {default}]" if default else "")
