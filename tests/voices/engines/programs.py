"""Small programs that stand for those of the system and go wrong as they may."""

from __future__ import annotations

import os
import time
import wave
from pathlib import Path

import pytest


def put(folder: Path, name: str, script: str) -> Path:
    """Write an executable of the shell.

    Args:
        folder: Made where it is missing.
        name: Of the program.
        script: Its lines.
    """
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n" + script + "\n", "utf-8")
    path.chmod(0o755)
    return path


def on_path(monkeypatch: pytest.MonkeyPatch, folder: Path, alone: bool = False) -> None:
    """Let programs of a folder be found first, or alone."""
    monkeypatch.setenv("PATH", str(folder) if alone else f"{folder}{os.pathsep}{os.environ['PATH']}")


def tone(path: Path, samples: int = 1600, channels: int = 1) -> Path:
    """Write a WAV that is not silent."""
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes(b"\x00\x10" * samples * channels)
    return path


def cut(path: Path) -> Path:
    """Cut a WAV in the middle of its samples."""
    path.write_bytes(path.read_bytes()[:1000])
    return path


def alive(process: int) -> bool:
    """Tell whether a process goes on running; the kernel may take a moment to end one that was killed."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return False
        except (FileNotFoundError, ProcessLookupError):
            return False
        time.sleep(0.01)
    return True
