"""How an engine is opened by name: the built-in ones, and those of plug-ins."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from narrate.model.errors import EngineUnavailable
from narrate.voices.engines.base import Engine
from narrate.voices.engines.foreign import LONGEST_MESSAGE, broken, guarded, let_through
from narrate.voices.engines.retry import one_line

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINT_GROUP = "narrate.engines"
BUILT_IN = {
    "pico": "narrate.voices.engines.pico.engine:PicoEngine",
    "espeak": "narrate.voices.engines.espeak.engine:EspeakEngine",
    "piper": "narrate.voices.engines.piper.engine:PiperEngine",
    "mbrola": "narrate.voices.engines.mbrola:MbrolaEngine",
    "edge": "narrate.voices.engines.edge:EdgeEngine",
    "gtts": "narrate.voices.engines.gtts:GttsEngine",
    "openai": "narrate.voices.engines.openai:OpenAIEngine",
}
LONGEST_NAME = 60  # that is repeated in a message
LARGEST_NUMBER = 1e15  # where an engine gives no range
SHOWN = 60  # characters of a value
Maker = Callable[..., Any]
T = TypeVar("T")
CONTRACT = (*Engine.__annotations__, *(member for member in vars(Engine) if not member.startswith("_")))
# What may be written for a parameter of each type; in TOML a whole number is a float too.
_FITS: tuple[tuple[type, tuple[type, ...]], ...] = (
    (bool, (bool,)),
    (int, (int,)),
    (float, (int, float)),
    (str, (str,)),
)


def engine_names() -> list[str]:
    """Return the built-in engines, the embedded one first, and then those of plug-ins."""
    return [*BUILT_IN, *sorted(_plug_ins().keys() - BUILT_IN.keys())]


def open_engine(name: str, options: Mapping[str, object] | None = None) -> Engine:
    """Open an engine by name, or one of a plug-in by its entry point.

    Raises:
        EngineUnavailable: There is no such engine, it cannot be imported, it has no such setting, or is none.
    """
    maker = _maker(name)
    wrong = _told(name, lambda: wrong_option(maker, options or {}))
    if wrong:
        raise EngineUnavailable(f"[engines.{name}]: {wrong}")
    engine = _told(name, lambda: _made(maker, options or {}))
    lacking = _told(name, lambda: [member for member in CONTRACT if not hasattr(engine, member)])
    if lacking:
        raise EngineUnavailable(
            f"The engine '{name}' lacks {', '.join(lacking)}; derive it from narrate.voices.engines.SimpleEngine."
        )
    return cast(Engine, engine) if name in BUILT_IN else guarded(engine, name, _package(name))


def check_options(name: str, options: Mapping[str, object]) -> str | None:
    """Return what is wrong with the settings of an engine, or None; the engine is not opened."""
    try:
        maker = _maker(name)
        return _told(name, lambda: wrong_option(maker, options))
    except EngineUnavailable as error:
        return error.message


def wrong_option(maker: Maker, options: Mapping[str, object]) -> str | None:
    """Return what is wrong with settings for the parameters of a class, or None."""
    declared = getattr(maker, "settings_type", None) or maker
    taken = [key for key in inspect.signature(declared).parameters if key not in {"args", "kwargs"}]
    hints = get_type_hints(vars(declared).get("__init__", declared) if isinstance(declared, type) else declared)
    ranges = getattr(maker, "ranges", {})
    for key, value in options.items():
        if key not in taken:
            near = get_close_matches(key, taken, 1, 0.6)
            known = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(taken) or 'none'}."
            return f"there is no setting '{key}'; {known}"
        wanted = _wanted(hints.get(key), value, ranges.get(key))
        if wanted:
            return f"{key} = {shown(value)!r} is not valid; write {wanted}."
    return None


def shown(value: Any) -> str:
    """Return the beginning of a value that was written, whatever it is.

    Args:
        value: As TOML has it: it may be nested without end, or have more digits than can be written.
    """
    try:
        return str(value)[:SHOWN]
    except (RecursionError, ValueError):
        return f"{type(value).__name__} without end"


def _wanted(hint: Any, value: Any, span: tuple[float, float] | None) -> str | None:
    """Return what a value should be instead, or None where it fits its annotation and its range."""
    is_union = get_origin(hint) in (Union, UnionType)
    kinds = set(get_args(hint) if is_union else (hint,)) - {NoneType, Path}
    least, most = span or (-LARGEST_NUMBER, LARGEST_NUMBER)
    for kind, fits in _FITS:
        if kinds == {kind}:
            fine = isinstance(value, fits) and (kind is bool or not isinstance(value, bool))
            words = {bool: "true or false", int: "a whole number", float: "a number", str: "text in quotation marks"}
            if kind not in (int, float):
                return None if fine else words[kind]
            return None if fine and least <= value <= most else f"{words[kind]} from {least:g} to {most:g}"
    origins = {get_origin(one) or one for one in kinds}
    if Sequence in origins:
        fine = isinstance(value, list | tuple) and bool(value) and all(isinstance(one, str) for one in value)
        return None if fine else 'a list: ["one", "two"]'
    if dict in origins:
        return None if isinstance(value, dict) else "a table: { key = 1 }"
    return None


def _made(maker: Maker, options: Mapping[str, object]) -> Any:
    settings = getattr(maker, "settings_type", None)
    return maker(settings(**options)) if settings else maker(**options)


def _maker(name: str) -> Maker:
    target = BUILT_IN.get(name)
    if target is not None:
        module, _, attribute = target.partition(":")
        maker: Maker = getattr(import_module(module), attribute)
        return maker
    plug_ins = _plug_ins()
    if name not in plug_ins:
        name = one_line(name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…")
        near = get_close_matches(name, [*BUILT_IN, *plug_ins], 1, 0.6)
        hint = f"did you mean '{near[0]}'?" if near else f"choose one of: {', '.join(sorted({*BUILT_IN, *plug_ins}))}."
        raise EngineUnavailable(f"There is no engine called '{name}'; {hint}")
    made: Maker = _told(name, plug_ins[name].load)
    if not callable(made):
        raise _broken(name, TypeError("its entry point is not a class"))
    return made


def _told(name: str, call: Callable[[], T]) -> T:
    """Call a plug-in's code, and turn what it raises into an error that names it."""
    try:
        return call()
    except BaseException as error:
        let_through(error)
        if name in BUILT_IN:
            raise
        if type(error) is EngineUnavailable:
            raise EngineUnavailable(one_line(error.message, LONGEST_MESSAGE)) from error
        raise _broken(name, error) from error


def _broken(name: str, error: BaseException) -> EngineUnavailable:
    return EngineUnavailable(broken(name, _package(name), error).replace("failed", "cannot be loaded", 1))


def _package(name: str) -> str:
    point = _plug_ins().get(name)
    dist = getattr(point, "dist", None)
    return f"'{getattr(dist, 'name', None) or name}'"


def _plug_ins() -> dict[str, EntryPoint]:
    # 20 ms to load, needed for plug-ins only.
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}
