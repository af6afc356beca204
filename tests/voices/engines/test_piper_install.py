"""Installing Piper voices from a server of our own, with all that can go wrong on the way."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from narrate.model import Voice
from narrate.model.errors import EngineUnavailable, NarrateError, OutputRefused, PermissionRefused, StorageError
from narrate.voices.engines.piper import install as piper_install
from narrate.voices.engines.piper.engine import PiperEngine
from narrate.voices.engines.piper.install import fetch, install, look_up
from tests.voices.engines.tiny_piper import make_tiny_voice
from tests.voices.engines.voice_server import FOLDER, VoiceServer, serving

NAME = "de_DE-tiny-medium"


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VoiceServer]:
    """Return a running server with one voice."""
    with serving(make_tiny_voice(tmp_path_factory.mktemp("served"))) as server:
        yield server


def names(folder: Path) -> set[str]:
    """Return what lies in a folder, without what is hidden."""
    return {path.name for path in folder.glob("*") if not path.name.startswith(".")}


WHOLE = {f"{NAME}.onnx", f"{NAME}.onnx.json"}


def test_an_installed_voice_speaks(server: VoiceServer, tmp_path: Path) -> None:
    """A voice is fetched into a folder that need not exist, byte by byte the same, and speaks."""
    folder, told = tmp_path / "data" / "piper", []
    listed = install(NAME, progress=lambda done, total: told.append((done, total)), folder=folder, url=server.url)
    assert (listed.licence, listed.commercial) == ("CC0", True)
    assert names(folder) == WHOLE
    assert (folder / f"{NAME}.onnx").read_bytes() == server.files[f"{FOLDER}/{NAME}.onnx"]
    assert any(PiperEngine(str(folder)).synthesize("Guten Tag.", Voice("piper", NAME)).pcm)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (listed.size_bytes, listed.size_bytes)
    assert not list(folder.glob(".*.part"))


def test_the_users_folder_and_server_are_settings(
    server: VoiceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without arguments voices come from NARRATE_PIPER_URL and go to NARRATE_DATA_DIR."""
    monkeypatch.setenv("NARRATE_PIPER_URL", f"{server.url}/")
    monkeypatch.setenv("NARRATE_DATA_DIR", str(tmp_path))
    install(NAME)
    assert [voice.name for voice in PiperEngine().voices()] == [NAME] * 3
    offers = PiperEngine().offers(ask=True)
    assert [(offer.voice.name, offer.installed) for offer in offers] == [(NAME, True)]
    monkeypatch.setenv("NARRATE_DATA_DIR", str(tmp_path / "other"))
    offers = PiperEngine().offers(ask=True)
    assert [(offer.voice.name, offer.installed) for offer in offers] == [(NAME, False)]


def test_a_whole_voice_is_not_fetched_again(server: VoiceServer, tmp_path: Path) -> None:
    """A second installation asks for list and card only; a damaged file is fetched anew."""
    install(NAME, folder=tmp_path, url=server.url)
    server.asked.clear()
    told: list[int] = []
    install(NAME, progress=lambda done, total: told.append(total - done), folder=tmp_path, url=server.url)
    assert not server.downloads()
    assert told == [0]
    model = tmp_path / f"{NAME}.onnx"
    model.write_bytes(model.read_bytes()[:-1] + b"?")
    install(NAME, folder=tmp_path, url=server.url)
    assert model.read_bytes() == server.files[f"{FOLDER}/{NAME}.onnx"]


@pytest.mark.parametrize("fault", [("cut", 1000), ("unknown length", 1000)])
def test_it_goes_on_where_it_broke_off(server: VoiceServer, tmp_path: Path, fault: tuple[str, int]) -> None:
    """What came before a cut is kept, and the rest is asked for by range; half a voice is never listed."""
    server.faults[".onnx"] = fault
    with pytest.raises(EngineUnavailable, match="to resume"):
        install(NAME, folder=tmp_path, url=server.url)
    assert not names(tmp_path)
    assert not PiperEngine(str(tmp_path)).voices()
    server.faults.clear()
    server.asked.clear()
    install(NAME, folder=tmp_path, url=server.url)
    assert server.downloads()[0] == (f"{NAME}.onnx", "bytes=1000-")
    assert names(tmp_path) == WHOLE


