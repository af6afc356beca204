"""The kinds of values that settings have: how each is read, what may be written, and what becomes of it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OFF = "off"  # written where something that was chosen shall not be after all
AUTO = "auto"  # what follows from what is heard
_WORDS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a setting's value may be.

    Attributes:
        read: Turns what was written into a value; raises ValueError with what to write instead.
        metavar: What stands for the value in a usage line.
        allowed: Values that may be written, as a reader of the documentation sees them; may be empty.
        choices: All values there are, or nothing where they cannot be listed.
        is_file: Whether the value names a file, relative to the file that it is written in.
        use: Turns the value into that of an episode's settings.
    """

    read: Callable[[Any], Any]
    metavar: str = "TEXT"
    allowed: str = ""
    choices: tuple[str, ...] = ()
    is_file: bool = False
    use: Callable[[Any], Any] = lambda value: value


def number(least: float, most: float, whole: bool = False) -> Kind:
    """Return numbers from ``least`` to ``most``, both included; ``whole`` ones as int."""
    wanted = f"a {'whole ' if whole else ''}number from {least:g} to {most:g}"

    def read(value: Any) -> Any:
        try:
            found = float(value) if isinstance(value, str) else value
        except ValueError:
            raise ValueError(wanted) from None
        if isinstance(found, bool) or not isinstance(found, int | float) or not least <= found <= most:
            raise ValueError(wanted)
        if whole and found != int(found):
            raise ValueError(wanted)
        return int(found) if whole else float(found)

    return Kind(read, "N", f"{least:.10g} to {most:.10g}")


def one_of(*values: Any, use: Callable[[Any], Any] = lambda value: value) -> Kind:
    """Return a choice between values, each as it is written."""
    listed = tuple(map(str, values))

    def read(value: Any) -> Any:
        if str(value) not in listed:
            raise ValueError(f"one of {', '.join(listed)}")
        return values[listed.index(str(value))]

    return Kind(read, "|".join(listed), ", ".join(listed), listed, use=use)


def matching(pattern: str, wanted: str, metavar: str) -> Kind:
    """Return texts of a form."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(wanted)
        return value

    return Kind(read, metavar)


def template(part: str) -> Kind:
    """Return templates of an announcement: ``opening``, ``chapter`` or ``closing``."""

    def read(value: Any) -> str:
        text = read_text(value)
        if text != OFF:
            from narrate.script.announce import parts_of

            parts_of(text, part)
        return text

    return Kind(read, "TEXT|off", use=_unless_off)


def read_text(value: Any) -> str:
    """Return a text on one line, without what cannot be printed."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("some text in quotation marks")
    plain = " ".join("".join(one if one.isprintable() else " " for one in value).split())
    if not plain:
        raise ValueError("some text in quotation marks")
    return plain


def _notice(value: Any) -> str:
    text = read_text(value)
    if text.casefold() == OFF:
        return OFF
    if not any(map(str.isalpha, text)):
        raise ValueError("a sentence that can be said, or off")
    return text


def _file(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("the name of a file, or off")
    return value


def _files(value: Any) -> tuple[str, ...]:
    values = value.split(os.pathsep) if isinstance(value, str) else value
    if not isinstance(values, list | tuple) or not all(isinstance(one, str) and one for one in values):
        raise ValueError('a list of file names: ["names.tsv"]')
    return tuple(values)


def _yes_or_no(value: Any) -> bool:
    found = value if isinstance(value, bool) else _WORDS.get(str(value).lower())
    if found is None or (isinstance(value, int) and not isinstance(value, bool)):
        raise ValueError("true or false")
    return bool(found)


def _address(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?", value):
        raise ValueError("an address that begins with https://")
    return value.rstrip("/")


def _unless_off(value: str | None) -> str | None:
    return None if value is None or value.casefold() == OFF else value


def _path(value: str | None) -> Path | None:
    return Path(value) if _unless_off(value) and value else None


TEXT = Kind(read_text)
ENGINE = Kind(read_text, "NAME")
NOTICE = Kind(_notice, "TEXT|off", use=_unless_off)
FILE = Kind(_file, "FILE", is_file=True, use=_path)
FILES = Kind(_files, "[SCOPE=]FILE")
SWITCH = Kind(_yes_or_no, "true|false")
ADDRESS = Kind(_address, "URL")
