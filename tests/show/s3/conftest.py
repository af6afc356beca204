"""A loopback S3 server for each module of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.show.s3.service import Server, served, variables

pytest.importorskip("s3fs", reason="narrate[s3] is not installed")
pytest.importorskip("moto.server", reason="moto is not installed")


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    """Return a server."""
    yield from served()


@pytest.fixture
def server(running: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Return a server with an empty bucket, which this process knows of."""
    running.empty()
    for name, value in variables(running.endpoint).items():
        monkeypatch.setenv(name, value)
    return running
