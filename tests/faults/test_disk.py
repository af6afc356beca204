"""Rows 3 and 12: disks that are full, and folders that may not be written."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.test_main import ARTICLE, assert_one_sentence, command
from tests.faults.counts import record
from tests.faults.stage import temporary_files

ROOT = Path(__file__).parents[2]
MAY_MOUNT = os.name == "posix" and os.geteuid() == 0 and shutil.which("mount") is not None


@contextmanager
def disk(folder: Path, megabytes: float) -> Iterator[Path]:
    """Mount a small disk in memory, or skip where that is not allowed."""
    if not MAY_MOUNT:
        pytest.skip("only root may mount a disk")
    folder.mkdir()
    size = f"size={int(megabytes * 1024)}k"
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "narrate-test", str(folder)], capture_output=True
    ).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def read_only(folder: Path) -> None:
    """Let nothing more be written to a disk, by root either."""
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)


def render(folder: Path, *more: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Render an article of a minute."""
    (folder / "artikel.txt").write_text(
        ARTICLE + "Noch ein Satz, der lang genug ist, um Platz zu brauchen. " * 20, "utf-8"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | variables
    return subprocess.run(
        command("render", "artikel.txt", *more),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("megabytes", [0.25, 0.5, 1, 4, 16])
def test_a_full_disk_is_said_and_nothing_is_half_there(tmp_path: Path, megabytes: float) -> None:
    """Row 3: 74 that names the path and the bytes, no file stays; or all of it fits."""
    with disk(tmp_path / "disk", megabytes) as full:
        done = render(tmp_path, "-o", str(full / "folge"), "-q")
        if done.returncode == 0:
            assert megabytes > 1
        else:
            assert_one_sentence(done, 74, str(full / "folge"), "bytes")
            assert list(full.rglob("*")) == []
    record("3", f"disk of {megabytes:g} MB for the episode", 1, "fits" if done.returncode == 0 else "74, nothing left")


@pytest.mark.parametrize("megabytes", [0.25, 1])
def test_a_full_disk_for_the_cache_is_said(tmp_path: Path, megabytes: float) -> None:
    """Row 3: 74 that names the path and the bytes; no half entry stays."""
    with disk(tmp_path / "disk", megabytes) as full:
        done = render(tmp_path, "-o", "folge", "-q", NARRATE_CACHE_DIR=str(full / "cache"))
        assert_one_sentence(done, 74, str(full), "bytes")
        assert temporary_files(full) == []
    assert not (tmp_path / "folge").exists()
    record("3", f"disk of {megabytes:g} MB for the cache", 1, "74, nothing left")


def test_a_folder_that_may_not_be_written_is_said_at_once(tmp_path: Path) -> None:
    """Row 12: 77 before anything is spoken."""
    with disk(tmp_path / "disk", 4) as full:
        read_only(full)
        done = render(tmp_path, "-o", str(full / "folge"), "-q", NARRATE_CACHE_DIR=str(tmp_path / "cache"))
        assert_one_sentence(done, 77, str(full))
        assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()], "it was spoken first"
    record("12", "read-only output folder", 1, "77 before anything is spoken")


@pytest.mark.parametrize("home", ["read-only", "unset"])
def test_without_a_home_it_renders_all_the_same(tmp_path: Path, home: str) -> None:
    """Row 12: a HOME that cannot be written, or none, costs the cache, not the episode."""
    unset = dict.fromkeys(("NARRATE_CACHE_DIR", "NARRATE_CONFIG", "NARRATE_DATA_DIR", "XDG_CACHE_HOME"), "")
    with disk(tmp_path / "disk", 4) as full:
        read_only(full)
        own = {"HOME": str(full)} if home == "read-only" else {"HOME": ""}
        done = render(tmp_path, "-o", "folge", **unset, **own)
    assert done.returncode == 0, done.stderr
    assert home == "unset" or "cache" in done.stderr
    record("12", f"HOME {home}", 1, "rendered")


def test_without_a_place_for_temporary_files_it_says_so(tmp_path: Path) -> None:
    """Row 12: 73 before anything is spoken."""
    closed = ("/tmp", "/var/tmp", "/usr/tmp")  # noqa: S108
    if not MAY_MOUNT or shutil.which("unshare") is None:
        pytest.skip("only root may close the folders")
    home = Path(tempfile.mkdtemp(dir="/dev/shm"))
    try:
        (home / "artikel.txt").write_text(ARTICLE, "utf-8")
        shut = " && ".join(
            f"mount --bind {place} {place} && mount -o remount,ro,bind {place}"
            for place in closed
            if Path(place).is_dir()
        )
        # The working folder is the last place that Python tries.
        script = f'{shut} && mount -t tmpfs -o ro none /mnt && cd /mnt && exec "$@"'
        order = command("render", str(home / "artikel.txt"), "-o", str(home / "folge"), "-q")
        variables = {"TMPDIR": "", "PYTHONPATH": str(ROOT), "NARRATE_CACHE_DIR": str(home / "cache")}
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", script, "sh", *order],
            env=os.environ | variables, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert_one_sentence(done, 73, "TMPDIR")
        assert not (home / "folge").exists()
    finally:
        shutil.rmtree(home)
    record("12", "no folder for temporary files", 1, "73 before anything is spoken")
