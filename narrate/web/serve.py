"""A show on this machine as a host would serve it: byte ranges, types, CORS, and no file beside the show's.

The standard library's server does the rest of HTTP; it knows no ranges, without which no player seeks.

Source:
    RFC 9110, sections 7.2 (Host), 13.1 (conditions) and 14 (ranges); the Fetch standard (CORS).
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import socketserver
import stat
import sys
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from narrate import __version__
from narrate.model.errors import OutputRefused, PermissionRefused

ADDRESS = "127.0.0.1"
LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")
FEED = "feed.xml"
NAMED_TYPES = {FEED: "application/rss+xml; charset=utf-8", "chapters.json": "application/json+chapters"}
# What has no type here is not served: a key or a settings file beside the episodes is nobody's business.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mp3": "audio/mpeg",
    ".png": "image/png",
    ".srt": "application/x-subrip",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".webp": "image/webp",
    ".xml": "application/xml; charset=utf-8",
}
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
PIECE_BYTES = 1 << 16
IDLE_S = 60


class Preview(ThreadingHTTPServer):
    """Serves one folder to this machine only.

    Args:
        folder: Of a show or an episode.
        port: 0 for any free one.
        base_url: Where the show will be served, without a slash at the end; in the feed it becomes this address.
            None leaves the feed as it is.
        any_origin: Whether pages of any web site may read the files, not only those on this machine.

    Raises:
        OutputRefused: The port is taken.
        PermissionRefused: The port is not for everybody.
    """

    allow_reuse_address = os.name == "posix"  # elsewhere it would let two programs share a port
    request_queue_size = 64  # a page asks for much at once

    def __init__(self, folder: Path, port: int, base_url: str | None = None, any_origin: bool = False) -> None:
        self.folder, self.base_url, self.any_origin = folder.resolve(), base_url, any_origin
        try:
            super().__init__((ADDRESS, port), _Answer)
        except PermissionError:
            raise PermissionRefused(f"Port {port} needs more rights; choose one above 1023 with --port.") from None
        except OSError as error:
            raise OutputRefused(
                f"Port {port} cannot be used ({error.strerror}); choose another with --port, or any free one with "
                "--port 0."
            ) from None

    def server_bind(self) -> None:
        """Bind without asking the network for a name, as the library's own does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = ADDRESS, self.server_address[1]

    @property
    def url(self) -> str:
        """Where the folder is served, without a slash at the end."""
        return f"http://{ADDRESS}:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let listeners go who hang up; say anything else in a line."""
        failure = sys.exc_info()[1]
        if not isinstance(failure, (ConnectionError, TimeoutError)):
            print(f"narrate: a request failed ({type(failure).__name__}: {failure}).", file=sys.stderr)

    def place(self, target: str) -> Path | None:
        """Return the file or folder that an address names, or None where it is nobody's business."""
        try:
            parts = unquote(target, errors="strict").removeprefix("/").split("/")
            if not parts[-1]:
                parts.pop()
            if not all(map(_is_public, parts)):
                return None
            found = self.folder.joinpath(*parts).resolve(strict=True)
            inside = found.relative_to(self.folder)
        except (OSError, RuntimeError, ValueError):
            return None
        return found if all(map(_is_public, inside.parts)) else None

    def feed(self, path: Path) -> bytes:
        """Return the feed with the addresses of this server in it, for a player on this machine."""
        content = path.read_bytes()
        if self.base_url is None:
            return content
        theirs = re.escape(escape(self.base_url).encode()) + rb"(?=[/\"<])"
        return re.sub(theirs, self.url.encode(), content)


def _is_public(name: str) -> bool:
    return (
        bool(name) and not name.startswith(".") and not re.search(r"[\0\\]" if os.name == "posix" else r"[\0\\:]", name)
    )


def byte_range(header: str | None, size_bytes: int) -> range | None:
    """Return which bytes a ``Range`` header asks for.

    Args:
        header: Or None.
        size_bytes: Of the whole.

    Returns:
        The bytes, none of them where the range lies behind the end; or None where the whole is to be sent: there is
        no such header, it asks for several ranges, or it is not understood.
    """
    asked = RANGE.fullmatch((header or "").strip())
    if asked is None:
        return None
    first, last = asked.groups()
    if first:
        if last and int(last) < int(first):
            return None
        return range(min(int(first), size_bytes), min(int(last) + 1, size_bytes) if last else size_bytes)
    return range(max(size_bytes - int(last), 0), size_bytes) if last else None


