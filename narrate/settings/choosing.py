"""The layers of choices: files, variables, command line, and which counts."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from narrate.model.errors import InputMissing, InputUnreadable, PermissionRefused
from narrate.settings.declared import FILE_KEYS, SETTINGS
from narrate.settings.kinds import OFF
from narrate.settings.trust import check_show
from narrate.settings.values import read_value
from narrate.voices.engines import engine_names

SHOW_FILE = "show.toml"
PREFIX = "NARRATE_"
OTHER_VARIABLES = (
    "CACHE_DIR", "CACHE_MAX_MB", "CONFIG", "DATA_DIR", "OPENAI_API_KEY", "PIPER_URL", "SHOW", "SIGN_PASSPHRASE",
)  # fmt: skip
NAMED = (f"{PREFIX}VOICES_", f"{PREFIX}LEXICON_WORDS_")  # tables whose keys are people and words
LARGEST_FILE_BYTES = 1_000_000
Layer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choices that count.

    Attributes:
        values: By key.
        origins: Where each was made.
    """

    values: Layer
    origins: Mapping[str, str]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def table(self, name: str) -> dict[str, Any]:
        """Return what was chosen under a table whose keys are names: ``voices``, ``engines.openai``."""
        start = f"{name}."
        return {key[len(start) :]: value for key, value in self.values.items() if key.startswith(start)}


def choose(command_line: Layer, script: Layer | None = None, show: Path | None = None) -> Chosen:
    """Lay all choices over each other.

    Args:
        command_line: By key; None means not chosen.
        script: Voices of a script file, as ``voices.NAME``.
        show: A show's folder, or the ``show.toml`` in it.

    Raises:
        InputMissing: The show has no ``show.toml``.
        InputUnreadable: A file or variable holds an unknown key, or a value that is none; or a show chooses what
            only the user may.
    """
    values: dict[str, Any] = {key: setting.default for key, setting in SETTINGS.items()}
    origins = dict.fromkeys(values, "default")
    for origin, layer in _layers(command_line, script or {}, show):
        for key, value in layer.items():
            if value is not None:
                values[key], origins[key] = value, origin
    return Chosen(values, origins)


def _layers(command_line: Layer, script: Layer, show: Path | None) -> Iterator[tuple[str, Layer]]:
    user = user_file()
    if user.is_file() or os.environ.get("NARRATE_CONFIG"):
        yield str(user), read_file(user)
    folder = show_folder(show)
    if folder is not None:
        of_show = read_file(folder / SHOW_FILE)
        check_show(folder / SHOW_FILE, of_show, FILE_KEYS)
        yield str(folder / SHOW_FILE), of_show
    yield "script", script
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and os.environ[name]:
            key = _key_of(name)
            if key is not None:
                yield name, {key: read_value(name, key, os.environ[name], written=True)}
    yield "command line", command_line


def _key_of(name: str) -> str | None:
    """Return the key that a variable stands for, None for a variable of another kind.

    Raises:
        InputUnreadable: It is none, but looks like one.
    """
    known: dict[str, str | None] = {PREFIX + other: None for other in OTHER_VARIABLES}
    known |= {variable(key): key for key in (*SETTINGS, "voices.reporter")}
    if name in known:
        return known[name]
    if name not in known and name.startswith(NAMED):
        raise InputUnreadable(f"{name}: a variable cannot hold a name; write it into show.toml, or as --set KEY=VALUE.")
    own = name.removeprefix(f"{PREFIX}ENGINES_")
    if own != name:
        for engine in engine_names():
            start = f"{engine.upper().replace('-', '_')}_"
            if own.startswith(start):
                return f"engines.{engine}.{own.removeprefix(start).lower()}"
    # By what follows the prefix; other programs may have variables of that prefix too.
    near = get_close_matches(name.removeprefix(PREFIX), [one.removeprefix(PREFIX) for one in known], 1, 0.75)
    if near or own != name:
        hint = f"did you mean {PREFIX}{near[0]}?" if near else f"write {PREFIX}ENGINES_NAME_SETTING."
        raise InputUnreadable(f"{name}: unknown variable; {hint}")
    return None


def show_folder(named: Path | None) -> Path | None:
    """Return the folder of the show: the one named, else that of ``NARRATE_SHOW``, else None."""
    folder = named or (Path(os.environ["NARRATE_SHOW"]) if os.environ.get("NARRATE_SHOW") else None)
    return folder.parent if folder is not None and folder.name == SHOW_FILE else folder


def variable(key: str) -> str:
    """Return the name of the environment variable of a key: ``NARRATE_GAPS_CHAPTER``."""
    return PREFIX + key.upper().replace(".", "_")


def user_file() -> Path:
    """Return where the user's own configuration lies; ``NARRATE_CONFIG`` moves it."""
    chosen = os.environ.get("NARRATE_CONFIG")
    if chosen:
        return Path(chosen)
    from platformdirs import user_config_path

    return user_config_path("narrate", appauthor=False) / "config.toml"


def read_file(path: Path) -> dict[str, Any]:
    """Read a ``show.toml`` or ``config.toml``; file names in it stand beside it.

    Raises:
        InputMissing: There is none.
        InputUnreadable: It is not TOML, or holds an unknown key or an unusable value.
    """
    try:
        if path.exists() and not path.is_file():
            raise InputUnreadable(f"{path} is not a file; replace it, or name another with --show or NARRATE_CONFIG.")
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise InputMissing(
            f"{path} does not exist; create it, or name another with --show or NARRATE_CONFIG."
        ) from error
    except PermissionError as error:
        raise PermissionRefused(f"Permission denied: {path}. Make it readable (chmod +r).") from error
    except (OSError, ValueError) as error:
        raise InputUnreadable(f"{str(path)!r} cannot be read ({error}); name another file.") from error
    if len(content) > LARGEST_FILE_BYTES:
        raise InputUnreadable(f"{path} is larger than a configuration can be; name another file.")
    try:
        table = tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:  # TOML's own errors are of the first kind, and numbers without end
        raise InputUnreadable(
            f"{path} is not TOML ({str(error)[:120]}); correct it, names with spaces or umlauts in quotes."
        ) from error
    try:
        found = {key: read_value(str(path), key, value) for key, value in _flat(table)}
    except RecursionError as error:
        raise InputUnreadable(f"{path} is nested deeper than any key is; correct it.") from error
    found |= {key: str(path.parent / found[key]) for key in FILE_KEYS if found.get(key, OFF) != OFF}
    if "lexicon.files" in found:
        found["lexicon.files"] = tuple(_beside(path, one) for one in found["lexicon.files"])
    return found


def _beside(path: Path, lexicon: str) -> str:
    scope, equals, file = lexicon.rpartition("=")
    return f"{scope}{equals}{path.parent / file}"


def _flat(table: Layer, above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        key = f"{above}{name}"
        names = above in {"voices.", "lexicon.words."} or (above.startswith("engines.") and above != "engines.")
        if isinstance(value, dict) and not names:
            yield from _flat(value, f"{key}.")
        else:
            yield key, value
