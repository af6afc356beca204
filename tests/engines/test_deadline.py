"""An answer has a time in all, headers included."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from narrate.engines.deadline import Deadline, watch


@pytest.fixture
def dripping() -> Iterator[str]:
    """Serve a header that never ends, a byte now and then; yield its address."""
    server = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        connection, _ = server.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not stop.wait(0.02):
                connection.sendall(b"x")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    stop.set()
    server.close()
    thread.join(5)


def test_a_dripping_header_is_cut_off(dripping: str) -> None:
    """Every byte comes in time and the whole never does; the deadline ends it."""
    session = requests.Session()
    session.trust_env = False
    watch(session)
    started = time.monotonic()
    with session, pytest.raises(TimeoutError), Deadline(0.3):
        session.get(dripping, timeout=5)
    assert time.monotonic() - started < 5  # a hang, not a measure of speed


def test_other_failures_stay_what_they_are() -> None:
    """What ends before the deadline is not called slow."""
    with pytest.raises(ZeroDivisionError), Deadline(5):
        raise ZeroDivisionError
