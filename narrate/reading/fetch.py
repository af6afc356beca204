"""One web page to bytes, within a time and a size, from public addresses only."""

from __future__ import annotations

import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

from narrate.model.errors import InputMissing, InputUnreadable, NarrateError, StorageError
from narrate.reading.addresses import refused

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse
    from urllib3.util import Url

MAX_REDIRECTS = 5
_PORTS: dict[str | None, int] = {"http": 80, "https": 443}
_HEADERS = {"User-Agent": "narrate", "Accept": "text/html, text/*;q=0.9, */*;q=0.5", "Accept-Encoding": "gzip, deflate"}
_ONCE: dict[str, Any] = {"retries": False, "redirect": False, "preload_content": False}
_WINDOWS = {"": 0, "identity": 0, "gzip": 31, "x-gzip": 31, "deflate": 15}  # as zlib counts them
_SAVE = "save the page with a browser and read the file"


@dataclass(frozen=True, slots=True)
class Page:
    """What a web server sent: ``content`` is decompressed, ``url`` the address after all redirects."""

    content: bytes
    charset: str | None
    media_type: str | None
    url: str


def fetch(
    url: str,
    *,
    max_bytes: int = 20_000_000,
    timeout_s: float = 30.0,
    allow_private: bool = False,
    too_large: str = "allow more with --max-size",
    named: bool = True,
) -> Page:
    """Fetch one web page.

    Args:
        url: An http or https address without user name and password.
        max_bytes: Largest page, both as sent and decompressed.
        timeout_s: When the transfer ends, all redirects together; only looking up a name cannot be cut short.
        allow_private: Also read from this computer and the local network.
        too_large: What to do about a page that is larger.
        named: Whether the user named the address; other ports than 80 and 443 are only asked where they did.

    Raises:
        InputMissing: There is no such page or host.
        InputUnreadable: No address we read from, too large, or behind a login.
        StorageError: The transfer failed or took too long.
    """
    end, target = time.monotonic() + timeout_s, _checked(url)
    ports = None if allow_private else {*_PORTS.values(), *([target.port] if named else [])}
    for _ in range(MAX_REDIRECTS + 1):
        with _answer(target, end, allow_private, ports) as response:
            if response.status not in {301, 302, 303, 307, 308}:
                return _page(response, target, max_bytes, too_large)
            target = _next(target, response.headers.get("Location"))
    raise InputUnreadable(f"{_shown(target)} comes after more than {MAX_REDIRECTS} redirects; give the last address.")


def fetch_picture(url: str, *, max_bytes: int, timeout_s: float, allow_private: bool = False) -> bytes:
    """Fetch a picture of an article that was itself fetched, with the same guards as the page.

    Raises:
        InputMissing, InputUnreadable, StorageError: As for :func:`fetch`.
    """
    smaller = "give a smaller picture"
    return fetch(
        url, max_bytes=max_bytes, timeout_s=timeout_s, allow_private=allow_private, too_large=smaller, named=False
    ).content


def _checked(url: str) -> Url:
    from urllib3.util import parse_url

    try:
        target = parse_url(url)._replace(fragment=None)
    except ValueError as error:
        raise InputUnreadable("This is not a web address; check it for typing errors.") from error
    if target.scheme not in _PORTS or not target.host or "%" in target.host:
        raise InputUnreadable("Only web addresses are read; write one like https://example.de/article.")
    if target.auth:
        raise InputUnreadable(f"{_shown(target)} holds a user name; leave out everything between // and @.")
    return target


def _shown(target: Url) -> str:
    return target._replace(auth=None, query=None).url  # what is left out may be secret


def _name(target: Url) -> str:
    return str(target.host).strip("[]")


def _port(target: Url) -> int:
    return _PORTS[target.scheme] if target.port is None else target.port


def _next(target: Url, location: str | None) -> Url:
    # A header is read as Latin-1; quoting gives back the bytes that were sent.
    quoted = quote(location or "", safe="!#$%&'()*+,/:;=?@[]~", encoding="latin-1", errors="replace")
    try:
        following = _checked(urljoin(target.url, quoted))
    except (InputUnreadable, ValueError) as error:
        raise InputUnreadable(f"{_shown(target)} redirects to no readable address; give the right one.") from error
    if not location or (target.scheme, following.scheme) == ("https", "http"):
        raise InputUnreadable(f"{_shown(target)} redirects to nowhere or to plain http; give the right address.")
    return following


