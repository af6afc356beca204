"""What the speech services of tests have in common: they run in a thread, note their requests, and fail as told."""

from __future__ import annotations

import contextlib
import random
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

DRIP_S = 0.02
HOLD_S = 0.001  # requests sent together are open together for this long
Faults = Sequence[str | None] | Callable[[int, str], str | None]


def now_and_then(share: float, kinds: Sequence[str], seed: int = 1) -> Faults:
    """Return faults of some kinds in a share of the requests, the same ones in each run."""

    def fault(number: int, text: str) -> str | None:
        dice = random.Random(f"{seed} {number}")
        return dice.choice(kinds) if dice.random() < share else None

    return fault


class Service:
    """What every service notes of its requests.

    Attributes:
        url: Where it listens, as ``http://127.0.0.1:PORT``.
        requests: The texts it was asked for, in order.
        seen: What else a request said: voice, fields, headers.
        starts: When each request began, on the monotonic clock.
        most_at_once: Requests that were open together, at the highest; one is open until its answer begins.
        retry_after: What it sends as ``Retry-After`` with a fault, or None.
        faults: What goes wrong: a kind or None for each request in order, or a function of its number (from 0)
            and its text (empty where it is not known yet). A kind is an HTTP status ("429", "503", "403"), or

            - "cut": the connection ends in the middle of the answer;
            - "short": the answer is well-formed, but its sound ends in the middle of a frame or sample;
            - "garbage": something else than sound; "refuse": what the service says to a text it cannot speak;
            - "slow": a byte now and then, without end; "drip": the same, in the middle of the headers; "huge": far too much; "drop": no answer at all.
    """

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[str] = []
        self.seen: list[dict[str, Any]] = []
        self.starts: list[float] = []
        self.most_at_once = 0
        self.retry_after: str | None = None
        self.faults: Faults = ()
        self.stopping = threading.Event()
        self._open = 0
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def request(self) -> Iterator[int]:
        """Count a request while it is open; its number is returned."""
        with self._lock:
            number = len(self.starts)
            self.starts.append(time.monotonic())
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
        try:
            yield number
        finally:
            with self._lock:
                self._open -= 1

    def fault(self, number: int, text: str = "") -> str | None:
        """Return what goes wrong with a request."""
        if callable(self.faults):
            return self.faults(number, text)
        return self.faults[number] if number < len(self.faults) else None

    def answer(self, body: bytes, headers: dict[str, str]) -> tuple[str, Callable[[str | None], tuple[int, bytes]]]:
        """Return the text that is asked for, and what makes status and body of the answer to it."""
        raise NotImplementedError


S = TypeVar("S", bound=Service)


class _Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: Service
    certificate: Path | None = None

    def log_message(self, *_: Any) -> None:
        """Print nothing."""

    def do_CONNECT(self) -> None:
        """Be a proxy, and behind it the server with its own certificate."""
        self.send_response(200)
        self.end_headers()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(str(self.certificate))
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
            self.handle_one_request()
            self.connection.close()

    def do_POST(self) -> None:
        """Answer a request, or do what is wrong with it."""
        with contextlib.suppress(OSError):
            with self.service.request() as number:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                text, made = self.service.answer(body, dict(self.headers))
                self.service.requests.append(text)
                fault = self.service.fault(number, text)
                self.close_connection = self.close_connection or fault is not None
                answer = made(fault)
                time.sleep(HOLD_S)
            # No longer open here: the client may ask again before this thread comes to its next line.
            if fault != "drop":
                self._send(fault, *answer)

    def _send(self, fault: str | None, status: int, body: bytes) -> None:
        if fault == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self.service.stopping.wait(DRIP_S):
                self.wfile.write(b"x")
            return
        status = int(fault) if fault and fault.isdigit() else status
        body = b"<html>Nothing to hear</html>" if fault == "garbage" else body
        self.send_response(status)
        self.send_header("Content-Type", getattr(self.service, "content_type", "application/json"))
        if fault and self.service.retry_after:
            self.send_header("Retry-After", self.service.retry_after)
        if status == 302:
            self.send_header("Location", f"{self.service.url}/sorry/")
        self.send_header("Content-Length", str(len(body) if fault != "huge" else 1 << 40))
        self.end_headers()
        if fault == "slow":
            for at in range(len(body)):
                self.wfile.write(body[at : at + 1])
                self.wfile.flush()
                if self.service.stopping.wait(DRIP_S):
                    return
        while fault == "huge" and not self.service.stopping.is_set():
            self.wfile.write(bytes(1 << 20))
        self.wfile.write(body[: len(body) // 2] if fault == "cut" else body)
        self.wfile.flush()


@contextlib.contextmanager
def serving(service: S, certificate: Path | None = None) -> Iterator[S]:
    """Run a service in a thread until the end of the block; with a certificate it is reached as a proxy."""
    conversation = type("Conversation", (_Conversation,), {"service": service, "certificate": certificate})
    server = ThreadingHTTPServer(("127.0.0.1", 0), conversation)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=lambda: server.serve_forever(0.02))
    thread.start()
    try:
        yield service
    finally:
        service.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()
