"""An answer has a time in all, headers included."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from narrate.voices.engines.deadline import Deadline, watch

HEADER = b"HTTP/1.1 200 OK\r\nX-Slow: "
HANDSHAKE = b"\x16\x03\x03\x40\x00"  # the head of a long TLS record


@pytest.fixture
def dripping(request: pytest.FixtureRequest) -> Iterator[str]:
    """Serve the beginning of something that never ends, a byte now and then; yield host and port."""
    server = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        connection, _ = server.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(1)
            connection.sendall(request.param)
            while not stop.wait(0.02):
                connection.sendall(b"x")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.getsockname()[1]}"
    stop.set()
    server.close()
    thread.join(5)


@pytest.mark.parametrize(
    ("dripping", "address", "proxy"),
    [
        pytest.param(HEADER, "http://{}/", None, id="header"),
        pytest.param(HANDSHAKE, "https://{}/", None, id="handshake"),
        pytest.param(HEADER, "http://example.org/", "http://{}", id="proxy"),
        pytest.param(HEADER, "https://example.org/", "http://{}", id="tunnel"),
    ],
    indirect=["dripping"],
)
def test_what_drips_is_cut_off(dripping: str, address: str, proxy: str | None) -> None:
    """Every byte comes in time and the whole never does; the deadline ends it, on the way to the answer too."""
    session = requests.Session()
    session.trust_env = False
    watch(session)
    started = time.monotonic()
    proxies = {"http": proxy.format(dripping), "https": proxy.format(dripping)} if proxy else None
    with session, pytest.raises(TimeoutError), Deadline(0.3):
        session.get(address.format(dripping), timeout=5, proxies=proxies)
    assert time.monotonic() - started < 5  # a hang, not a measure of speed


def test_nothing_is_begun_after_the_end() -> None:
    """A deadline that has passed before there was a connection is kept all the same."""
    session = requests.Session()
    session.trust_env = False
    watch(session)
    with socket.create_server(("127.0.0.1", 0)) as server, session, pytest.raises(TimeoutError), Deadline(0) as limit:
        while not limit.over:
            time.sleep(0.001)
        session.get(f"http://127.0.0.1:{server.getsockname()[1]}/", timeout=5)


def test_other_failures_stay_what_they_are() -> None:
    """What ends before the deadline is not called slow."""
    with pytest.raises(ZeroDivisionError), Deadline(5):
        raise ZeroDivisionError
