"""Cores for workers: one each, so that threads and programs of one article do not wander between cores."""

from __future__ import annotations

import contextlib
import os
import socket


class Cores:
    """The cores of one worker, which no other worker of this user has.

    A name in Linux's abstract socket namespace stands for a core: one process has it, and loses it when it
    ends, however it ends. Elsewhere nothing happens.
    """

    def __init__(self) -> None:
        self._claims: dict[int, socket.socket] = {}

    def claim(self) -> bool:
        """Take a core that is free; tell whether there was one."""
        if not hasattr(os, "sched_getaffinity"):
            return False
        for core in sorted(os.sched_getaffinity(0)):
            claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                claim.bind(f"\0narrate-core-{os.getuid()}-{core}")
            except OSError:
                claim.close()
                continue
            self._claims[core] = claim
            return True
        return False

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._claims)

    def keep(self, process: int) -> None:
        """Keep a process, and what it starts from now on, to these cores; where there are none, to no core."""
        if self._claims:
            with contextlib.suppress(OSError):
                os.sched_setaffinity(process, self._claims)

    def release(self) -> int:
        """Give them all back; return how many they were."""
        claims, self._claims = self._claims, {}
        for claim in claims.values():
            claim.close()
        return len(claims)
