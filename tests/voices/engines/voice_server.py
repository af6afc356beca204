"""A server of Piper voices on this machine that can misbehave."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

FOLDER = "de/de_DE/tiny/medium"
CARD = "# Model card\n\n* Language: de_DE\n\n## Dataset\n\n* URL: https://example.org\n* License: {}\n"


class VoiceServer(ThreadingHTTPServer):
    """A server of voices on this machine that can misbehave.

    Attributes:
        files: What it serves, by path.
        faults: What it does wrong, by the end of a path.
        asked: Paths and ranges of all requests, in order.
        url: Its folder.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, Any] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}/voices"

    def fault(self, path: str) -> Any:
        """Return what is to be done wrong with a path, or None."""
        return next((fault for end, fault in self.faults.items() if path.endswith(end)), None)

    def add(self, model: Path, licence: str | None = "CC0", folder: str = FOLDER) -> None:
        """Serve a voice and put it into the list."""
        files = {f"{folder}/{path.name}": path.read_bytes() for path in (model, model.with_name(f"{model.name}.json"))}
        if licence is not None:
            files[f"{folder}/MODEL_CARD"] = CARD.format(licence).encode()
        self.files |= files
        facts = {
            path: {"size_bytes": len(content), "md5_digest": hashlib.md5(content, usedforsecurity=False).hexdigest()}
            for path, content in files.items()
        }
        self.listed(model.stem, {"files": facts})

    def listed(self, name: str, entry: Any) -> None:
        """Put an entry into the list."""
        known = json.loads(self.files.get("voices.json", b"{}"))
        self.files["voices.json"] = json.dumps(known | {name: entry}).encode()

    def downloads(self) -> list[tuple[str, str | None]]:
        """Return the requests for models and configurations, without folders."""
        return [(path.rpartition("/")[2], part) for path, part in self.asked if ".onnx" in path]


class Answer(BaseHTTPRequestHandler):
    """Answers one request."""

    server: VoiceServer

    def do_GET(self) -> None:
        """Serve a file or a part of it, or do what is wrong."""
        path = self.path.removeprefix("/voices/")
        part = self.headers.get("Range")
        self.server.asked.append((path, part))
        fault = self.server.fault(path)
        with suppress(ConnectionError):
            if isinstance(fault, int) or path not in self.server.files:
                self.send_error(fault if isinstance(fault, int) else 404)
            elif isinstance(fault, str) and fault.startswith("http"):
                self.send_response(302)
                self.send_header("Location", fault)
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif fault == "endless":
                self.send_response(200)
                self.end_headers()
                while True:
                    self.wfile.write(bytes(65536))
            else:
                self._serve(self.server.files[path], part if fault != "no ranges" else None, fault)

    def do_CONNECT(self) -> None:
        """Note where a proxy is asked to connect to, and refuse."""
        self.server.asked.append((self.path, None))
        self.send_error(502)

    def _serve(self, content: bytes, part: str | None, fault: Any) -> None:
        other = 1 if fault == "another part" else 0
        start = int(part.removeprefix("bytes=").rstrip("-")) if part else 0
        if part and start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if part else 200)
        if part:
            self.send_header("Content-Range", f"bytes {start + other}-{len(content) - 1}/{len(content)}")
        if not (isinstance(fault, tuple) and fault[0] == "unknown length"):
            self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start : fault[1]] if isinstance(fault, tuple) else content[start:])

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""


@contextmanager
def serving(model: Path) -> Iterator[VoiceServer]:
    """Give a running server with one voice, and stop it.

    Args:
        model: Of the voice, with its configuration beside it.
    """
    server = VoiceServer()
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    server.add(model)
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
