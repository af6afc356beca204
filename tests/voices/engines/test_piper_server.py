"""What the server of Piper's voices tells, and what is believed of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrate.model.errors import EngineUnavailable, InputUnreadable, NarrateError, ServiceBusy
from narrate.voices.engines.piper import server as piper_server
from narrate.voices.engines.piper.install import fetch, install, look_up
from narrate.voices.engines.piper.server import listed_files
from tests.voices.engines.tiny_piper import make_tiny_voice
from tests.voices.engines.voice_server import FOLDER, VoiceServer, serving

NAME = "de_DE-tiny-medium"
UNFREE = "de_DE-pavoque-low"


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VoiceServer]:
    """Return a running server with one voice."""
    with serving(make_tiny_voice(tmp_path_factory.mktemp("served"))) as server:
        yield server


@pytest.fixture
def unfree(server: VoiceServer, tmp_path: Path) -> VoiceServer:
    """Return the server with a voice that must not be used commercially."""
    server.add(make_tiny_voice(tmp_path / "made", UNFREE), "CC BY-NC-SA 4.0", "de/de_DE/pavoque/low")
    return server


def test_a_licence_is_known_and_accepted_before_anything_is_fetched(unfree: VoiceServer, tmp_path: Path) -> None:
    """A voice without commercial use is fetched only by who accepts that; others learn its licence and size."""
    listed = look_up(UNFREE, unfree.url)
    assert (listed.licence, listed.commercial) == ("CC BY-NC-SA 4.0", False)
    assert listed.size_bytes == sum(len(unfree.files[file.path]) for file in listed.files)
    with pytest.raises(InputUnreadable, match=r"CC BY-NC-SA 4\.0: no commercial use"):
        fetch(listed, folder=tmp_path / "piper")
    assert not unfree.downloads()
    assert not (tmp_path / "piper").exists()
    fetch(listed, accept_licence=True, folder=tmp_path / "piper")
    assert (tmp_path / "piper" / f"{UNFREE}.onnx").is_file()


@pytest.mark.parametrize(
    ("card", "licence", "commercial"),
    [
        ("CC0", "CC0", True),
        ("See URL", "CC0-1.0", True),
        (None, "CC0-1.0", True),
        ("Creative Commons Non-Commercial", "Creative Commons Non-Commercial", False),
        ("CC-BY-NC 4.0", "CC-BY-NC 4.0", False),
        ("Public domain, since 2019", "Public domain, since 2019", True),
    ],
)
def test_a_card_tells_the_licence(
    server: VoiceServer, tmp_path: Path, card: str | None, licence: str, commercial: bool
) -> None:
    """The card's licence counts; where it names none, what we know of the voice."""
    server.add(make_tiny_voice(tmp_path, "de_DE-kerstin-low"), card, "de/de_DE/kerstin/low")
    listed = look_up("de_DE-kerstin-low", server.url)
    assert (listed.licence, listed.commercial) == (licence, commercial)


def test_what_we_know_to_be_unfree_stays_so(server: VoiceServer, tmp_path: Path) -> None:
    """A card that is silent does not free a voice that is known not to be."""
    server.add(make_tiny_voice(tmp_path, UNFREE), None, "de/de_DE/pavoque/low")
    assert not look_up(UNFREE, server.url).commercial


@pytest.mark.parametrize("name", ["de_DE-tini-medium", "tiny", "../../etc/passwd", "", "en_US-amy-low"])
def test_a_name_that_is_not_listed_is_answered_with_the_nearest(server: VoiceServer, name: str) -> None:
    """A wrong name, or a voice of another language, is answered with the German voices there are."""
    server.listed("en_US-amy-low", {})
    server.listed("../../etc/passwd", {})
    with pytest.raises(InputUnreadable, match=f"no German Piper voice '{name}'.*{NAME}"):
        look_up(name, server.url)


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b"[" * 100_000, b"\xff"])
def test_a_list_that_is_none_is_told(server: VoiceServer, content: bytes) -> None:
    """Whatever stands in the place of the list, it is one sentence."""
    server.files["voices.json"] = content
    with pytest.raises(EngineUnavailable, match="not a list of voices"):
        look_up(NAME, server.url)


GOOD = {"size_bytes": 10, "md5_digest": "0" * 32}


@pytest.mark.parametrize(
    "entry",
    [
        None,
        {"files": []},
        {"files": {}},
        {"files": {f"a/{NAME}.onnx": GOOD}},
        {"files": {f"../{NAME}.onnx": GOOD, f"a/{NAME}.onnx.json": GOOD}},
        {"files": {f"/a/{NAME}.onnx": GOOD, f"a/{NAME}.onnx.json": GOOD}},
        {"files": {f"a/{NAME}.onnx": GOOD, f"a/{NAME}.onnx.json": GOOD, "a/../../x": GOOD}},
        {"files": {f"a/{NAME}.onnx": GOOD, f"b/{NAME}.onnx": GOOD, f"a/{NAME}.onnx.json": GOOD}},
        {"files": {f"a/{NAME}.onnx": GOOD | {"size_bytes": -1}, f"a/{NAME}.onnx.json": GOOD}},
        {"files": {f"a/{NAME}.onnx": GOOD | {"size_bytes": 10**12}, f"a/{NAME}.onnx.json": GOOD}},
        {"files": {f"a/{NAME}.onnx": GOOD | {"md5_digest": "?"}, f"a/{NAME}.onnx.json": GOOD}},
    ],
)
def test_a_strange_entry_is_refused(server: VoiceServer, tmp_path: Path, entry: Any) -> None:
    """An entry that names other files, leads out of the folder or has no size or digest fetches nothing."""
    server.listed(NAME, entry)
    with pytest.raises(EngineUnavailable, match="nothing was downloaded"):
        install(NAME, folder=tmp_path / "piper", url=server.url)
    assert not server.downloads()
    assert not (tmp_path / "piper").exists()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PATHS = st.text("./ab\\é\n", max_size=8).map(lambda folder: f"{folder}{NAME}.onnx") | st.just(f"{NAME}.onnx.json")


