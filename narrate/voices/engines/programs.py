"""Runs speech programs of the system: with a time limit, killed with their children, their WAV checked."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import wave
from collections.abc import Sequence
from pathlib import Path

from narrate.model import Speech
from narrate.model.errors import EngineUnavailable

TIMEOUT_S = 60.0


class ProgramFailed(Exception):
    """A program ended badly or left no whole sound; the text says which and why."""


def run(command: Sequence[str], given: str = "", timeout_s: float = TIMEOUT_S) -> str:
    """Run a program and return the first line it said, for it may fail without an exit code.

    Raises:
        EngineUnavailable: It cannot be started.
        ProgramFailed: It ended with an error, or took too long.
    """
    name = Path(command[0]).name
    try:
        # A session of its own, so that it can be ended with its children; Ctrl-C reaches us, and we end it.
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )
    except OSError as error:
        raise EngineUnavailable(f"{name} cannot be started ({error.strerror}); reinstall it.") from error
    try:
        answer, _ = process.communicate(given.encode("utf-8", "replace"), timeout=timeout_s)
    except subprocess.TimeoutExpired as error:
        raise ProgramFailed(f"{name} took longer than {timeout_s:.0f} s") from error
    finally:
        _end(process)
    said = next(iter(answer.decode("utf-8", "replace").strip().splitlines()), "")[:120]
    if process.returncode:
        raise ProgramFailed(f"{name} ended with {process.returncode}{': ' + said if said else ''}")
    return said


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a program that still runs, and whatever it started, even where itself is gone."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def speech_in(wav: Path) -> Speech:
    """Return the speech in a WAV of 16-bit mono, without starting a decoder.

    Raises:
        ProgramFailed: There is none, it is cut off or broken, or holds no sound.
    """
    try:
        with wave.open(str(wav), "rb") as sound:
            form = (sound.getnchannels(), sound.getsampwidth())
            rate_hz, frames = sound.getframerate(), sound.getnframes()
            pcm = sound.readframes(frames)
    except FileNotFoundError as error:
        raise ProgramFailed("no file was written") from error
    except (wave.Error, EOFError, OSError) as error:
        raise ProgramFailed("the WAV is broken") from error
    if form != (1, 2):
        raise ProgramFailed("the WAV is not 16-bit mono")
    if len(pcm) != 2 * frames:
        raise ProgramFailed("the WAV is cut off")
    if not any(pcm):
        raise ProgramFailed("the WAV is silent")
    try:
        return Speech(pcm, rate_hz)
    except ValueError as error:
        raise ProgramFailed(f"the WAV has a sample rate of {rate_hz} Hz") from error


def plain_text(text: str) -> str:
    """Return a text on one line, without control and invisible characters."""
    spaced = (" " if sign.isspace() or ord(sign) < 32 else sign for sign in text)
    return " ".join("".join(sign for sign in spaced if sign.isprintable()).split())
