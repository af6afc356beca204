"""What this process may use: cores, and memory as one piece."""

from __future__ import annotations

import contextlib
import os
import sys

M_ARENA_MAX = -8  # of glibc's mallopt


def usable_cores() -> int:
    """Return the number of cores this process may run on: where it was kept to one, that is one."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def keep_memory_together() -> None:
    """Let all threads take memory from one place: for processes that make many articles.

    Each article has threads of its own, and glibc gives each a place of its own that keeps its holes; a process grew by
    a seventh in 500 articles. With another C library nothing happens.
    """
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
