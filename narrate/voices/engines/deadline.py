"""A time limit for a whole answer: a server that sends a byte now and then stays within every other limit."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requests import Session

_here = threading.local()


class Deadline:
    """Ends the connection of this thread's request when its time is over.

    Attributes:
        over: Whether it was.

    Raises:
        TimeoutError: At the end of the block, or where a connection is to be used too late.
    """

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._handle: socket.socket | None = None
        self._turn = threading.Lock()
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        _here.deadline = self
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._timer.cancel()
        _here.deadline = None
        self._follow(None)
        # A header that was cut off may look like one that has ended.
        if self.over and (kind is None or issubclass(kind, Exception)):
            raise TimeoutError("the answer came too slowly")

    def watch(self, sock: Any) -> None:
        """Take note of the socket to end; nothing goes on with it after the end."""
        # A handle of our own: while TLS is agreed upon, the connection's has changed hands and is none.
        self._follow(socket.fromfd(sock.fileno(), socket.AF_INET, socket.SOCK_STREAM))
        if self.over:
            raise TimeoutError("the answer came too slowly")

    def _follow(self, handle: socket.socket | None) -> None:
        with self._turn:
            if self._handle is not None:
                self._handle.close()
            self._handle = handle

    def _end(self) -> None:
        self.over = True
        with self._turn, contextlib.suppress(OSError):
            if self._handle is not None:
                self._handle.shutdown(socket.SHUT_RDWR)


def watch(session: Session, connections: int = 1) -> None:
    """Let a session's connections be ended by the deadline of the thread that uses them."""
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    class Watched:
        """Tells the deadline which socket it is about: one that is opened, or one that was kept open."""

        sock: Any = None

        def _new_conn(self) -> Any:
            sock = super()._new_conn()  # type: ignore[misc]
            try:
                _tell(sock)
            except TimeoutError:
                sock.close()
                raise
            return sock

        def _tunnel(self) -> None:
            super()._tunnel()  # type: ignore[misc]
            _tell(self.sock)  # a proxy's answer that was cut off may look like a whole one

        def request(self, *args: Any, **how: Any) -> Any:
            if self.sock is not None:
                _tell(self.sock)
            return super().request(*args, **how)  # type: ignore[misc]

    plain = type("WatchedHTTP", (Watched, HTTPConnection), {})
    secure = type("WatchedHTTPS", (Watched, HTTPSConnection), {})
    pools = {
        "http": type("WatchedHTTPPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("WatchedHTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }

    class Adapter(HTTPAdapter):
        """Makes watched connections, through a proxy too."""

        def init_poolmanager(self, *args: Any, **how: Any) -> None:
            super().init_poolmanager(*args, **how)
            self.poolmanager.pool_classes_by_scheme = pools

        def proxy_manager_for(self, *args: Any, **how: Any) -> Any:
            manager = super().proxy_manager_for(*args, **how)
            manager.pool_classes_by_scheme = pools
            return manager

    for scheme in ("http://", "https://"):
        session.mount(scheme, Adapter(pool_maxsize=connections))


def _tell(sock: Any) -> None:
    deadline = getattr(_here, "deadline", None)
    if deadline is not None:
        deadline.watch(sock)
