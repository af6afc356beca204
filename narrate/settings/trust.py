"""What a show's own file may not choose, since a show may come from somebody else.

A person's command line, variables and ``config.toml`` are trusted. A ``show.toml`` says how a show sounds and what its
feed says, and names files of the show. It starts no program, loads no library or model, sends nothing to an address of
its choice, and puts no file of the user into an episode that lies elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from narrate.model.errors import InputUnreadable

# What may be set of each engine. Whatever is not listed is refused, and all of a plug-in's settings with it: nobody
# here knows what they do.
HARMLESS: Mapping[str, frozenset[str]] = {
    "piper": frozenset({"noise_scale", "noise_w_scale"}),
    "pico": frozenset({"timeout_s"}),
    "mbrola": frozenset({"timeout_s"}),
    "edge": frozenset({"interval_s", "attempts", "first_wait_s"}),
    "gtts": frozenset({"interval_s", "attempts", "first_wait_s"}),
    "openai": frozenset(
        {"model", "voices", "language", "response_format", "licence", "timeout_s", "interval_s", "parallel",
         "attempts", "first_wait_s"}
    ),
}  # fmt: skip
TLDS = frozenset({"com", "de", "at", "ch"})
SIGNING = "sign."  # these name a private key, which does not lie in a folder that is published, and a service
ELSEWHERE = "write it into your own config.toml, as a NARRATE_ variable, or with --set"


def check_show(path: Path, chosen: Mapping[str, Any], files: tuple[str, ...]) -> None:
    """Refuse what a show's file may not choose.

    Args:
        path: The ``show.toml``.
        chosen: What it says, by key; names of files as seen from here.
        files: Keys whose value is the name of a file.

    Raises:
        InputUnreadable: It chooses a program, a library, a model, an address or a private key, or names a file that is
            none or lies outside of its folder.
    """
    for key, value in chosen.items():
        if key.startswith(SIGNING) or (key.startswith("engines.") and not _is_harmless(key, value)):
            raise InputUnreadable(f"{path}: a show may not choose {key}, since it may be a stranger's; {ELSEWHERE}.")
    for key, name in _named(chosen, files):
        _check_file(path, key, Path(name))


def _is_harmless(key: str, value: Any) -> bool:
    _, engine, name = key.split(".", 2)
    return name in HARMLESS.get(engine, ()) or (key == "engines.gtts.tld" and value in TLDS)


def _named(chosen: Mapping[str, Any], files: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for key in files:
        if key in chosen and chosen[key].casefold() != "off":
            yield key, chosen[key]
    for lexicon in chosen.get("lexicon.files", ()):
        yield "lexicon.files", lexicon.rpartition("=")[2]


def _check_file(show: Path, key: str, named: Path) -> None:
    try:
        real = named.resolve()
        inside = real.is_relative_to(show.parent.resolve())
        device = real.exists() and not real.is_file()
    except (OSError, RuntimeError, ValueError):
        return  # no such file can be; whoever reads it says so
    if not inside:
        raise InputUnreadable(
            f"{show}: {key} leads out of the show's folder, and a show may be a stranger's; copy the file there, "
            f"or {ELSEWHERE}."
        )
    if device:
        raise InputUnreadable(f"{show}: {key} names a folder or device; name a file.")