def _addresses(target: Url, allow_private: bool, ports: set[int | None] | None) -> list[str]:
    host = _name(target)
    try:
        found = socket.getaddrinfo(host, _port(target), type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise InputMissing(f"There is no host {host}; check the address and the internet connection.") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if any(refused(address, True) for address in addresses):
        raise InputUnreadable(f"{host} is nowhere to read from, --allow-private-network or not; give another address.")
    if any(refused(address, allow_private) for address in addresses):
        raise InputUnreadable(f"{host} is in a private network; add --allow-private-network to read from there.")
    if ports and _port(target) not in ports:
        raise InputUnreadable(f"{_shown(target)} is at no port of web pages; give an address at port 80 or 443.")
    return addresses


class _Response(HTTPResponse):
    def _safe_read(self, amt: int) -> bytes:
        if amt < 0:  # a chunk of size -1 would be read without limit
            raise IncompleteRead(b"")
        return super()._safe_read(amt)  # type: ignore[misc,no-any-return]


class _Watch:
    """Cuts connections when the time is over, because a socket timeout starts anew with every byte."""

    def __init__(self, end: float) -> None:
        self.end = end
        self.over, self.lines = threading.Event(), list[socket.socket]()
        self.timer = threading.Timer(max(end - time.monotonic(), 0), self.cut)
        self.timer.start()

    def cut(self) -> None:
        self.over.set()
        for line in self.lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def left(self) -> float:
        return max(self.end - time.monotonic(), 0.001)

    def over_all(self, base: Any) -> Any:
        def new_conn(connection: Any) -> socket.socket:
            line: socket.socket = base._new_conn(connection)
            self.lines.append(line.dup())  # a copy: TLS takes the first one over
            if self.over.is_set():
                self.cut()
            return line

        return type(base.__name__, (base,), {"_new_conn": new_conn, "response_class": _Response})

    def close(self) -> None:
        self.timer.cancel()
        self.timer.join()
        for line in self.lines:
            line.close()


@contextmanager
def _answer(target: Url, end: float, allow_private: bool, ports: set[int | None] | None) -> Iterator[BaseHTTPResponse]:
    from urllib3.exceptions import HTTPError

    addresses = _addresses(target, allow_private, ports)
    with ExitStack() as stack:
        watch = stack.enter_context(closing(_Watch(end)))
        try:
            yield _asked(target, addresses, watch, stack)
            if watch.over.is_set():  # what was cut off may look complete
                raise TimeoutError
        except (NarrateError, HTTPError, HTTPException, OSError, ValueError, zlib.error) as error:
            if isinstance(error, NarrateError) and not watch.over.is_set():
                raise
            raise StorageError(f"{_shown(target)} {_reason(error, watch.over.is_set())}.") from error


def _asked(target: Url, addresses: list[str], watch: _Watch, stack: ExitStack) -> BaseHTTPResponse:
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
    from urllib3.exceptions import ConnectTimeoutError

    secure, name = target.scheme == "https", _name(target).rstrip(".")
    tls: dict[str, Any] = {
        "ssl_context": ssl.create_default_context(), "server_hostname": name, "assert_hostname": name,
        "cert_reqs": "CERT_REQUIRED",
    }  # fmt: skip
    headers = _HEADERS | {"Host": str(target.host if target.port == _PORTS[target.scheme] else target.netloc)}
    for untried in range(len(addresses), 0, -1):
        timeout = Timeout(connect=watch.left() / untried, read=watch.left())
        pool: HTTPConnectionPool = (
            HTTPSConnectionPool(addresses[-untried], _port(target), timeout, **tls)
            if secure
            else HTTPConnectionPool(addresses[-untried], _port(target), timeout)
        )
        pool.ConnectionCls = watch.over_all(stack.enter_context(closing(pool)).ConnectionCls)
        try:
            response = pool.urlopen("GET", target.request_uri, headers=headers, **_ONCE)
            return stack.enter_context(closing(response))
        except ConnectTimeoutError:
            if untried == 1:
                raise
    raise TimeoutError


def _reason(error: Exception, late: bool) -> str:
    from urllib3 import exceptions

    if isinstance(error, exceptions.NewConnectionError):
        return "cannot be connected to; check the address and try again later"
    if isinstance(error, exceptions.SSLError) and not late:
        return "failed TLS certificate verification; check the address, your proxy and your clock"
    if late or isinstance(error, (TimeoutError, exceptions.TimeoutError)):
        return "took too long to arrive; try again later"
    return "arrived incomplete or damaged; try again later, or save the page and read the file"


def _page(response: BaseHTTPResponse, target: Url, max_bytes: int, too_large: str) -> Page:
    status, shown = response.status, _shown(target)
    if status in {404, 410}:
        raise InputMissing(f"There is no page {shown} (status {status}); check the address.")
    if status == 429 or status >= 500:
        raise StorageError(f"{shown} cannot be had at the moment (status {status}); try again later.")
    if status != 200:
        raise InputUnreadable(f"{shown} asks for a login or refuses (status {status}); {_SAVE}.")
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in _WINDOWS:
        raise InputUnreadable(f"{shown} is compressed in a way we do not read; {_SAVE}.")
    content = _content(response.stream(1 << 14, decode_content=False), encoding, max_bytes)
    if content is None:
        raise InputUnreadable(f"{shown} is larger than {max_bytes / 1e6:g} MB; {too_large}.")
    kind = Message()
    kind["Content-Type"] = response.headers.get("Content-Type", "")
    return Page(
        content, kind.get_content_charset(), kind.get_content_type() if kind["Content-Type"] else None, target.url
    )


def _content(chunks: Iterable[bytes], encoding: str, max_bytes: int) -> bytes | None:
    """Return what the chunks hold, or None as soon as it is too much, packed or unpacked."""
    content, sent, window, inflater = bytearray(), 0, _WINDOWS[encoding], None
    for chunk in chunks:
        sent += len(chunk)
        # A bare deflate stream lacks the head of zlib, whose first four bits it cannot begin with.
        window = -15 if encoding == "deflate" and sent == len(chunk) and chunk[0] & 15 != 8 else window
        while window and chunk and len(content) <= max_bytes:
            if inflater is None or (inflater.eof and encoding != "deflate" and chunk[0] == 0x1F):
                inflater = zlib.decompressobj(window)
            if inflater.eof:  # padding behind the end
                break
            content += inflater.decompress(chunk, max_bytes + 1 - len(content))
            chunk = inflater.unused_data
        if not window:
            content += chunk
        if max(sent, len(content)) > max_bytes:
            return None
    if inflater and not inflater.eof:
        raise zlib.error("incomplete")
    return bytes(content)
