"""The floors of the house: who may import whom."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "narrate"
FLOORS = [
    {"model"},
    {"system"},
    {"german"},
    {"reading", "lexicon", "audio"},
    {"script"},
    {"voices"},
    {"settings", "audio.sound_files"},
    {"voices.speak", "audio.soundtrack"},
    {"audio.gain", "audio.ducking"},
    {"audio.mix"},
    {"audio.timeline"},
    {"web"},
    {"episode"},
    {"show"},
    {"show.s3"},
    {"checks"},
    {"pipeline"},
    {"__init__"},
    {"batch"},
    {"cli"},
]
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
OWNERS = {
    "pydub": {"audio"},
    "imageio_ffmpeg": {"audio"},
    "mutagen": {"checks", "episode"},
    "jinja2": {"web"},
    "cryptography": {"episode"},
    "c2pa": {"episode"},
    "click": {"cli"},
    "espeakng_loader": {"voices"},
    "defusedxml": {"lexicon"},
    "emoji": {"german"},
    "feedparser": {"batch"},
    "distributed": {"batch"},
    "s3fs": {"show"},
    "fsspec": {"show"},
}


def room_of(dotted: str) -> str:
    """Return the room of a module below the package: the longest name on a floor that it begins with."""
    parts = dotted.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((name for name in names if name in FLOOR_OF), parts[0])


def imports() -> list[tuple[str, str]]:
    """Return the module below the package and the imported name of every import in it."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [(module, name) for name in names]
    return found


def test_every_room_stands_on_a_floor() -> None:
    """A new room is given a floor before it is used."""
    rooms = {path.relative_to(PACKAGE).with_suffix("").parts[0] for path in PACKAGE.rglob("*.py")}
    assert rooms == {name for name in FLOOR_OF if "." not in name}


def test_imports_go_down() -> None:
    """A room imports only from floors below its own; rooms of one floor leave each other alone."""
    for module, name in imports():
        package, _, rest = name.partition(".")
        if package != "narrate" or rest.partition(".")[0] not in FLOOR_OF:
            continue
        room, other = room_of(module), room_of(rest)
        assert room == other or FLOOR_OF[other] < FLOOR_OF[room], f"{module} imports {name}"


def test_foreign_packages_stay_in_one_room() -> None:
    """Each outside package that shapes sound, tags or the command line has one owner."""
    for module, name in imports():
        owners = OWNERS.get(name.partition(".")[0])
        assert owners is None or module.partition(".")[0] in owners, f"{module} imports {name}"


def test_the_top_is_a_list_to_read_at_a_glance() -> None:
    """At most eighteen entries stand at the top of the package."""
    assert len([path for path in PACKAGE.iterdir() if path.name != "__pycache__"]) <= 18


def test_functions_take_few_parameters() -> None:
    """Nothing takes more than six parameters: more than that is a type without a name."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and not any(map(_is_click, node.decorator_list)):
                names = [one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
                assert len([name for name in names if name not in ("self", "cls")]) <= 6, f"{path.name}: {node.name}"


def _is_click(decorator: ast.expr) -> bool:
    """Tell whether a function is a command: its parameters are the options of a person."""
    return "click" in ast.unparse(decorator) or "command" in ast.unparse(decorator)
