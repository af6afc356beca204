"""An S3 server on 127.0.0.1 as a process of ours, and a gateway before it that misbehaves."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.batch.archive import ROOT
from tests.cli.test_main import command

BUCKET = "podcast"
KEY_ID, SECRET = "AKIDNARRATETEST", "a-secret-that-nobody-may-read"
CONDITIONS = {"if-match", "if-none-match"}
READY_S = 30


def variables(endpoint: str) -> dict[str, str]:
    """Return what tells s3fs of a server."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


# moto compares and writes in two steps, and its threads come between; object storage does both at once.
ATOMIC = """
import threading
from moto.moto_server.werkzeug_app import DomainDispatcherApplication as Application
from moto.server import main

answer, turn = Application.__call__, threading.Lock()

def answer_in_turn(self, environ, start_response):
    if "HTTP_IF_MATCH" not in environ and "HTTP_IF_NONE_MATCH" not in environ:
        return answer(self, environ, start_response)
    with turn:
        return answer(self, environ, start_response)

Application.__call__ = answer_in_turn
main()
"""


class Server:
    """moto's S3 server, whose conditional writes are atomic."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        order = [sys.executable, "-c", ATOMIC, "-H", "127.0.0.1", "-p", str(self.port)]
        self._process = subprocess.Popen(order, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + READY_S
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert time.monotonic() < end, "the S3 server does not start"
            time.sleep(0.05)

    def empty(self) -> None:
        """Begin with an empty bucket."""
        for path, method in (("/moto-api/reset", "POST"), (f"/{BUCKET}", "PUT")):
            link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            link.request(method, path)
            assert link.getresponse().status == 200
            link.close()

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


class Gateway:
    """Passes requests on to a server.

    Args:
        server: That answers.
        alter: Given the number of a request, its method and its headers, returns the headers to pass on, or None to
            drop the connection without an answer.
    """

    def __init__(self, server: Server, alter: Callable[[int, str, dict[str, str]], dict[str, str] | None]) -> None:
        gateway = self
        self.requests: list[tuple[str, str]] = []
        turn = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # s3fs asks whether to go on before it sends a body

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with turn:
                    gateway.requests.append((self.command, self.path))
                    number = len(gateway.requests)
                given = {name: value for name, value in self.headers.items() if name.lower() != "expect"}
                headers = alter(number, self.command, given)
                if headers is None:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
                link.request(self.command, self.path, body, headers)
                answer = link.getresponse()
                content = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in {"transfer-encoding", "connection", "content-length", "server", "date"}:
                        self.send_header(name, value)
                length = answer.getheader("Content-Length") if self.command == "HEAD" else None
                self.send_header("Content-Length", length or str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                link.close()

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass_on  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> Gateway:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def without_conditions(number: int, method: str, headers: dict[str, str]) -> dict[str, str]:
    """Ignore conditions, as old gateways do."""
    return {name: value for name, value in headers.items() if name.lower() not in CONDITIONS}


def run(folder: Path, own: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run narrate in a folder."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": "1700000000", **own}
    return subprocess.run(command(*arguments), cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def _files(endpoint: str) -> Any:
    import s3fs

    secret = {"key": KEY_ID, "secret": SECRET, "client_kwargs": {"endpoint_url": endpoint}}
    return s3fs.S3FileSystem(**secret, skip_instance_cache=True, use_listings_cache=False)


def begin_upload(endpoint: str, name: str) -> None:
    """Send a part of a file and no more, as a run does that is killed."""
    files, where = _files(endpoint), {"Bucket": BUCKET, "Key": name}
    upload = files.call_s3("create_multipart_upload", **where)["UploadId"]
    files.call_s3("upload_part", **where, UploadId=upload, PartNumber=1, Body=b"x" * 1000)


def uploads(endpoint: str) -> list[str]:
    """Return the names of files that are being sent in parts, or were."""
    found = _files(endpoint).call_s3("list_multipart_uploads", Bucket=BUCKET)
    return [one["Key"] for one in found.get("Uploads", ())]


def objects(endpoint: str) -> dict[str, bytes]:
    """Return every object of the bucket, by name."""
    files = _files(endpoint)
    return {str(path).removeprefix(f"{BUCKET}/"): files.cat_file(path) for path in files.find(BUCKET)}


def download(endpoint: str, folder: Path) -> Path:
    """Copy the bucket into a folder, as ``aws s3 sync`` does."""
    for name, content in objects(endpoint).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def served() -> Iterator[Server]:
    """Yield a server, and end it."""
    server = Server()
    yield server
    server.close()
