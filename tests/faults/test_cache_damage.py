"""Row 7: entries of the cache that were damaged in any way never sound; they are made again."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.test_main import ARTICLE, command
from tests.faults.counts import record, times
from tests.faults.stage import Stage, tree
from tests.faults.zygote import ROOT

FORCED = ("render", "artikel.txt", "-o", "anew", "-q")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return a show with an episode, and an edited article."""
    made = Stage(Path(tmp_path_factory.mktemp("stage")))
    made.ok(*FORCED)
    made.ok("render", "artikel.txt", "-o", "kept-anew", "-q")
    shutil.rmtree(made.root / "kept-cache")
    shutil.copytree(made.cache, made.root / "kept-cache")
    yield made
    made.zygote.close()


def flip_a_bit(entry: Path, chance: random.Random) -> None:
    """Change one bit anywhere."""
    content = bytearray(entry.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    entry.write_bytes(content)


def cut(entry: Path, chance: random.Random) -> None:
    """Let the end be missing."""
    os.truncate(entry, chance.randrange(1, entry.stat().st_size))


def empty(entry: Path, chance: random.Random) -> None:
    """Let nothing be left."""
    os.truncate(entry, 0)


def garbage(entry: Path, chance: random.Random) -> None:
    """Put something else there, of the same size."""
    entry.write_bytes(chance.randbytes(entry.stat().st_size))


def another(entry: Path, chance: random.Random) -> None:
    """Put another entry there, which is whole."""
    others = [path for path in entry.parents[1].glob("??/*") if path.is_file() and path != entry]
    shutil.copyfile(chance.choice(sorted(others)), entry)


def forbid(entry: Path, chance: random.Random) -> None:
    """Let a folder stand there."""
    entry.unlink()
    entry.mkdir()


@pytest.mark.parametrize("damage", [flip_a_bit, cut, empty, garbage, another])
def test_damaged_entries_are_made_again(stage: Stage, damage: Callable[[Path, random.Random], None]) -> None:
    """Not one sample is wrong, whichever entries are damaged, and nothing is said of it."""
    chance, count = random.Random(damage.__name__), times(3, 100)
    for _ in range(count):
        stage.restore()
        entries = sorted(path for path in stage.cache.glob("??/*") if path.is_file())
        for entry in chance.sample(entries, max(1, len(entries) // 3)):
            damage(entry, chance)
        shutil.rmtree(stage.root / "anew", ignore_errors=True)
        stage.ok(*FORCED)
        assert tree(stage.root / "anew") == tree(stage.root / "kept-anew")
    record("7", f"a third of the cache: {damage.__name__.replace('_', ' ')}", count, "0 wrong samples, made again")


def test_what_may_not_be_replaced_is_said_once(stage: Stage) -> None:
    """A folder where an entry belongs costs that entry only."""
    chance, count = random.Random(7), times(2, 100)
    for _ in range(count):
        stage.restore()
        entries = sorted(path for path in stage.cache.glob("??/*") if path.is_file())
        forbid(chance.choice(entries), chance)
        shutil.rmtree(stage.root / "anew", ignore_errors=True)
        ended = stage.zygote.run(*FORCED)
        assert ended.code in (0, 73), ended
        assert "Traceback" not in ended.said
        if ended.code == 0:
            assert tree(stage.root / "anew") == tree(stage.root / "kept-anew")
        else:
            assert "NARRATE_CACHE_DIR" in ended.said
    record("7", "a folder where an entry belongs", count, "right sound, or 73 that names it")


@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_a_cache_of_somebody_else_is_warned_of_once(mode: int) -> None:
    """A cache that another user owns, readable or not, costs its use: one warning, the same sound."""
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root may give things to another user")
    home = Path(tempfile.mkdtemp(dir="/dev/shm"))
    try:
        home.chmod(0o777)
        (home / "artikel.txt").write_text(ARTICLE, "utf-8")
        own = os.environ | {"PYTHONPATH": str(ROOT), "HOME": str(home), "NARRATE_CACHE_DIR": str(home / "cache")}
        own |= {"NARRATE_CONFIG": str(home / "config.toml"), "NARRATE_DATA_DIR": str(home / "data")}
        (home / "config.toml").touch()
        own |= {"PYTHONDONTWRITEBYTECODE": "1", "SOURCE_DATE_EPOCH": "1700000000"}
        order = command("render", "artikel.txt", "-o")
        subprocess.run([*order, "mine"], cwd=home, env=own, check=True, capture_output=True)
        for path in [*(home / "cache").rglob("*"), home / "cache"]:
            path.chmod(mode)
            os.chown(path, 65534, 65534)
        bound = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"]  # as any user is
        done = subprocess.run([*bound, *order, "theirs"], cwd=home, env=own, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stderr.count("narrate: warning:") == 1
        assert "cache" in done.stderr
        assert tree(home / "theirs") == tree(home / "mine")
    finally:
        shutil.rmtree(home)
    record("7", f"cache of another user, mode {mode:03o}", 1, "one warning, right sound")
