"""How a signal ends this process: in order, never in the middle of an import, and in the end for certain."""

from __future__ import annotations

import os
import signal
from types import FrameType

SIGNALLED = 128  # and the signal's number: what a command ended by it returns
GRACE_S = 15.0  # for what has to be put away; a thread that waits forever is not waited for longer
RETRY_S = 0.005
IMPORTING = "<frozen importlib"  # how the files of the import machinery are named


def hear(*numbers: int) -> None:
    """Let signals end this process: Ctrl-C as KeyboardInterrupt, others as SystemExit with 128 and their number.

    Where Python is between taking a lock of the import machinery and guarding it, an exception would leave it locked,
    and every thread that imports would wait forever: there the signal is held back for some milliseconds.
    """
    for number in numbers:
        # What is ignored stays ignored: nohup, and what a script begins in the background.
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
