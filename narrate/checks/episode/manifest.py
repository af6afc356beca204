"""Whether a manifest has the shape that everything else relies on. It may come from anybody."""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from narrate.checks.finding import Finding
from narrate.episode.manifest import NAME, SCHEMA_VERSION
from narrate.system.text import shown

LARGEST_MANIFEST_BYTES = 100_000_000
LARGEST_NUMBER = 10**12
MOST_PROBLEMS = 10
AGAIN = "render the episode again"
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
# What an episode of an older narrate does not have.
NEW_KEYS = ("audio", "cover", "clips", "soundbite")


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_NUMBER


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _text_or_none(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _count_or_none(value: Any) -> bool:
    return value is None or _count(value)


def _path(value: Any) -> bool:
    """Tell whether this is a path below the episode's folder."""
    if not isinstance(value, str) or not value or "\0" in value or "\\" in value:
        return False
    path = PurePosixPath(value)
    return not path.is_absolute() and ".." not in path.parts and str(path) == value


def _path_or_none(value: Any) -> bool:
    return value is None or _path(value)


def _guid(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value
    except ValueError:
        return False


def _moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _moment_or_none(value: Any) -> bool:
    return value is None or _moment(value)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _version(value: Any) -> bool:
    return _count(value) and value == SCHEMA_VERSION


def _source_type(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(SOURCE_TYPES)


def _digest(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")


SPAN = {"start_ms": _count, "end_ms": _count}
# A list of one shape holds any number of it; a key with "?" may be missing.
SHAPE: dict[str, Any] = {
    "schema_version": _version,
    "title": _text,
    "slug": _text,
    "duration_ms": _count,
    "sample_rate_hz": _count,
    "bitrate_kbps": _count,
    "loudness_lufs": _number,
    "true_peak_dbtp": _number,
    "notice": _text_or_none,
    "digital_source_type": _source_type,
    "engines": [{"engine": _text, "voice": _text, "version": _text}],
    "cast": [{"speaker": _text_or_none, "engine": _text, "voice": _text}],
    "script": {"title": _text, "sections": [{}]},
    "chapters": [{**SPAN, "title": _text, "url": _text_or_none, "image?": _path_or_none}],
    "cues": [
        {**SPAN, "start_sample": _count, "end_sample": _count, "role": _text, "speaker": _text_or_none,
         "segment": _count_or_none, "text": _text}
    ],
    "files": [{"path": _path, "type": _text, "size_bytes": _count, "sha256": _digest}],
    "audio": _path_or_none,
    "cover": _path_or_none,
    "clips": [{**SPAN, "path": _path, "chapter": _count, "title": _text}],
}  # fmt: skip
SOUNDBITE = {"start_ms": _count, "duration_ms": _count, "title": _text}
PUBLICATION = {
    "guid": _guid,
    "source": _text,
    "published": _moment,
    "updated": _moment_or_none,
    "listed": _flag,
}


def read(folder: Path) -> tuple[dict[str, Any] | None, list[Finding]]:
    """Return a folder's manifest if the other checks can rely on it, and what is wrong with it.

    Args:
        folder: Of an episode.
    """
    try:
        path = folder / NAME
        if path.stat().st_size > LARGEST_MANIFEST_BYTES:
            return None, [_broken("The manifest is too large")]
        manifest = json.loads(path.read_bytes())
    except OSError as error:
        return None, [_broken(f"The manifest cannot be read ({error.strerror})")]
    except (ValueError, RecursionError):
        return None, [_broken("The manifest is no JSON")]
    if not isinstance(manifest, dict):
        return None, [_broken("The manifest is no table")]
    old = [key for key in NEW_KEYS if key not in manifest]
    if old:
        message = f"The manifest is an older narrate's: it has no {', '.join(old)}; {AGAIN}."
        return None, [Finding(None, "error", "manifest-old", message, NAME)]
    findings = [_broken(problem) for _, problem in zip(range(MOST_PROBLEMS), _problems(manifest), strict=False)]
    return (None if findings else manifest), findings


def _problems(manifest: Mapping[str, Any]) -> Iterator[str]:
    yield from _misshapen(manifest, SHAPE, "")
    for key, shape in (("soundbite", SOUNDBITE), ("publication", PUBLICATION)):
        if manifest.get(key) is not None:
            yield from _misshapen(manifest[key], shape, key)


def _misshapen(value: Any, shape: Any, where: str) -> Iterator[str]:
    """Yield what of a value is not as it should be."""
    if isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{where} is no list"
            return
        for number, each in enumerate(value):
            yield from _misshapen(each, shape[0], f"{where}[{number}]")
    elif isinstance(shape, dict):
        if not isinstance(value, dict):
            yield f"{where or 'The manifest'} is no table"
            return
        for key, below in shape.items():
            name = key.rstrip("?")
            place = f"{where}.{name}" if where else name
            if name in value:
                yield from _misshapen(value[name], below, place)
            elif not key.endswith("?"):
                yield f"{place} is missing"
    elif not _fits(shape, value):
        yield f"{place_of(where)} cannot be {shown(value, 40)}"


def _fits(shape: Callable[[Any], bool], value: Any) -> bool:
    return shape(value)


def place_of(where: str) -> str:
    """Return the name of a place in the manifest as a message has it."""
    return where or "The manifest"


def _broken(problem: str) -> Finding:
    return Finding(None, "error", "manifest", f"{problem}; {AGAIN}.", NAME)


def listed(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the manifest's files by path."""
    return {file["path"]: file for file in manifest["files"]}
