"""How a signal ends a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BEGIN = """
import os, signal, threading
from narrate.system import signals
signals.hear(signal.SIGINT, signal.SIGTERM)
"""
# Code that says it is of the import machinery, and sends the signal to itself.
IMPORTS = """
code = 'os.kill(os.getpid(), {number}); print("imported")'
exec(compile(code, "<frozen importlib._bootstrap>", "exec"))
while True:
    pass
"""
HANGS = """
signals.GRACE_S = 0.3
threading.Thread(target=threading.Event().wait).start()
try:
    os.kill(os.getpid(), {number})
finally:
    threading.Event().wait()
"""


def ended(program: str, number: int) -> subprocess.CompletedProcess[str]:
    """Run a program that ends itself by a signal."""
    command = [sys.executable, "-c", BEGIN + program.format(number=int(number))]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no timers here")
def test_an_import_is_not_torn() -> None:
    """While Python handles its import locks a signal waits; after that it ends the process as ever."""
    done = ended(IMPORTS, signal.SIGTERM)
    assert (done.returncode, done.stdout) == (143, "imported\n")
    done = ended(IMPORTS, signal.SIGINT)
    assert done.stdout == "imported\n"
    assert done.stderr.endswith("KeyboardInterrupt\n")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no timers here")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_nothing_is_waited_for_for_ever(number: int, code: int) -> None:
    """A thread that never ends, and a clean-up that waits for it, do not keep the process."""
    assert ended(HANGS, number).returncode == code


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no hang-up here")
def test_nohup_is_kept() -> None:
    """A signal that whoever started the process let be ignored stays ignored."""
    program = "signal.signal({number}, signal.SIG_IGN); signals.hear({number}); os.kill(os.getpid(), {number})"
    assert ended(program, signal.SIGHUP).returncode == 0
