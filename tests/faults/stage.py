"""A small show with a published episode, and an edited article that is to take its place."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from narrate.system import atomic_move
from tests.faults.shim import Fault
from tests.faults.zygote import Ended, Zygote

OLD = "Der Markt am Fluss\n\nAm Hafen beginnt der Tag früh.\n"
NEW = "Der Markt am Fluss\n\nAm Hafen beginnt der Tag spät. Die Boote legen an.\n"
RENDER = ("render", "artikel.txt", "--show", "show", "-q")
IO_CODES = (0, 74)  # of a run whose fault could be mended, and of one whose could not
NO_PLACE = 73  # of one that found no folder for temporary files any more


def tree(folder: Path) -> dict[str, str]:
    """Return the digest of every file below a folder but locks, hidden files too."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }


def temporary_files(folder: Path) -> list[str]:
    """Return whatever is left of writing."""
    return [path.name for path in folder.rglob("*") if ".tmp" in path.name or path.name == ".publishing"]


class Stage:
    """The show, a cache that holds the speech of both articles, and how it would be without any fault.

    Args:
        root: An empty folder.
        old: The article that is published.
        new: The article that is to be.
        dated: Whether SOURCE_DATE_EPOCH tells the time; else the clock does.
    """

    def __init__(self, root: Path, old: str = OLD, new: str = NEW, dated: bool = True) -> None:
        self.root, self.show, self.cache = root, root / "show", root / "cache"
        (root / "tmp").mkdir()
        (root / "config.toml").touch()
        self.environment = {
            "NARRATE_CACHE_DIR": str(self.cache),
            "NARRATE_CONFIG": str(root / "config.toml"),
            "NARRATE_DATA_DIR": str(root / "data"),
            "SOURCE_DATE_EPOCH": "1700000000",
            "TMPDIR": str(root / "tmp"),
            "HOME": str(root),
        }
        if not dated:
            self.environment["SOURCE_DATE_EPOCH"] = ""
        self.zygote = Zygote(root, self.environment)
        self.article = root / "artikel.txt"
        self._well: set[str] = set()
        made = ("--title", "Zum Hören", "--author", "Redaktion", "--base-url", "https://p.example/h")
        self.ok("init", "show", *made)
        self.article.write_text(old, "utf-8")
        self.ok(*RENDER)
        self.article.write_text(new, "utf-8")
        self.ok("render", "artikel.txt", "-o", "aside", "--bitrate", "64", "-q")
        shutil.copytree(self.show, root / "kept-show")
        shutil.copytree(self.cache, root / "kept-cache")
        self.old = tree(self.show)
        self.ok(*RENDER)
        self.new = tree(self.show)
        assert self.old != self.new
        self.restore()

    def ok(self, *arguments: str) -> Ended:
        """Run narrate; it must succeed."""
        ended = self.zygote.run(*arguments)
        assert ended.code == 0, f"{arguments}: {ended}"
        return ended

    def restore(self) -> None:
        """Put show and cache back as they were before the second article."""
        for name in ("show", "cache"):
            shutil.rmtree(self.root / name, ignore_errors=True)
            shutil.copytree(self.root / f"kept-{name}", self.root / name)

    def assert_well(self) -> None:
        """Check that ``narrate verify`` finds no error in the show, as it is now."""
        # Hidden files too: one of them may make verify finish what was begun.
        now = str(sorted(tree(self.show).items()))
        if now not in self._well:
            ended = self.zygote.run("verify", "show", "-q")
            assert ended.code == 0, ended.said
            self._well.add(now)

    def assert_finished(self) -> None:
        """Check that the same render again gives what an undisturbed one gives, and sweeps."""
        self.ok(*RENDER)
        assert tree(self.show) == self.new
        assert temporary_files(self.show) + temporary_files(self.cache) == []

    def disturbed(self, fault: Fault) -> Ended:
        """Render the second article with a fault, and check all that must hold after it."""
        self.restore()
        ended = self.zygote.run(*RENDER, fault=fault)
        if fault.kind == "exit":
            assert ended.code in ((86,) if ended.hit else (0,)), f"{fault}: {ended}"
        else:
            codes = (*IO_CODES, NO_PLACE) if fault.lasting else IO_CODES
            assert ended.code in (codes if ended.hit else (0,)), f"{fault}: {ended}"
            left = temporary_files(self.show) + temporary_files(self.cache)
            # What stays full while files are being moved leaves the rest of the moves, which verify or a run finishes.
            assert not left or (fault.lasting and atomic_move.NAME in left), f"{fault}: {ended}: {left}"
        if ended.code == 0:
            now = tree(self.show)
            # A file of the version before that could not be removed hurts nobody; the next run removes it.
            superseded = {name for name in now if name not in self.new and now[name] == self.old.get(name)}
            assert {name: now[name] for name in now if name not in superseded} == self.new, f"{fault}: {ended}"
        self.assert_well()
        self.assert_finished()
        return ended
