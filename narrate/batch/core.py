"""A core for each worker, so that threads and programs of one article do not wander between cores."""

from __future__ import annotations

import os
import socket

_held: list[socket.socket] = []


def keep_to_a_core() -> None:
    """Keep this process, and what it starts, to a core that no other worker of this user has.

    A name in Linux's abstract socket namespace stands for a core: one process has it, and loses it when it
    ends, however it ends. Elsewhere, and where every core is taken, nothing happens.
    """
    if not hasattr(os, "sched_setaffinity") or _held:
        return
    for core in sorted(os.sched_getaffinity(0)):
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0narrate-core-{os.getuid()}-{core}")
        except OSError:
            claim.close()
            continue
        _held.append(claim)
        os.sched_setaffinity(0, {core})
        return
