"""One page from a server, within limits; the server is a real one on 127.0.0.1."""

from __future__ import annotations

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from narrate.model.errors import InputMissing, InputUnreadable, NarrateError, StorageError
from narrate.reading.addresses import refused
from narrate.reading.fetch import fetch, fetch_picture

PAGE = "<html><body><p>Grüße</p></body></html>".encode()
Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def server(answer: Answer, certificate: Path | None = None) -> Iterator[str]:
    """Serve one answer to every request; yield the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    listening = Server(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{listening.server_port}"
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


def reply(content: bytes = PAGE, status: int = 200, **headers: str) -> Answer:
    """Return an answer with a body and headers."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in (
            {"Content_Length": str(len(content)), "Content_Type": "text/html; charset=utf-8"} | headers
        ).items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(content)

    return answer


def got(answer: Answer, path: str = "/a", **options: float) -> bytes:
    """Fetch from a server that answers so."""
    with server(answer) as address:
        return fetch(address + path, allow_private=True, **options).content  # type: ignore[arg-type]


def test_a_page_its_charset_and_its_address() -> None:
    """Bytes, charset, media type and address come back."""
    with server(reply()) as address:
        page = fetch(f"{address}/a?b=c", allow_private=True)
    assert (page.content, page.charset, page.media_type, page.url) == (PAGE, "utf-8", "text/html", f"{address}/a?b=c")


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(PAGE, mtime=0)),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compress(PAGE)[2:-4]),
        ("identity", PAGE),
    ],
)
def test_compressed_pages_are_unpacked(encoding: str, packed: bytes) -> None:
    """Gzip and both kinds of deflate are read."""
    assert got(reply(packed, Content_Encoding=encoding)) == PAGE


def test_five_redirects_and_no_more() -> None:
    """Redirects are followed five times."""

    def hop(request: BaseHTTPRequestHandler) -> None:
        left = int(request.path.strip("/"))
        (reply() if left == 0 else reply(b"", 302, Location=f"/{left - 1}"))(request)

    assert got(hop, "/5") == PAGE
    with pytest.raises(InputUnreadable, match="redirect"):
        got(hop, "/6")


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://example.org/", "http://user:pw@127.0.0.1/", "gopher://x"]
)
def test_redirects_lead_nowhere_else(target: str) -> None:
    """A redirect to anything but a plain web address is refused."""
    with pytest.raises(InputUnreadable):
        got(reply(b"", 302, Location=target))


def test_a_redirect_into_a_private_network_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each target is checked, and the address that was checked is the one connected to."""
    real = socket.getaddrinfo
    monkeypatch.setattr("narrate.reading.fetch.refused", lambda address, allow: address != "127.0.0.1")
    with server(reply(b"", 302, Location="http://[::1]:1/secret")) as address, pytest.raises(InputUnreadable):
        fetch(address)
    assert real is socket.getaddrinfo


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fe80::1", "fc00::1",
     "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "224.0.0.1", "100.100.100.200", "fd00:ec2::254", "::"],
)  # fmt: skip
def test_private_addresses_are_refused(address: str) -> None:
    """Loopback, private, link-local, NAT64, 6to4, multicast and metadata addresses are refused."""
    assert refused(address, False)


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("10.1.2.3", False),
        ("127.0.0.1", False),
        ("169.254.169.254", True),
        ("224.0.0.1", True),
        ("100.100.100.200", True),
    ],
)
def test_private_networks_on_request(address: str, answer: bool) -> None:
    """With permission private networks are read, metadata and multicast never."""
    assert refused(address, True) is answer
    assert not refused("193.99.144.80", False)


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "http://", "http://u:p@a.example/", "http://a b/", "https://[::1/"]
)
def test_addresses_that_are_none(url: str) -> None:
    """Only http and https addresses without a password are fetched."""
    with pytest.raises(NarrateError):
        fetch(url)


def test_loopback_needs_permission() -> None:
    """The refusal names the option."""
    with server(reply()) as address, pytest.raises(InputUnreadable, match="--allow-private-network"):
        fetch(address)


def drip(part: bytes) -> Answer:
    """Answer with a byte now and then, without end."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(part)
        for _ in range(200):
            request.wfile.write(b"x")
            request.wfile.flush()
            time.sleep(0.1)

    return answer


@pytest.mark.parametrize("part", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"])
def test_a_slow_drip_ends(part: bytes) -> None:
    """A byte now and then in header or body does not keep a connection open past the limit."""
    begun = time.monotonic()
    with pytest.raises(StorageError, match="too long"):
        got(drip(part), timeout_s=0.6)
    assert time.monotonic() - begun < 15


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (reply(b"x" * 5000), InputUnreadable, "larger"),
        (reply(gzip.compress(bytes(50_000_000)), Content_Encoding="gzip"), InputUnreadable, "larger"),
        (reply(PAGE, Content_Length="900"), StorageError, "incomplete|too long"),
        (reply(gzip.compress(PAGE, mtime=0)[:-9], Content_Encoding="gzip"), StorageError, "incomplete"),
        (reply(b"", 404), InputMissing, "check the address"),
        (reply(b"", 403), InputUnreadable, "login"),
        (reply(b"", 503), StorageError, "try again later"),
        (reply(PAGE, Content_Encoding="br"), InputUnreadable, "compressed"),
        (reply(b"", 302), InputUnreadable, "redirect"),
    ],
)
def test_bad_answers_are_explained(answer: Answer, error: type[NarrateError], said: str) -> None:
    """Too large, bombs, truncated, refused and missing pages end with one sentence."""
    with pytest.raises(error, match=said):
        got(answer, max_bytes=1000, timeout_s=1.5)


def test_nobody_listens() -> None:
    """A refused connection is explained."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(StorageError, match="connected"):
        fetch(f"http://127.0.0.1:{port}/", allow_private=True, timeout_s=1.5)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_a_certificate_that_nobody_signed(tmp_path: Path) -> None:
    """TLS is verified."""
    both = tmp_path / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "k", "-out", tmp_path / "c",
         "-subj", "/CN=127.0.0.1", "-days", "2"], check=True, capture_output=True,
    )  # fmt: skip
    both.write_bytes((tmp_path / "k").read_bytes() + (tmp_path / "c").read_bytes())
    with server(reply(), both) as address, pytest.raises(StorageError, match="certificate"):
        fetch(address, allow_private=True, timeout_s=5.0)


def test_a_picture_is_fetched_with_the_guards_of_a_page() -> None:
    """A picture's bytes come back; private networks, what is missing and what is too large are refused."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200 if handler.path == "/a.png" else 404)
        handler.send_header("Content-Length", "5")
        handler.end_headers()
        handler.wfile.write(b"\x89PNG\r")

    with server(answer) as base:
        how = {"timeout_s": 10.0, "allow_private": True}
        assert fetch_picture(f"{base}/a.png", max_bytes=5, **how) == b"\x89PNG\r"  # type: ignore[arg-type]
        with pytest.raises(InputUnreadable, match="smaller picture"):
            fetch_picture(f"{base}/a.png", max_bytes=4, **how)  # type: ignore[arg-type]
        with pytest.raises(InputMissing):
            fetch_picture(f"{base}/b.png", max_bytes=5, **how)  # type: ignore[arg-type]
        with pytest.raises(InputUnreadable, match="private network"):
            fetch_picture(f"{base}/a.png", max_bytes=5, timeout_s=10.0)