class _Answer(BaseHTTPRequestHandler):
    """One connection."""

    server: Preview
    protocol_version = "HTTP/1.1"
    server_version, sys_version = f"narrate/{__version__}", ""
    error_message_format, error_content_type = "%(code)d %(message)s\n", "text/plain; charset=utf-8"
    timeout = IDLE_S

    def do_GET(self) -> None:
        """Send a file, a part of it, or why not."""
        self._answer()

    def do_HEAD(self) -> None:
        """Send what GET would, without the file."""
        self._answer()

    def do_OPTIONS(self) -> None:
        """Tell a player on the web that it may ask for ranges."""
        if self._is_for_us():
            self.send_response(HTTPStatus.NO_CONTENT)
            self.send_header("Allow", "GET, HEAD, OPTIONS")
            self.send_header("Access-Control-Allow-Methods", "GET, HEAD")
            self.send_header("Access-Control-Allow-Headers", "Range, If-Range, If-None-Match")
            self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""

    def end_headers(self) -> None:
        """Add what every answer has."""
        origin = self._header("Origin")
        if self.server.any_origin or origin is None or _host(origin) in LOCAL_NAMES:
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Expose-Headers", "Content-Range, Content-Length, Accept-Ranges, ETag")
        self.send_header("Vary", "Origin")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def _header(self, name: str) -> str | None:
        headers = getattr(self, "headers", None)  # a request line that cannot be read has none
        return headers.get(name) if headers is not None else None

    def _is_for_us(self) -> bool:
        """Refuse a name that a web site had pointed at this machine, so that its page could read the files."""
        hosts = self.headers.get_all("Host", [])
        if self.path.startswith(("http://", "https://")):
            hosts.append(urlsplit(self.path).netloc)
        if (hosts or self.request_version == "HTTP/1.0") and all(_host(f"//{host}") in LOCAL_NAMES for host in hosts):
            return True
        self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "Only this machine's own address is served")
        return False

    def _answer(self) -> None:
        if not self._is_for_us():
            return
        asked = urlsplit(self.path)
        path = self.server.place(asked.path)
        if path is not None and path.is_dir():
            if not asked.path.endswith("/"):
                self._redirect(f"{asked.path}/{f'?{asked.query}' if asked.query else ''}")
                return
            path = self.server.place(f"{asked.path}index.html")
        elif asked.path.endswith("/"):
            path = None
        kind = None if path is None else NAMED_TYPES.get(path.name) or TYPES.get(path.suffix.lower())
        try:
            if path is None or kind is None or not stat.S_ISREG(path.stat().st_mode):
                self.send_error(HTTPStatus.NOT_FOUND, "There is no such file")
            elif path.name == FEED:
                content = self.server.feed(path)
                tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
                self._send(io.BytesIO(content), len(content), kind, tag, path.stat().st_mtime)
            else:
                with path.open("rb") as file:
                    facts = os.fstat(file.fileno())
                    self._send(file, facts.st_size, kind, f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"', facts.st_mtime)
        except (FileNotFoundError, PermissionError):
            self.send_error(HTTPStatus.NOT_FOUND, "There is no such file")

    def _redirect(self, target: str) -> None:
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, file: IO[bytes], size_bytes: int, kind: str, tag: str, changed: float) -> None:
        """Send a file, the part that was asked for, or that the listener has it already."""
        moment = formatdate(changed, usegmt=True)
        known = self.headers.get("If-None-Match", "")
        if known.strip() == "*" or tag in re.split(r"\s*,\s*", known.replace("W/", "").strip()):
            self._head(HTTPStatus.NOT_MODIFIED, tag, moment)
            self.end_headers()
            return
        fresh = self.headers.get("If-Range", tag) in (tag, moment)
        asked = byte_range(self.headers.get("Range"), size_bytes) if fresh and self.command == "GET" else None
        if asked is not None and not asked:
            self._head(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, tag, moment)
            self.send_header("Content-Range", f"bytes */{size_bytes}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        part = range(size_bytes) if asked is None else asked
        self._head(HTTPStatus.OK if asked is None else HTTPStatus.PARTIAL_CONTENT, tag, moment)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(part)))
        if asked is not None:
            self.send_header("Content-Range", f"bytes {part.start}-{part.stop - 1}/{size_bytes}")
        self.end_headers()
        if self.command == "GET":
            self._copy(file, part)

    def _head(self, status: HTTPStatus, tag: str, moment: str) -> None:
        self.send_response(status)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("ETag", tag)
        self.send_header("Last-Modified", moment)

    def _copy(self, file: IO[bytes], part: range) -> None:
        file.seek(part.start)
        left = len(part)
        while left:
            piece = file.read(min(left, PIECE_BYTES))
            if not piece:  # the file was cut meanwhile: end the connection, so that the listener sees it
                self.close_connection = True
                return
            self.wfile.write(piece)
            left -= len(piece)


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