def test_a_server_without_ranges_sends_all_again(server: VoiceServer, tmp_path: Path) -> None:
    """Where a part is asked for and all comes, all is taken."""
    server.faults[".onnx"] = ("cut", 1000)
    with pytest.raises(EngineUnavailable):
        install(NAME, folder=tmp_path, url=server.url)
    server.faults[".onnx"] = "no ranges"
    install(NAME, folder=tmp_path, url=server.url)
    assert (tmp_path / f"{NAME}.onnx").read_bytes() == server.files[f"{FOLDER}/{NAME}.onnx"]


def test_another_part_than_was_asked_for_is_thrown_away(server: VoiceServer, tmp_path: Path) -> None:
    """A server that gives a part of its own choice is asked for the whole file at once."""
    server.faults[".onnx"] = ("cut", 1000)
    with pytest.raises(EngineUnavailable):
        install(NAME, folder=tmp_path, url=server.url)
    server.faults[".onnx"] = "another part"
    server.asked.clear()
    install(NAME, folder=tmp_path, url=server.url)
    assert server.downloads()[:2] == [(f"{NAME}.onnx", "bytes=1000-"), (f"{NAME}.onnx", None)]
    assert (tmp_path / f"{NAME}.onnx").read_bytes() == server.files[f"{FOLDER}/{NAME}.onnx"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe"])
def test_what_stands_for_a_part_is_replaced(server: VoiceServer, tmp_path: Path, kind: str) -> None:
    """A link is not followed, whatever it leads to, and a pipe is not written to."""
    part, other = tmp_path / "piper" / f".{NAME}.onnx.part", tmp_path / "other"
    part.parent.mkdir()
    if kind == "link":
        other.write_bytes(b"mine")
    os.mkfifo(part) if kind == "pipe" else part.symlink_to(other)
    install(NAME, folder=part.parent, url=server.url)
    assert names(part.parent) == WHOLE
    assert (other.read_bytes() == b"mine") if kind == "link" else not other.exists()


def test_a_folder_where_a_part_belongs_is_named(server: VoiceServer, tmp_path: Path) -> None:
    """What is in the way is named itself, and is left alone."""
    (tmp_path / f".{NAME}.onnx.part").mkdir()
    with pytest.raises(OutputRefused, match=r"\.onnx\.part' is a folder"):
        install(NAME, folder=tmp_path, url=server.url)


def test_a_cut_configuration_leaves_no_voice(server: VoiceServer, tmp_path: Path) -> None:
    """The model alone is not put in its place, and is not fetched twice."""
    server.faults = {"medium.onnx.json": 404}
    with pytest.raises(EngineUnavailable, match="404"):
        install(NAME, folder=tmp_path, url=server.url)
    assert not names(tmp_path)
    server.faults.clear()
    server.asked.clear()
    install(NAME, folder=tmp_path, url=server.url)
    assert server.downloads() == [(f"{NAME}.onnx.json", None)]


def test_what_lies_there_from_another_file_does_no_harm(server: VoiceServer, tmp_path: Path) -> None:
    """A beginning that is too long is not used; one that is not this file's is found by its digest and removed."""
    part, model = tmp_path / f".{NAME}.onnx.part", tmp_path / f"{NAME}.onnx"
    part.write_bytes(bytes(100_000))
    install(NAME, folder=tmp_path, url=server.url)
    model.unlink()
    part.write_bytes(b"something else")
    with pytest.raises(EngineUnavailable, match="damaged"):
        install(NAME, folder=tmp_path, url=server.url)
    install(NAME, folder=tmp_path, url=server.url)
    assert model.read_bytes() == server.files[f"{FOLDER}/{NAME}.onnx"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda content: content[:-1] + b"?", "damaged"),
        (lambda content: content + b"?", "larger than the list says"),
        (lambda content: content[:-1], "to resume"),
    ],
)
def test_what_the_list_does_not_say_is_refused(server: VoiceServer, tmp_path: Path, change: Any, told: str) -> None:
    """A model of another digest or size is not installed, nor is one that is shorter asked for for ever."""
    path = f"{FOLDER}/{NAME}.onnx"
    server.files[path] = change(server.files[path])
    with pytest.raises(EngineUnavailable, match=told):
        install(NAME, folder=tmp_path, url=server.url)
    with pytest.raises(EngineUnavailable, match="shorter than the list" if told == "to resume" else told):
        install(NAME, folder=tmp_path, url=server.url)
    assert not names(tmp_path)
    assert not list(tmp_path.glob(".*.part"))


