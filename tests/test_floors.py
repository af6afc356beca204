"""The floors of the house: who may import whom."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "narrate"
FLOORS = [
    {"model", "errors", "cores", "ending", "log"},
    {"settings", "leftovers", "journal", "entries", "diary"},
    {"german"},
    {"reading", "lexicon", "loudness", "frames", "files"},
    {"limiter", "script", "announce"},
    {"audio"},
    {"engines", "cast"},
    {"cache", "config", "sound_files"},
    {"speak", "music"},
    {"levels", "ducking"},
    {"mix"},
    {"timeline"},
    {"publish"},
    {"produce"},
    {"job"},
    {"bucket"},
    {"batch"},
    {"cli"},
]
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
OWNERS = {
    "pydub": "audio",
    "imageio_ffmpeg": "audio",
    "mutagen": "publish",
    "jinja2": "publish",
    "cryptography": "publish",
    "c2pa": "publish",
    "click": "cli",
    "espeakng_loader": "engines",
    "defusedxml": "lexicon",
    "emoji": "german",
    "feedparser": "batch",
    "distributed": "batch",
    "s3fs": "bucket",
    "fsspec": "bucket",
}


def imports() -> list[tuple[str, str, str]]:
    """Return the room, file and imported name of every import in the package."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module == "narrate":
                names = [f"narrate.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            found += [(parts[0], "/".join(parts), name) for name in names]
    return found


def test_every_room_stands_on_a_floor() -> None:
    """A new module is given a floor before it is used."""
    rooms = {path.relative_to(PACKAGE).with_suffix("").parts[0] for path in PACKAGE.rglob("*.py")}
    assert rooms - {"__init__", "__main__"} == set(FLOOR_OF)


def test_imports_go_down() -> None:
    """A room imports only from floors below its own; rooms of one floor leave each other alone."""
    for room, file, name in imports():
        package, _, rest = name.partition(".")
        other = rest.partition(".")[0]
        if package == "narrate" and other in FLOOR_OF and other != room and room in FLOOR_OF:
            assert FLOOR_OF[other] < FLOOR_OF[room], f"{file} imports {name}"


def test_foreign_packages_stay_in_one_room() -> None:
    """Each outside package that shapes sound, tags or the command line has one owner."""
    for room, file, name in imports():
        owner = OWNERS.get(name.partition(".")[0])
        assert owner in (None, room), f"{file} imports {name}"


def test_modules_stay_small() -> None:
    """A file that grows past 320 lines is two files."""
    for path in PACKAGE.rglob("*.py"):
        assert len(path.read_text("utf-8").splitlines()) <= 320, path.name
