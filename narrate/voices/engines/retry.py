"""Rate limits and retries for requests to a service."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from narrate.model.errors import NarrateError

T = TypeVar("T")
ATTEMPTS = 6
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
RANGES = {"interval_s": (0.0, 3600.0), "attempts": (1, 20), "first_wait_s": (0.0, LONGEST_WAIT_S)}
READ_BYTES = 65_536
SHOWN = 120  # characters of what a service says


class AskAgain(Exception):
    """A transient failure."""

    def __init__(self, error: NarrateError, wait_s: float | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.wait_s = wait_s


class RetryPolicy:
    """Spaces out requests over all threads, and retries transient failures with exponential backoff and jitter.

    A ``Retry-After`` holds for all threads; one longer than ``LONGEST_WAIT_S`` is an error at once.
    """

    def __init__(
        self,
        interval_s: float,
        attempts: int = ATTEMPTS,
        first_wait_s: float = FIRST_WAIT_S,
        parallel: int = 1,
    ) -> None:
        self._interval_s = interval_s
        self._attempts = attempts
        self._first_wait_s = first_wait_s
        self._room = threading.Semaphore(max(1, parallel))
        self._turn = threading.Lock()
        self._next = 0.0

    def ask(self, request: Callable[[], T]) -> T:
        """Return what a request returns.

        Raises:
            NarrateError: The last attempt failed too.
        """
        wait_s = self._first_wait_s
        attempt = 1
        while True:
            try:
                with self._room:
                    self._wait_for_turn()
                    return request()
            except AskAgain as failure:
                asked_s = failure.wait_s or 0.0
                if attempt >= self._attempts or asked_s > LONGEST_WAIT_S:
                    raise failure.error from failure
                with self._turn:
                    self._next = max(self._next, time.monotonic() + asked_s)
            time.sleep(wait_s * random.uniform(1, 1.25))  # noqa: S311
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
            attempt += 1

    def _wait_for_turn(self) -> None:
        # The lock is held while waiting: otherwise a thread that wakes late would start close to the next.
        with self._turn:
            time.sleep(max(0.0, self._next - time.monotonic()))
            self._next = time.monotonic() + self._interval_s


def retry_after_s(value: str | None) -> float | None:
    """Return the seconds a ``Retry-After`` header asks for, or None where it gives a date or nothing.

    Args:
        value: Of the header (RFC 9110, 10.2.3).
    """
    return float(value) if value and value.strip().isdecimal() else None


def read_all(answer: Any, most_bytes: int, end_s: float) -> bytes | None:
    """Read an answer to its end, which must be where the server said it would be.

    Args:
        answer: Of ``requests``, asked for with ``stream=True``; it is closed.
        most_bytes: Reading stops when there is more.
        end_s: When it must have come, on the monotonic clock.

    Returns:
        The bytes, or None where there are too many.

    Raises:
        TimeoutError: It came too slowly.
        ConnectionError: It was cut off.
    """
    from urllib3.exceptions import HTTPError, ReadTimeoutError

    content = bytearray()
    try:
        # What has arrived, not a full block: otherwise a server that drips bytes would never reach the checks.
        while part := answer.raw.read1(READ_BYTES, decode_content=True):
            content += part
            if len(content) > most_bytes:
                return None
            if time.monotonic() > end_s:
                raise TimeoutError("the answer came too slowly")
    except ReadTimeoutError as error:
        raise TimeoutError("the answer stopped") from error
    except HTTPError as error:
        raise ConnectionError("the answer was cut off") from error
    finally:
        answer.close()
    return bytes(content)


def one_line(said: str, longest: int = SHOWN) -> str:
    """Return a message from outside on one line, printable, cut to a number of characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in said).split())[:longest]
