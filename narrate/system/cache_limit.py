"""How large the cache may grow, and what keeps it below that while article follows article."""

from __future__ import annotations

import os

from narrate.model.errors import InputUnreadable
from narrate.system.cache import LOCKS, Cache

VARIABLE = "NARRATE_CACHE_MAX_MB"
DEFAULT_MAX_MB = 10_000  # fifty hours of sound
MEGABYTE = 1_000_000
KEPT = 0.8  # of the limit, so that not every article has to look at every entry
UNSEEN = 0.2  # of the limit: when a process has written so much, a guess will not do
FOLDERS = 256
LOOKED_AT = ("00", "40", "80", "c0")  # entries are spread by their digests: these hold a sixty-fourth of all


def most_bytes() -> int | None:
    """Return how large the cache may grow: what ``NARRATE_CACHE_MAX_MB`` says, else 10,000 MB; None for no limit.

    Raises:
        InputUnreadable: The variable holds no number of megabytes above 0, and not ``off``.
    """
    chosen = os.environ.get(VARIABLE) or str(DEFAULT_MAX_MB)
    if chosen == "off":
        return None
    try:
        megabytes = float(chosen)
    except ValueError:
        megabytes = 0.0
    if not 0 < megabytes < 1e9:
        raise InputUnreadable(f"{VARIABLE} is '{chosen}'; set it to a number of megabytes above 0, or to off.")
    return round(megabytes * MEGABYTE)


def keep_below(cache: Cache, limit_bytes: int | None) -> int:
    """Remove the entries unused for longest where a cache has grown beyond its limit; return the bytes removed.

    A few of its folders tell about how large it is, so that an article that was just made pays next to nothing; every
    entry is looked at only now and then. What is for this run only is emptied: no other article would find anything in
    it, and a long batch would fill the disk.

    Args:
        cache: Other processes may use it at the same time.
        limit_bytes: None for no limit.
    """
    if not cache.kept:
        return cache.clear()
    if limit_bytes is None or not cache.written_bytes:
        return 0
    if cache.written_bytes < limit_bytes * UNSEEN and _guessed_bytes(cache) <= limit_bytes:
        return 0
    from filelock import FileLock, Timeout

    try:
        with FileLock(cache.folder / LOCKS / "prune.lock", timeout=0):
            cache.written_bytes = 0
            return cache.prune(round(limit_bytes * KEPT)) if cache.size_bytes() > limit_bytes else 0
    except (Timeout, OSError):
        return 0  # another process is at it; or it may only be read, which was told already


def _guessed_bytes(cache: Cache) -> float:
    sizes = [status.st_size for folder in LOOKED_AT for _, status in cache.entries(folder)]
    return sum(sizes) * FOLDERS / len(LOOKED_AT)
