"""Addresses that lead to this machine, into its network, or to no web page."""

from __future__ import annotations

import socket
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from narrate.model.errors import InputMissing, InputUnreadable, NarrateError
from narrate.reading.addresses import refused
from narrate.reading.fetch import fetch, fetch_picture
from tests.cli.test_main import Run, assert_one_sentence, run
from tests.reading.test_fetch import reply, server

__all__ = ["run"]

# As people and attackers write them: the system's own look-up turns most into an address.
HOSTS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0", "0.0.0.0", "localhost",
    "10.0.0.1", "10.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "198.18.0.1",
    "192.0.0.192", "240.0.0.1", "255.255.255.255", "224.0.0.1",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[fe80::1]", "[fc00::1]", "[fec0::1]", "[fd00:ec2::254]", "[ff02::1]",
]  # fmt: skip
OTHERS = [
    "file:///etc/passwd", "ftp://example.org/a", "gopher://127.0.0.1/", "data:text/html,<p>a", "javascript:alert(1)",
    "http://", "http:///etc/passwd", "http://user:geheim@example.org/", "http://[::1%25lo]/", "http://exa mple.org/",
    "http://[::1", "http://127.0.0.1\\@example.org/", "http://example.org:99999/", "http://\u2488.example/",
]  # fmt: skip


@pytest.fixture
def unconnected(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Note every attempt to connect, and let none through."""
    tried: list[Any] = []

    def connect(_: socket.socket, address: Any) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return tried


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", HOSTS)
def test_no_private_address_is_connected_to(host: str, scheme: str, unconnected: list[Any]) -> None:
    """Row 26: however it is written, an address of this machine or its network is refused before a connection."""
    with pytest.raises((InputUnreadable, InputMissing)):
        fetch(f"{scheme}://{host}/", timeout_s=5)
    with pytest.raises((InputUnreadable, InputMissing)):
        fetch_picture(f"{scheme}://{host}/a.png", max_bytes=10, timeout_s=5)
    assert not unconnected


@pytest.mark.parametrize("address", OTHERS)
def test_what_is_no_web_address_is_connected_to_nowhere(address: str, unconnected: list[Any]) -> None:
    """Row 26: other schemes, passwords, zones and broken addresses end in a sentence that repeats no secret."""
    with pytest.raises(NarrateError) as told:
        fetch(address, timeout_s=5)
    assert "geheim" not in told.value.message
    assert not unconnected


@pytest.mark.parametrize("host", HOSTS)
def test_a_redirect_to_one_is_refused(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 26: each redirect is checked like the first address; only the server of this test is let through."""
    from narrate.reading import fetch as module

    real = refused
    asked: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        reply(b"", 302, Location=f"http://{host}/geheim")(request)

    with server(answer) as address:
        monkeypatch.setattr(module, "refused", lambda at, private: bool(asked) and real(at, private))

        with pytest.raises((InputUnreadable, InputMissing)):
            fetch(address, timeout_s=5)
    assert asked == ["/"]


@pytest.mark.parametrize("port", [22, 25, 3306, 6379, 8080])
def test_redirects_and_pictures_ask_web_ports_only(
    port: int, monkeypatch: pytest.MonkeyPatch, unconnected: list[Any]
) -> None:
    """Row 26: a page cannot have narrate knock at other services of a public host; only a person may name a port."""
    public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("193.99.144.80", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: public)
    with pytest.raises(InputUnreadable, match="port"):
        fetch_picture(f"http://example.org:{port}/a.png", max_bytes=10, timeout_s=5)
    assert not unconnected
    with pytest.raises(NarrateError, match="cannot be connected"):
        fetch(f"http://example.org:{port}/", timeout_s=5)
    assert unconnected == [("193.99.144.80", port)]


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 26: no variable sends a page's request through somebody else."""
    heard: list[str] = []

    def proxy(request: BaseHTTPRequestHandler) -> None:
        heard.append(request.path)
        reply()(request)

    with server(proxy) as other, server(reply()) as address:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, other)
        fetch(address, allow_private=True)
    assert not heard


def test_an_article_in_a_file_asks_nobody(run: Run, tmp_path: Path) -> None:
    """Row 26: pictures, scripts and canonical addresses of a page that was saved to a file are not fetched."""
    heard: list[str] = []

    def note(request: BaseHTTPRequestHandler) -> None:
        heard.append(request.path)
        reply()(request)

    with server(note) as at:
        page = (
            f'<html><head><base href="{at}/"><link rel=canonical href="{at}/c"><link rel=stylesheet href="{at}/s">'
            f'<meta property="og:image" content="{at}/o.png"><meta http-equiv=refresh content="0;url={at}/r"></head>'
            f'<body><h1>Der Markt</h1><figure><img src="{at}/i.png"></figure><p>Ein Satz über den Markt am Fluss, und noch einer.</p>'
            f'<p>Ein zweiter Absatz, der auch etwas sagt.</p><iframe src="{at}/f"></iframe></body></html>'
        )
        (tmp_path / "a.html").write_text(page, "utf-8")
        done = run("render", "a.html", "-o", "out", "-q", "--allow-private-network", "--language", "de")
    assert done.returncode == 0, done.stderr
    assert not heard


def test_an_address_in_a_private_network_is_a_sentence(run: Run) -> None:
    """Row 26: the command ends with 65 and names the option."""
    assert_one_sentence(run("render", "http://127.1/"), 65, "--allow-private-network")
