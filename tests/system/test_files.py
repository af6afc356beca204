"""Whole or nothing."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from narrate.model.errors import NarrateError, OutputRefused, PermissionRefused, StorageError
from narrate.system import files
from narrate.system.files import FileRecord, Staging, sha256_of


def content(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, hidden ones too."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def publish(folder: Path, text: bytes, obsolete: tuple[str, ...] = ()) -> list[FileRecord]:
    """Publish a result of two files."""
    with Staging(folder) as staging:
        records = [staging.write("clips/a.mp3", [text, b"!"]), staging.write("episode.json", [text])]
        staging.publish(obsolete)
    return records


def test_files_appear_together_with_their_digests(tmp_path: Path) -> None:
    """After publish the files stand with the sizes and digests that were told, and nothing else."""
    records = publish(tmp_path / "neu" / "tief", b"eins")
    assert content(tmp_path / "neu" / "tief") == {"clips/a.mp3": b"eins!", "episode.json": b"eins"}
    assert all(record.holds(tmp_path / "neu" / "tief") for record in records)
    assert sha256_of(tmp_path / "neu" / "tief" / "episode.json") == records[1].sha256


def test_nothing_is_seen_before(tmp_path: Path) -> None:
    """Until publish the old files stand as they were; leaving early removes everything that was staged."""
    publish(tmp_path, b"alt")
    before = content(tmp_path)
    with pytest.raises(RuntimeError), Staging(tmp_path) as staging:
        staging.write("episode.json", [b"neu"])
        assert (tmp_path / "episode.json").read_bytes() == b"alt"
        raise RuntimeError
    assert content(tmp_path) == before


def test_folders_made_for_nothing_go_again(tmp_path: Path) -> None:
    """When nothing was published, folders that were made for it are removed; others stay."""
    with pytest.raises(RuntimeError), Staging(tmp_path / "a" / "b") as staging:
        staging.write("clips/x.mp3", [b"x"])
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_obsolete_files_are_removed(tmp_path: Path) -> None:
    """Files of the earlier result that the new one lacks go; a name that is not there is no failure."""
    publish(tmp_path, b"eins")
    (tmp_path / "alt.mp3").write_bytes(b"alt")
    publish(tmp_path, b"zwei", ("alt.mp3", "gibt-es-nicht.mp3"))
    assert set(content(tmp_path)) == {"clips/a.mp3", "episode.json"}


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    """A folder that is a file, or lies below one, is refused with the way out."""
    (tmp_path / "datei").write_bytes(b"bleibt")
    for folder in (tmp_path / "datei", tmp_path / "datei" / "unter"):
        with pytest.raises(OutputRefused, match="-o"):
            publish(folder, b"x")
    assert content(tmp_path) == {"datei": b"bleibt"}


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.EACCES, PermissionRefused),
        (errno.EROFS, PermissionRefused),
        (errno.ENOSPC, StorageError),
        (errno.EIO, StorageError),
        (errno.ENAMETOOLONG, OutputRefused),
    ],
)
def test_refusals_of_the_system_are_explained(number: int, error: type[NarrateError], tmp_path: Path) -> None:
    """Each kind of refusal has its own exit code and names the path."""
    with pytest.raises(error, match="ziel"), files.explained(tmp_path / "ziel"):
        raise OSError(number, os.strerror(number))


def operations(monkeypatch: pytest.MonkeyPatch, fail_at: int) -> Callable[[], int]:
    """Let the n-th fsync or replace fail with a full disk; return how many were called."""
    calls = iter(range(10_000))
    counted = [0]

    def counting(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            counted[0] = next(calls) + 1
            if counted[0] == fail_at:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*arguments)

        return call

    monkeypatch.setattr(os, "fsync", counting(os.fsync))
    monkeypatch.setattr(Path, "replace", counting(Path.replace))
    return lambda: counted[0]


@pytest.mark.parametrize("fail_at", list(range(1, 12)))
def test_whichever_operation_fails_no_torn_or_stray_file_is_left(
    fail_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For every n: after the n-th operation failed, each file is wholly old or wholly new, and none is left over."""
    publish(tmp_path, b"alt")
    with monkeypatch.context() as patched:
        count = operations(patched, fail_at)
        try:
            publish(tmp_path, b"neu")
        except (StorageError, OSError):
            assert count() == fail_at
        else:
            # A step that fails while everything is being moved is tried again.
            assert count() < fail_at or content(tmp_path)["episode.json"] == b"neu"
    assert set(content(tmp_path)) == {"clips/a.mp3", "episode.json"}
    assert content(tmp_path)["clips/a.mp3"] in (b"alt!", b"neu!")
    assert content(tmp_path)["episode.json"] in (b"alt", b"neu")
    if content(tmp_path)["episode.json"] == b"neu":
        assert content(tmp_path)["clips/a.mp3"] == b"neu!"  # the manifest moves last


def test_a_full_disk_keeps_the_old_result(tmp_path: Path) -> None:
    """On a real file system that is full the run fails with a sentence, and the old files stay whole."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.system(f"mount -t tmpfs -o size=256k tmpfs {disk} 2>/dev/null") != 0:  # noqa: S605
        pytest.skip("this user may not mount a small disk")
    try:
        publish(disk, b"alt")
        before = content(disk)
        with pytest.raises(StorageError, match="full"):
            publish(disk, os.urandom(1_000_000))
        assert content(disk) == before
    finally:
        os.system(f"umount {disk}")  # noqa: S605
