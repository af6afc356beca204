"""How a signal ends this process: cleanly, never in the middle of an import, and always in the end."""

from __future__ import annotations

import os
import signal
from types import FrameType

SIGNALLED = 128  # plus the signal's number is the exit code
GRACE_S = 15.0  # for clean-up; after that a thread that waits forever is abandoned
RETRY_S = 0.005
IMPORTING = "<frozen importlib"  # prefix of the import machinery's file names


def hear(*numbers: int) -> None:
    """Let signals end this process: Ctrl-C as KeyboardInterrupt, others as SystemExit with 128 plus their number.

    Between taking an import lock and guarding it, an exception would leave the lock held, and every thread that imports
    would wait forever: there the signal is delayed by some milliseconds. Call this in the main thread.
    """
    for number in numbers:
        # An ignored signal stays ignored: nohup, and background jobs of a script.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def _end(number: int, frame: FrameType | None) -> None:
    if hasattr(signal, "setitimer"):
        importing = frame is not None and frame.f_code.co_filename.startswith(IMPORTING)

        def later(_: int, frame: FrameType | None) -> None:
            if not importing:
                os._exit(SIGNALLED + number)
            _end(number, frame)

        signal.signal(signal.SIGALRM, later)
        signal.setitimer(signal.ITIMER_REAL, RETRY_S if importing else GRACE_S)
        if importing:
            return
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(SIGNALLED + number)