@settings(max_examples=50)
@given(JSON | st.fixed_dictionaries({"files": st.dictionaries(PATHS, JSON | st.just(GOOD), max_size=3)}))
def test_any_entry_is_judged(entry: Any) -> None:
    """Whatever the list says of a voice, it is refused in a sentence or names two files below the server's folder."""
    try:
        (model, config), _ = listed_files(NAME, entry)
    except EngineUnavailable:
        return
    assert (model.name, config.name) == (f"{NAME}.onnx", f"{NAME}.onnx.json")
    for file in (model, config):
        assert ".." not in file.path.split("/") and not file.path.startswith("/") and file.path.isascii()


@pytest.mark.parametrize(("status", "kind"), [(404, EngineUnavailable), (500, EngineUnavailable), (503, ServiceBusy)])
@pytest.mark.parametrize("end", ["voices.json", "MODEL_CARD", ".onnx"])
def test_a_refusal_is_told(
    server: VoiceServer, tmp_path: Path, end: str, status: int, kind: type[NarrateError]
) -> None:
    """A server that has no file, fails or is busy ends the installation with a sentence."""
    server.faults[end] = status
    with pytest.raises(kind, match=str(status)):
        install(NAME, folder=tmp_path, url=server.url)


def test_nobody_there_is_told(server: VoiceServer) -> None:
    """A server that cannot be reached is told with its address."""
    server.server_close()
    with pytest.raises(EngineUnavailable, match="cannot be reached"):
        look_up(NAME, server.url)


@pytest.mark.parametrize(
    "url",
    ["http://example.org/voices", "http://127.0.0.1:80@example.org/", "file:///etc", "ftp://127.0.0.1/", "voices"],
)
def test_only_https_unless_on_this_machine(url: str) -> None:
    """An address that others could read or change is not asked."""
    with pytest.raises(EngineUnavailable, match="https only"):
        look_up(NAME, url)


def test_nobody_is_sent_to_plain_http(server: VoiceServer, tmp_path: Path) -> None:
    """A server that sends on is followed, but not in circles and not to where others could listen."""
    server.files["moved.onnx"] = server.files[f"{FOLDER}/{NAME}.onnx"]
    server.faults = {f"{NAME}.onnx": f"{server.url}/moved.onnx"}
    install(NAME, folder=tmp_path, url=server.url)
    server.faults = {"voices.json": "http://example.org/voices.json"}
    with pytest.raises(EngineUnavailable, match="https only"):
        look_up(NAME, server.url)
    server.faults = {"voices.json": f"{server.url}/voices.json"}
    with pytest.raises(EngineUnavailable, match="redirects too often"):
        look_up(NAME, server.url)


def test_a_proxy_of_the_environment_is_used(server: VoiceServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies outside is asked through the proxy that is set, what is on this machine is not."""
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert look_up(NAME, server.url).name == NAME
    monkeypatch.setenv("https_proxy", server.url)
    with pytest.raises(EngineUnavailable, match="cannot be reached"):
        look_up(NAME, "https://example.org/voices")
    assert server.asked[-1] == ("example.org:443", None)


def test_an_endless_answer_is_cut(server: VoiceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer is read beyond what it may hold: neither list nor card nor model."""
    monkeypatch.setattr(piper_server, "LARGEST_LIST_BYTES", 100_000)
    for end, told in (
        ("voices.json", "unexpectedly large"),
        ("MODEL_CARD", "unexpectedly large"),
        (".onnx", "larger than the list"),
    ):
        server.faults = {end: "endless"}
        with pytest.raises(EngineUnavailable, match=told):
            install(NAME, folder=tmp_path, url=server.url)
    assert not list(tmp_path.glob("de_*"))


def test_a_slow_answer_ends(server: VoiceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes longer than the longest time is broken off."""
    monkeypatch.setattr(piper_server, "LONGEST_S", -1.0)
    with pytest.raises(EngineUnavailable, match="closed the connection"):
        install(NAME, folder=tmp_path, url=server.url)


@pytest.mark.parametrize("address", ["https://u:geheim@127.0.0.1:1", "https://[geheim", "http://geheim@127.0.0.1:1"])
def test_a_password_in_the_address_is_not_repeated(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that holds a user, or is none, is refused unrepeated, wherever it was written."""
    with pytest.raises(EngineUnavailable, match="NARRATE_PIPER_URL") as raised:
        look_up(NAME, address)
    monkeypatch.setenv("NARRATE_PIPER_URL", address)
    with pytest.raises(EngineUnavailable, match="NARRATE_PIPER_URL") as again:
        look_up(NAME)
    assert "geheim" not in raised.value.message + again.value.message


def test_a_server_that_sends_to_no_address_is_refused(server: VoiceServer) -> None:
    """Where a redirection leads to what is no address, that is told."""
    server.faults["voices.json"] = "http://[geheim"
    with pytest.raises(EngineUnavailable, match="invalid address"):
        look_up(NAME, server.url)
