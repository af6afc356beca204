"""Values of settings, as they are written in files, variables and options."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from narrate.model.errors import InputUnreadable
from narrate.settings.declared import SETTINGS
from narrate.settings.kinds import read_text
from narrate.voices.cast import VOICE_FORM, parse_voice
from narrate.voices.engines import check_options
from narrate.voices.engines.opening import shown

LONGEST_KEY = 80  # that is repeated in a message


def read_setting(text: str) -> tuple[str, Any]:
    """Read ``KEY=VALUE`` as it is written on the command line.

    Raises:
        InputUnreadable: It has not this form, or there is no such key or value.
    """
    key, equals, value = text.partition("=")
    if not equals:
        raise InputUnreadable(f"'{text[:60]}': write KEY=VALUE, as in gaps.chapter=2000.")
    return key.strip(), read_value("--set", key.strip(), value.strip(), written=True)


def read_value(origin: str, key: str, value: Any, written: bool = False) -> Any:
    """Return the value of a key; ``written`` where it is text that may stand for a number or a list."""
    if key.startswith("voices."):
        return _checked(origin, key, value, _voice)
    if key.startswith("lexicon.words."):
        return _checked(origin, key, value, read_text)
    if key.startswith("engines.") and key.count(".") == 2:
        return _engine_setting(origin, key, value, written)
    if key not in SETTINGS:
        known = [*SETTINGS, "voices.reporter", "engines.openai.base_url", "lexicon.words.NAME"]
        last = key.rpartition(".")[2]
        near = get_close_matches(key, known, 1, 0.6) or [one for one in known if one.rpartition(".")[2] == last][:1]
        hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(known)}."
        raise InputUnreadable(f"{origin}: there is no key '{key[:LONGEST_KEY]}'; {hint}")
    return _checked(origin, key, value, SETTINGS[key].kind.read)


def _engine_setting(origin: str, key: str, value: Any, written: bool) -> Any:
    _, engine, name = key.split(".")
    values = [_literal(value), value] if written else [value]
    wrong = [check_options(engine, {name: one}) for one in values]
    if None not in wrong:
        raise InputUnreadable(f"{origin}: {key[:LONGEST_KEY]}: {wrong[-1]}")
    return values[wrong.index(None)]


def _literal(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def _voice(value: Any) -> str:
    text = read_text(value)
    try:
        parse_voice(text, "auto")
    except ValueError as error:
        raise ValueError(f"a voice as {VOICE_FORM} ({error})") from None
    return text


def _checked(origin: str, key: str, value: Any, read: Callable[[Any], Any]) -> Any:
    try:
        return read(value)
    except ValueError as error:
        raise InputUnreadable(
            f"{origin}: {key[:LONGEST_KEY]} = {shown(value)!r} cannot be used; write {error}."
        ) from error
