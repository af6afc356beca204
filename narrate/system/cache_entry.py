"""The file format of a cache entry: digests in its head make a truncated or altered entry a miss."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any, cast

MAGIC = b"narrate2"
DIGEST_BYTES = 32
LENGTH_BYTES = 4
Facts = dict[str, Any]
"""An entry's description: JSON values."""
Entry = tuple[Facts, bytes]


def parts_of(key: str, facts: Facts, body: bytes) -> tuple[bytes, bytes]:
    """Return head and body of an entry as they are written."""
    text = json.dumps(facts, ensure_ascii=False).encode("utf-8", "surrogatepass")
    head = MAGIC + _digest(key, text) + hashlib.sha256(body).digest()
    return head + len(text).to_bytes(LENGTH_BYTES, "big") + text, body


def _digest(key: str, text: bytes) -> bytes:
    """Return the digest of an entry's facts; it covers the key, so that no entry passes for another."""
    return hashlib.sha256(key.encode() + b" " + text).digest()


def _facts(key: str, head: bytes, read: Any) -> Facts | None:
    if len(head) < len(MAGIC) + 2 * DIGEST_BYTES + LENGTH_BYTES or not head.startswith(MAGIC):
        return None
    text = read(int.from_bytes(head[-LENGTH_BYTES:], "big"))
    if _digest(key, text) != head[len(MAGIC) :][:DIGEST_BYTES]:
        return None
    return cast(Facts, json.loads(text))


def facts_at(path: Path, key: str) -> Facts | None:
    """Return an entry's facts without reading its body, or None if it is absent or damaged."""
    try:
        with path.open("rb") as file:
            return _facts(key, file.read(len(MAGIC) + 2 * DIGEST_BYTES + LENGTH_BYTES), file.read)
    except OSError:
        return None


def entry_at(path: Path, key: str) -> Entry | None:
    """Return an entry's facts and body, or None if it is absent or damaged."""
    try:
        with path.open("rb") as file:
            head = file.read(len(MAGIC) + 2 * DIGEST_BYTES + LENGTH_BYTES)
            facts = _facts(key, head, file.read)
            body = file.read()
            _touch(file.fileno())
    except OSError:
        return None
    if facts is None or hashlib.sha256(body).digest() != head[len(MAGIC) + DIGEST_BYTES :][:DIGEST_BYTES]:
        return None
    return facts, body


def _touch(handle: int) -> None:
    """Record that an entry was used, for ``prune``; a read-only cache works without."""
    if os.utime in os.supports_fd:
        with contextlib.suppress(OSError):
            os.utime(handle)
