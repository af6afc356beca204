"""``narrate serve``: it prints where, serves until it is ended, and says what it cannot serve."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest
import requests

from tests.cli.test_main import Run, assert_one_sentence, command, run
from tests.web.test_serve import show

__all__ = ["run", "show"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_the_command_serves_until_it_is_ended(show: Path, number: signal.Signals, code: int) -> None:
    """It prints its address, serves the feed with it, and ends without a word."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    started = command("serve", str(show / "show.toml"), "--port", "0")
    with subprocess.Popen(
        started, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            assert running.stdout is not None
            address = running.stdout.readline().strip()
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
            assert f"{address}teil-1/teil-1.mp3" in requests.get(f"{address}feed.xml", timeout=10).text
            running.send_signal(number)
            _, said = running.communicate(timeout=30)
        finally:
            running.kill()
    assert running.returncode == code
    assert len(said.splitlines()) == 1
    assert f"{address}feed.xml" in said


def test_what_cannot_be_served_is_a_sentence(run: Run, show: Path, tmp_path: Path) -> None:
    """A port that is taken, a folder that is none, a broken show.toml: a code and a sentence each."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert_one_sentence(run("serve", "show", "--port", str(taken.getsockname()[1])), 73, "--port 0")
    assert_one_sentence(run("serve", "nirgends"), 66, "nirgends")
    assert_one_sentence(run("serve", "outside.txt"), 65, "not a folder")
    (show / "show.toml").write_text("title =", "utf-8")
    assert_one_sentence(run("serve", "show", "--port", "0"), 65, "show.toml")
    assert run("serve", "show", "--port", "70000").returncode == 2
