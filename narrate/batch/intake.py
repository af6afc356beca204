"""The articles of a run, handed out one by one."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Iterator
from enum import Enum

from narrate.batch.articles import Found
from narrate.model.errors import InputUnreadable
from narrate.pipeline import ArticleJob
from narrate.pipeline.result import Result, failed


class Turn(Enum):
    """What an intake says where it hands nothing out: later, or never more."""

    LATER = 1
    OVER = 2


class Intake:
    """Hands out articles, to several threads, until there are enough.

    Args:
        found: The articles, and an error for each that could not be read.
        limit: How many may be made or fail; those that are up to date do not count. None for all.
        only: Names of the articles wanted; None for all.
    """

    def __init__(self, found: Iterator[Found], limit: int | None = None, only: Collection[str] | None = None) -> None:
        self._found, self._limit, self._only = found, limit, only
        self._lock = threading.Lock()
        self._open = 0  # handed out, and not told to be up to date
        self._returned = 0  # of them, those that came back
        self._again: deque[ArticleJob] = deque()
        self._refused: list[Result] = []
        self._over = False
        self.handed_out = 0

    def take(self) -> ArticleJob | Turn:
        """Return the next article; ``LATER`` where another one's end decides whether there is one more.

        Raises:
            NarrateError: The input cannot be read on.
        """
        with self._lock:
            if self._over:
                return Turn.OVER
            if self._limit is not None and self._open >= self._limit:
                return Turn.OVER if self._returned >= self._limit else Turn.LATER
            wanted = self._next()
            if wanted is None:
                return Turn.OVER
            self._open += 1
            self.handed_out += 1
            return wanted

    def _next(self) -> ArticleJob | None:
        if self._again:
            return self._again.popleft()
        for one in self._found:
            if isinstance(one, InputUnreadable):
                if self._only is None:
                    self._refused.append(failed(one.message.partition(": ")[0], one.exit_code, one.message))
            elif self._only is None or one.source in self._only:
                return one
        return None

    def refused(self) -> list[Result]:
        """Return the results of what could not even be handed out, each once."""
        with self._lock:
            told, self._refused = self._refused, []
        return told

    def returned(self, result: Result) -> None:
        """Note what became of an article."""
        with self._lock:
            if result.status == "unchanged":
                self._open -= 1
            else:
                self._returned += 1

    def again(self, article_jobs: Collection[ArticleJob]) -> None:
        """Hand some articles out once more, which failed before."""
        with self._lock:
            self._again.extend(article_jobs)
            self._open -= len(article_jobs)
            self._returned -= len(article_jobs)

    def stop(self) -> None:
        """Hand out nothing more."""
        with self._lock:
            self._over = True
