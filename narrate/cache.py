"""What was made before, by the digest of all that shaped it; and an engine that remembers."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from narrate.engines import Engine, Offer, PiecewiseEngine
from narrate.engines.base import Ask
from narrate.errors import EngineUnavailable, OutputRefused, PermissionRefused
from narrate.files import explained
from narrate.model import Mark, Speech, Voice

if TYPE_CHECKING:
    from filelock import FileLock

MAGIC = b"narrate2"
DIGEST_BYTES = 32
LENGTH_BYTES = 4
LOCKS = "locks"
FORMAT = 2  # of remembered speech; raise it and nothing older is taken
CURE = "remove what is there, or set NARRATE_CACHE_DIR to another folder"
Entry = tuple[dict[str, Any], bytes]


def key_of(*parts: object) -> str:
    """Return the SHA-256 of the parts, which must be JSON values or dataclasses of them."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=lambda part: asdict(part))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Cache:
    """A folder of entries that never change: facts (JSON) and a body, under a digest.

    An entry is checked when read; one that is torn or altered is a miss and is made again.
    A folder that cannot be written is replaced by a temporary one for this run.

    Args:
        folder: Where entries are kept; None for this run only.
    """

    def __init__(self, folder: Path | None) -> None:
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self.kept = folder is not None
        if folder is None or not _writable(folder):
            self.kept = False
            self._temporary = tempfile.TemporaryDirectory(prefix="narrate-", ignore_cleanup_errors=True)
            folder = Path(self._temporary.name)
        self.folder = folder

    def path(self, key: str) -> Path:
        """Return where the entry of a key stands, whether it exists or not."""
        return self.folder / key[:2] / key

    def facts(self, key: str) -> dict[str, Any] | None:
        """Return an entry's facts without reading its body, or None."""
        try:
            with self.path(key).open("rb") as file:
                return _facts(key, file.read(len(MAGIC) + 2 * DIGEST_BYTES + LENGTH_BYTES), file.read)
        except OSError:
            return None

    def get(self, key: str) -> Entry | None:
        """Return an entry's facts and body, or None if it is absent or damaged."""
        try:
            with self.path(key).open("rb") as file:
                head = file.read(len(MAGIC) + 2 * DIGEST_BYTES + LENGTH_BYTES)
                facts = _facts(key, head, file.read)
                body = file.read()
                _touch(file.fileno())
        except OSError:
            return None
        if facts is None or hashlib.sha256(body).digest() != head[len(MAGIC) + DIGEST_BYTES :][:DIGEST_BYTES]:
            return None
        return facts, body

    def put(self, key: str, facts: dict[str, Any], body: bytes) -> None:
        """Keep an entry. Safe beside other threads and processes.

        Raises:
            StorageError: The disk is full or fails.
        """
        text = json.dumps(facts, ensure_ascii=False).encode("utf-8", "surrogatepass")
        head = MAGIC + _digest(key, text) + hashlib.sha256(body).digest()
        path = self.path(key)
        temporary = path.with_name(f".{key[:16]}.{os.getpid()}.{threading.get_ident()}.tmp")
        try:
            with _explained(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                with temporary.open("wb") as file:
                    file.writelines((head + len(text).to_bytes(LENGTH_BYTES, "big") + text, body))
                temporary.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise

    def entries(self) -> Iterator[tuple[Path, os.stat_result]]:
        """Yield every entry, and whatever a killed run left behind."""
        for path in filter(Path.is_file, self.folder.glob("??/*")):
            with contextlib.suppress(OSError):
                yield path, path.stat()

    def size_bytes(self) -> int:
        """Return the size of all entries."""
        return sum(status.st_size for _, status in self.entries())

    def lock(self, key: str) -> FileLock:
        """Return a lock for making what a key names, between threads and processes.

        A few keys share one, so that their number stays small; hold one at a time.

        Raises:
            StorageError: The folder cannot be written.
        """
        from filelock import FileLock  # a fifth of what an unchanged render takes to start

        folder = self.folder / LOCKS
        with _explained(folder):
            folder.mkdir(exist_ok=True)
        return FileLock(folder / f"{key[:3]}.lock")

    def clear(self) -> int:
        """Remove every entry; return the bytes removed. Locks stay, since somebody may hold one."""
        return self.prune(0)

    def prune(self, most_bytes: int) -> int:
        """Remove the entries unused for longest until the rest fits; return the bytes removed.

        Safe beside a render: what it misses it makes again.
        """
        left, removed = self.size_bytes(), 0
        for path, status in sorted(self.entries(), key=lambda entry: entry[1].st_mtime):
            if left - removed <= most_bytes:
                break
            path.unlink(missing_ok=True)
            removed += status.st_size
        return removed

    def close(self) -> None:
        """Remove the folder if it was for this run only."""
        if self._temporary is not None:
            self._temporary.cleanup()


def default_folder() -> Path:
    """Return the folder of ``NARRATE_CACHE_DIR``, else the user's cache folder."""
    chosen = os.environ.get("NARRATE_CACHE_DIR")
    if chosen:
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("narrate", appauthor=False)


def _digest(key: str, text: bytes) -> bytes:
    """Return what an entry's facts are checked by: with the key, so that no entry stands for another."""
    return hashlib.sha256(key.encode() + b" " + text).digest()


def _facts(key: str, head: bytes, read: Any) -> dict[str, Any] | None:
    if len(head) < len(MAGIC) + 2 * DIGEST_BYTES + LENGTH_BYTES or not head.startswith(MAGIC):
        return None
    text = read(int.from_bytes(head[-LENGTH_BYTES:], "big"))
    if _digest(key, text) != head[len(MAGIC) :][:DIGEST_BYTES]:
        return None
    return cast(dict[str, Any], json.loads(text))


def _touch(handle: int) -> None:
    """Note that an entry was used, for ``prune``; a read-only cache is used all the same."""
    if os.utime in os.supports_fd:
        with contextlib.suppress(OSError):
            os.utime(handle)


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn the operating system's refusals into sentences that fit a cache."""
    try:
        with explained(path):
            yield
    except (OutputRefused, PermissionRefused) as error:
        raise type(error)(error.message.replace("choose another folder with -o", CURE)) from error


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


class CachedEngine:
    """An engine that remembers: the same contract, and equal calls are spoken once.

    What a service over the network has spoken is never asked again: not by another thread or
    process at the same time, and not after a crash in the middle of a text.

    Args:
        engine: The engine that speaks what is not remembered.
        cache: Where speech is kept.
    """

    def __init__(self, engine: Engine, cache: Cache) -> None:
        self.name = engine.name
        self.parallel = engine.parallel
        self.trained, self.network = engine.trained, engine.network
        self._engine, self._cache = engine, cache
        self._down: str | None = None

    def prepare(self) -> None:
        """Let the engine begin to load."""
        self._engine.prepare()

    def missing(self) -> str | None:
        """Return what the engine lacks, even where all that is asked for is remembered."""
        return self._engine.missing()

    def voices(self) -> Sequence[Voice]:
        """Return the engine's voices."""
        return self._engine.voices()

    def offers(self, ask: bool = False) -> Sequence[Offer]:
        """Return what the engine offers."""
        return self._engine.offers(ask)

    def version(self, voice: Voice) -> str:
        """Return the engine's version."""
        return self._engine.version(voice)

    def key(self, text: str, voice: Voice) -> str:
        """Return the digest of all that shapes the sound of a text."""
        return key_of("speech", FORMAT, self._engine.version(voice), voice, text)

    def remembers(self, text: str, voice: Voice) -> bool:
        """Tell whether a text need not be spoken again; a damaged entry is found when it is read."""
        return self._cache.facts(self.key(text, voice)) is not None

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Return remembered speech, or have it spoken and remember it."""
        key = self.key(text, voice)
        speech = self._remembered(key)
        if speech is not None:
            return speech
        if self._down:
            raise EngineUnavailable(self._down)
        if isinstance(self._engine, PiecewiseEngine):
            return self._keep(key, self._engine.synthesize(text, voice, self._piece))
        return self._once(key, text, voice, self._engine.synthesize)

    def marks(self, text: str, voice: Voice) -> tuple[Mark, ...]:
        """Return the word marks of remembered speech without its sound; none where it is remembered no longer."""
        facts = self._cache.facts(self.key(text, voice))
        return tuple(Mark(*mark) for mark in facts["marks"]) if facts else ()

    def _piece(self, text: str, voice: Voice) -> Speech:
        key = key_of("piece", FORMAT, self._engine.version(voice), voice, text)
        return self._once(key, text, voice, cast(PiecewiseEngine, self._engine).ask)

    def _once(self, key: str, text: str, voice: Voice, speak: Ask) -> Speech:
        if not self.network:
            return self._remembered(key) or self._keep(key, speak(text, voice))
        with self._cache.lock(key):
            return self._remembered(key) or self._keep(key, speak(text, voice))

    def _remembered(self, key: str) -> Speech | None:
        entry = self._cache.get(key)
        if entry is None:
            return None
        facts, pcm = entry
        return Speech(pcm, facts["rate_hz"], tuple(Mark(*mark) for mark in facts["marks"]))

    def _keep(self, key: str, speech: Speech) -> Speech:
        marks = [[mark.position, mark.word, mark.start_ms, mark.end_ms] for mark in speech.marks]
        self._cache.put(key, {"rate_hz": speech.rate_hz, "marks": marks}, speech.pcm)
        return speech

    def pronounce(self, ipa: str) -> str | None:
        """Return the engine's notation of some IPA; one that fails here is not asked to speak."""
        try:
            return self._engine.pronounce(ipa)
        except EngineUnavailable as error:
            self._down = error.message
            raise

    def close(self) -> None:
        """Close the engine; the cache stays open."""
        self._engine.close()
