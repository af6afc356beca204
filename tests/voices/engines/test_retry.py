"""How services are asked: spaced out, not too many at once, and again after a failure that passes."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from narrate.model.errors import EngineUnavailable, NarrateError, ServiceBusy
from narrate.voices.engines import retry as patience
from narrate.voices.engines.retry import AskAgain, RetryPolicy, retry_after_s

TOLERANCE_S = 0.1


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic(self) -> float:
        """Return the time."""
        return self.now_s

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        assert seconds >= 0
        self.now_s += seconds


class Script:
    """A request that fails as written, and then returns.

    Args:
        failures: For each attempt what it raises, or None.
        clock: Tells when it was made.
    """

    def __init__(self, failures: Sequence[Exception | None], clock: Clock) -> None:
        self._failures = failures
        self._clock = clock
        self.starts_s: list[float] = []

    def __call__(self) -> str:
        """Fail or return."""
        failure = self._failures[len(self.starts_s)] if len(self.starts_s) < len(self._failures) else None
        self.starts_s.append(self._clock.monotonic())
        if failure:
            raise failure
        return "said"


def again(wait_s: float | None = None) -> AskAgain:
    """Return a failure that may pass."""
    return AskAgain(ServiceBusy("busy"), wait_s)


FAILURES = st.one_of(
    st.none(),
    st.builds(again, st.one_of(st.none(), st.floats(0, 40))),
    st.just(EngineUnavailable("down")),
)


@given(
    failures=st.lists(FAILURES, max_size=12),
    attempts=st.integers(-1, 8),
    interval_s=st.floats(0, 3),
    first_wait_s=st.floats(0, 20),
)
def test_whatever_fails_it_ends_as_it_must(
    failures: list[Exception | None], attempts: int, interval_s: float, first_wait_s: float
) -> None:
    """It asks until it is answered, told to stop or out of attempts; never too soon, and never waits without end."""
    clock = Clock()
    request = Script(failures, clock)
    passing = 0
    while passing < len(failures):
        failure = failures[passing]
        if not isinstance(failure, AskAgain):
            break
        passing += 1
        if (failure.wait_s or 0) > patience.LONGEST_WAIT_S:
            break
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(patience, "time", clock)
        try:
            outcome: object = RetryPolicy(interval_s, attempts, first_wait_s).ask(request)
        except NarrateError as error:
            outcome = error
    asked = len(request.starts_s)
    last = failures[asked - 1] if asked <= len(failures) else None
    assert 1 <= asked <= max(1, attempts)
    assert outcome == (last.error if isinstance(last, AskAgain) else last or "said")
    assert asked in {passing, passing + 1} or asked == max(1, attempts)
    for number, (start, following) in enumerate(itertools.pairwise(request.starts_s)):
        failed = failures[number]
        assert isinstance(failed, AskAgain)
        assert following - start >= max(interval_s, failed.wait_s or 0, min(first_wait_s, 20)) - 1e-6
        assert following - start <= patience.LONGEST_WAIT_S * 1.25 + interval_s + 1e-6


def test_waits_double(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each wait is twice the one before, by up to a quarter more, and half a minute at the longest."""
    clock = Clock()
    monkeypatch.setattr(patience, "time", clock)
    request = Script([again()] * 8, clock)
    assert RetryPolicy(0.0, 9, 1.0).ask(request) == "said"
    waits = [after - before for before, after in itertools.pairwise(request.starts_s)]
    for wait_s, least_s in zip(waits, (1, 2, 4, 8, 16, 30, 30, 30), strict=True):
        assert least_s <= wait_s <= 1.25 * least_s


def test_a_service_is_left_alone_by_all_as_long_as_it_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """After `Retry-After` nobody asks before that time; one that is too long is not waited for."""
    clock = Clock()
    monkeypatch.setattr(patience, "time", clock)
    shared = RetryPolicy(0.0, 3, 0.1)
    request = Script([again(20.0)], clock)
    shared.ask(request)
    assert request.starts_s[1] - request.starts_s[0] >= 20
    with pytest.raises(ServiceBusy):
        shared.ask(Script([again(31.0)], clock))
    assert clock.now_s < 30


def test_no_more_at_once_and_no_closer_than_allowed() -> None:
    """Over any number of threads, requests at once stay within `parallel` and their starts `interval_s` apart."""
    interval_s, parallel, count = 0.01, 3, 39
    shared = RetryPolicy(interval_s, parallel=parallel)
    together = threading.Barrier(parallel)  # so many must be able to meet
    lock = threading.Lock()
    opened = [0]
    most, starts = [0], []

    def request() -> None:
        with lock:
            starts.append(time.monotonic())
            opened[0] += 1
            most[0] = max(most[0], opened[0])
        together.wait(10)
        with lock:
            opened[0] -= 1

    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(shared.ask, request) for _ in range(count)]:
            done.result()
    assert most[0] == parallel
    assert max(starts) - min(starts) >= interval_s * (count - 1) - TOLERANCE_S


@contextlib.contextmanager
def answering(sent: bytes) -> Iterator[requests.Response]:
    """Yield the answer of a server that sends these bytes and closes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(10_000)
                connection.sendall(sent)

        thread = threading.Thread(target=serve)
        thread.start()
        with requests.Session() as session:
            session.trust_env = False
            yield session.get(f"http://127.0.0.1:{listening.getsockname()[1]}", stream=True, timeout=10)
        thread.join()


HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
SOUND = bytes(range(256)) * 400


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Length: 102400\r\n\r\n", SOUND),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"19000\r\n" + SOUND + b"\r\n0\r\n\r\n"),
        (b"Content-Length: %d\r\nContent-Encoding: gzip\r\n\r\n" % len(gzip.compress(SOUND)), gzip.compress(SOUND)),
    ],
)
def test_an_answer_is_read_to_where_it_should_end(head: bytes, body: bytes) -> None:
    """Whole it comes whole; cut anywhere it is refused; one that is too large is given up."""
    end_s = time.monotonic() + 60
    with answering(HEAD + head + body) as answer:
        assert patience.read_all(answer, len(SOUND), end_s) == SOUND
    with answering(HEAD + head + body) as answer:
        assert patience.read_all(answer, len(SOUND) - 1, end_s) is None
    for size in (0, 1, len(body) // 2, len(body) - 7):  # the last one between two chunks
        with answering(HEAD + head + body[:size]) as answer, pytest.raises(ConnectionError):
            patience.read_all(answer, len(SOUND), end_s)
    with answering(HEAD + head + body) as answer, pytest.raises(TimeoutError):
        patience.read_all(answer, len(SOUND), time.monotonic())


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("5", 5.0), (" 0 ", 0.0), (None, None), ("", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-3", None)],
)
def test_retry_after_is_seconds_or_nothing(header: str | None, seconds: float | None) -> None:
    """Seconds are taken, a date and anything else is not."""
    assert retry_after_s(header) == seconds


def test_what_a_service_says_is_made_one_short_line() -> None:
    """Line breaks, controls and length of a stranger's words do not reach the terminal."""
    assert patience.one_line("no\n\x1b[31m  way\t!") == "no [31m way !"
    assert len(patience.one_line("a" * 1000)) == patience.SHOWN