def test_a_new_version_is_never_half_in_place(
    server: VoiceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between model and configuration leaves no voice of two versions; the next attempt mends it."""
    install(NAME, folder=tmp_path, url=server.url)
    server.add(make_tiny_voice(tmp_path / "new", speakers=["a", "b"]))
    replace = Path.replace

    def crash(path: Path, target: Path) -> Path:
        if target.suffix == ".json":
            raise KeyboardInterrupt
        return replace(path, target)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Path, "replace", crash)
        install(NAME, folder=tmp_path, url=server.url)
    assert not PiperEngine(str(tmp_path)).voices()
    server.asked.clear()
    install(NAME, folder=tmp_path, url=server.url)
    assert [voice.name for voice in PiperEngine(str(tmp_path)).voices()[:2]] == [f"{NAME}#a", f"{NAME}#b"]


def test_two_installations_at_once_are_one(server: VoiceServer, tmp_path: Path) -> None:
    """Many who install the same voice at once all succeed, and it is fetched once."""
    listed = look_up(NAME, server.url)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: fetch(listed, folder=tmp_path), range(8)))
    assert len(set(found)) == 1
    assert len(server.downloads()) == 2
    assert names(tmp_path) == WHOLE


def test_nobody_waits_for_ever(server: VoiceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who finds the voice being installed for too long is told so."""
    from filelock import FileLock

    monkeypatch.setattr(piper_install, "WAIT_S", 0.0)
    with FileLock(tmp_path / f".{NAME}.lock"), pytest.raises(OutputRefused, match="Another process is installing"):
        install(NAME, folder=tmp_path, url=server.url)


def test_a_folder_that_is_a_file_is_told(server: VoiceServer, tmp_path: Path) -> None:
    """Where no folder can be made, the setting that moves it is named."""
    (tmp_path / "piper").write_bytes(b"")
    with pytest.raises(OutputRefused, match="NARRATE_DATA_DIR"):
        install(NAME, folder=tmp_path / "piper", url=server.url)


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, StorageError), (errno.EACCES, PermissionRefused), (errno.EIO, StorageError)],
)
def test_a_disk_that_refuses_is_told(
    server: VoiceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[NarrateError]
) -> None:
    """A full disk, missing permission or a failing disk is a sentence; what was there before stays."""
    install(NAME, folder=tmp_path, url=server.url)
    before = (tmp_path / f"{NAME}.onnx").read_bytes()
    server.add(make_tiny_voice(tmp_path / "new", noise=True))
    assert server.files[f"{FOLDER}/{NAME}.onnx"] != before

    def refuse(_: int) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(kind):
        install(NAME, folder=tmp_path, url=server.url)
    assert (tmp_path / f"{NAME}.onnx").read_bytes() == before
    assert any(PiperEngine(str(tmp_path)).voices())


def test_room_is_looked_for_before(server: VoiceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk without room for the voice is told before anything is fetched."""
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(StorageError, match="free some space"):
        install(NAME, folder=tmp_path, url=server.url)
    assert not server.downloads()
