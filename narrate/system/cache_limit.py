"""The size limit of the cache, and how it is enforced between articles."""

from __future__ import annotations

import os

from narrate.model.errors import InputUnreadable
from narrate.system.cache import LOCKS, Cache

VARIABLE = "NARRATE_CACHE_MAX_MB"
DEFAULT_MAX_MB = 10_000  # fifty hours of audio
MEGABYTE = 1_000_000
KEPT = 0.8  # share of the limit to prune to, so that not every article triggers a full scan
UNSEEN = 0.2  # share of the limit that a process may write before an estimate is no longer enough
FOLDERS = 256
SAMPLED = ("00", "40", "80", "c0")  # digests spread entries evenly: these hold a sixty-fourth of them


def most_bytes() -> int | None:
    """Return the limit in ``NARRATE_CACHE_MAX_MB``, by default 10,000 MB; None for no limit.

    Raises:
        InputUnreadable: The variable is neither a number above 0 nor ``off``.
    """
    chosen = os.environ.get(VARIABLE) or str(DEFAULT_MAX_MB)
    if chosen == "off":
        return None
    try:
        megabytes = float(chosen)
    except ValueError:
        megabytes = 0.0
    if not 0 < megabytes < 1e9:
        raise InputUnreadable(f"{VARIABLE} is '{chosen}'; set it to a number of megabytes above 0, or to 'off'.")
    return round(megabytes * MEGABYTE)


def keep_below(cache: Cache, limit_bytes: int | None) -> int:
    """Prune a cache that has outgrown its limit; return the bytes freed.

    Sampling a few folders gives an estimate that costs an article next to nothing; a full scan happens only now and
    then. A temporary cache is emptied: no other article would hit it, and a long batch would fill the disk.

    Args:
        cache: Other processes may be using it.
        limit_bytes: None for no limit.
    """
    if not cache.kept:
        return cache.clear()
    if limit_bytes is None or not cache.written_bytes:
        return 0
    if cache.written_bytes < limit_bytes * UNSEEN and _estimated_bytes(cache) <= limit_bytes:
        return 0
    from filelock import FileLock, Timeout

    try:
        with FileLock(cache.folder / LOCKS / "prune.lock", timeout=0):
            cache.written_bytes = 0
            return cache.prune(round(limit_bytes * KEPT)) if cache.size_bytes() > limit_bytes else 0
    except (Timeout, OSError):
        return 0  # another process is pruning; or the cache is read-only, which was reported before


def _estimated_bytes(cache: Cache) -> float:
    sizes = [status.st_size for folder in SAMPLED for _, status in cache.entries(folder)]
    return sum(sizes) * FOLDERS / len(SAMPLED)
