"""A prefix of a bucket on S3, or on whatever speaks like it: small reads and writes under conditions.

Source:
    Amazon S3 User Guide, "Conditional writes": ``If-None-Match: *`` creates only, ``If-Match`` compares and swaps.
"""

from __future__ import annotations

import random
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from narrate.model.errors import EngineUnavailable, StorageError, WrongUse
from narrate.show.s3.refusals import BESIDE, NOT_MET, explained, told

ADDRESS = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>[^\s?#]*))?")
NO_EXTRA = "Object storage needs s3fs; install it with pip install 'narrate-de[s3]'."
TRIES = 60
LONGEST_PAUSE_S = 1.0
PART_BYTES = 8_388_608  # a file of more than two of them is sent in parts
PARTS_AT_ONCE = 2
FOR_EVER = "public, max-age=31536000, immutable"
SOON_OLD = "public, max-age=60, must-revalidate"
CREATE = {"IfNoneMatch": "*"}
TYPES = {
    ".mp3": "audio/mpeg", ".vtt": "text/vtt; charset=utf-8", ".srt": "application/x-subrip",
    ".json": "application/json", ".html": "text/html; charset=utf-8", ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml", ".jpg": "image/jpeg", ".toml": "application/toml",
}  # fmt: skip
TYPES_BY_NAME = {"feed.xml": "application/rss+xml; charset=utf-8", "chapters.json": "application/json+chapters"}


@dataclass(frozen=True, slots=True)
class Stored:
    """An object, as a listing has it.

    Attributes:
        size_bytes: Of its content.
        etag: Changes with its content.
        changed: Last written, by the clock of the storage.
    """

    size_bytes: int
    etag: str
    changed: datetime


class Bucket:
    """A prefix of a bucket. Endpoint and credentials come from the environment or the AWS configuration only.

    Safe to use from several threads. Nothing is asked of the network before the first call.

    Attributes:
        url: Without a slash at the end.

    Raises:
        WrongUse: It is no such address.
    """

    def __init__(self, url: str) -> None:
        found = ADDRESS.fullmatch(url)
        prefix = (found["prefix"] or "").strip("/") if found else ""
        if found is None or {"", ".", ".."} & set(prefix.split("/") if prefix else ()):
            raise WrongUse(f"'{url[:100]}' is not an object storage address; write s3://bucket/prefix.")
        self._bucket, self._prefix = found["bucket"], f"{prefix}/" if prefix else ""
        self.url = f"s3://{self._bucket}/{prefix}".rstrip("/")

    @cached_property
    def _files(self) -> Any:
        try:
            import s3fs
        except ImportError as error:
            raise EngineUnavailable(NO_EXTRA) from error
        with explained(self.url):
            settings = {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 2}}
            return s3fs.S3FileSystem(config_kwargs=settings, skip_instance_cache=True, use_listings_cache=False)

    def _ask(self, operation: str, **arguments: Any) -> Any:
        """Ask for one operation of S3; what is refused goes up as s3fs raises it."""
        return self._files.call_s3(operation, Bucket=self._bucket, **arguments)

    def _key(self, name: str) -> str:
        if not name or {"", ".", ".."} & set(name.split("/")):
            raise StorageError(f"'{name[:100]}' cannot be a name in '{self.url}'.")
        return self._prefix + name

    def read(self, name: str, most_bytes: int | None = None) -> tuple[bytes, str] | None:
        """Return an object's content and ETag, both of the same moment, or None where there is none.

        Args:
            name: Of the object.
            most_bytes: Of its beginning; None for all of it.
        """
        from fsspec.asyn import sync

        part = {"Range": f"bytes=0-{most_bytes - 1}"} if most_bytes else {}
        with explained(self.url):
            try:
                answer = self._ask("get_object", Key=self._key(name), **part)
            except FileNotFoundError as error:
                if told(error)[0] == "NoSuchBucket":
                    raise
                return None
            return bytes(sync(self._files.loop, answer["Body"].read)), str(answer["ETag"])

    def create(self, name: str, content: bytes) -> bool:
        """Write an object that never changes after; False, and nothing is written, where the name is taken."""
        return self._put(name, content, FOR_EVER, CREATE)

    def create_file(self, name: str, file: Path) -> bool:
        """Write an object from a file, of which only some parts are in memory at once; else as :meth:`create`."""

        def write() -> None:
            self._files.put_file(
                str(file), f"{self._bucket}/{self._key(name)}", mode="create", chunksize=PART_BYTES,
                max_concurrency=PARTS_AT_ONCE, **_headers(name, FOR_EVER),
            )  # fmt: skip

        return self._write(name, write, CREATE)

    def swap(self, name: str, content: bytes, etag: str | None) -> bool:
        """Replace an object only if it is still the one that was read; False where it is not.

        Args:
            name: Of the object.
            content: Its new content.
            etag: As it was read; None where there was none.
        """
        return self._put(name, content, SOON_OLD, {"IfMatch": etag} if etag else CREATE)

    def put(self, name: str, content: bytes) -> None:
        """Write an object whatever stands there: only for what all writers derive alike."""
        self._put(name, content, SOON_OLD, {})

    def _put(self, name: str, content: bytes, kept: str, condition: dict[str, str]) -> bool:
        key = self._key(name)

        def write() -> None:
            self._ask("put_object", Key=key, Body=content, **_headers(name, kept), **condition)

        return self._write(name, write, condition)

    def _write(self, name: str, write: Callable[[], None], condition: dict[str, str]) -> bool:
        with explained(self.url):
            for attempt in range(TRIES):
                try:
                    write()
                    return True
                except OSError as error:
                    code, status = told(error)
                    if condition and (status == NOT_MET or (code == "NoSuchKey" and "IfMatch" in condition)):
                        return False
                    if status != BESIDE:
                        raise
                pause(attempt)
        raise self.crowded(name)

    def crowded(self, name: str) -> StorageError:
        """Return the failure that others wrote an object each time we wanted to."""
        return StorageError(f"Others kept writing '{self.url}/{name}'; run the command again later.")

    def list(self, below: str = "") -> dict[str, Stored]:
        """Return every object whose name begins so, by name."""
        with explained(self.url):
            return dict(self._pages(below))

    def _pages(self, below: str) -> Iterator[tuple[str, Stored]]:
        more: dict[str, str] = {}
        while True:
            page = self._ask("list_objects_v2", Prefix=self._prefix + below, **more)
            for one in page.get("Contents", ()):
                yield one["Key"][len(self._prefix) :], Stored(one["Size"], one["ETag"], one["LastModified"])
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def delete(self, name: str) -> None:
        """Remove an object; one that is not there is no failure."""
        with explained(self.url):
            self._ask("delete_object", Key=self._key(name))

    def unfinished(self) -> Iterator[tuple[str, str, datetime]]:
        """Return name, number and beginning of up to 1,000 files that are being sent in parts, or were."""
        with explained(self.url):
            found = self._ask("list_multipart_uploads", Prefix=self._prefix)
        for one in found.get("Uploads", ()):
            yield one["Key"][len(self._prefix) :], one["UploadId"], one["Initiated"]

    def forget(self, name: str, number: str) -> None:
        """Remove the parts of a file that was not sent whole."""
        with explained(self.url):
            self._ask("abort_multipart_upload", Key=self._key(name), UploadId=number)

    def check(self) -> None:
        """Find out whether writes under conditions are refused when they must be; leaves nothing behind.

        Raises:
            OutputRefused, PermissionRefused: Nothing can be written there.
            StorageError: Conditions are ignored, or it cannot be reached.
        """
        probe = f".claims/probe-{uuid.uuid4().hex}"
        try:
            made = self.create(probe, b"1")
            honoured = made and not self.create(probe, b"2")
            found = self.read(probe)
            stale = found and self.swap(probe, b"3", found[1]) and not self.swap(probe, b"4", found[1])
        finally:
            with suppress(Exception):
                self.delete(probe)
        if not (honoured and stale):
            raise StorageError(
                f"'{self.url}' ignores conditional writes, so two feeds written at once would lose episodes; "
                "use a storage that honours If-None-Match and If-Match."
            )


def _headers(name: str, kept: str) -> dict[str, str]:
    path = PurePosixPath(name)
    kind = TYPES_BY_NAME.get(path.name) or TYPES.get(path.suffix, "application/octet-stream")
    return {"ContentType": kind, "CacheControl": kept}


def pause(attempt: int) -> None:
    """Wait a moment that differs from writer to writer, the longer the more often others came between."""
    time.sleep(random.uniform(0, min(LONGEST_PAUSE_S, 0.02 * 2 ** min(attempt, 8))))  # noqa: S311
