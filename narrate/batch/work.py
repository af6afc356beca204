"""One article in a worker process: made, found to be there already, or failed."""

from __future__ import annotations

import time
from dataclasses import replace

from narrate.batch.done import remember, up_to_date
from narrate.model.errors import NarrateError
from narrate.pipeline import ArticleJob, Result, RunOptions, RunSession
from narrate.pipeline.result import failed
from narrate.system import log
from narrate.system.cache import Cache

BUG = 70
LONGEST_MESSAGE = 1000
MOST_WARNINGS = 20


class Worker:
    """Makes articles into episodes of one show, one after the other.

    Args:
        run_options: What holds for all of them; it names a show.
        cache: Stays open.
    """

    def __init__(self, run_options: RunOptions, cache: Cache) -> None:
        self._run_options, self._cache = run_options, cache
        self._session: RunSession | None = None

    def work(self, article_job: ArticleJob) -> Result:
        """Make an episode of an article; whatever fails is in the result."""
        start = time.perf_counter()
        try:
            result = self._work(article_job)
        except NarrateError as error:
            result = failed(article_job.source, error.exit_code, error.message[:LONGEST_MESSAGE])
        except Exception as error:  # one article's bug must not end a night's work
            message = f"narrate met a bug ({type(error).__name__}: {str(error)[:200]}); render it alone with -v."
            result = failed(article_job.source, BUG, message)
        stages = {name: round(seconds, log.MILLISECONDS) for name, seconds in result.stages.items()}
        warnings = result.warnings[:MOST_WARNINGS]
        return replace(result, seconds=round(time.perf_counter() - start, 3), stages=stages, warnings=warnings)

    def _work(self, article_job: ArticleJob) -> Result:
        if self._session is None:
            self._session = RunSession(self._run_options, self._cache)
        known = up_to_date(self._session, article_job)
        if known is not None:
            return known
        result = self._session.render(article_job)
        if result.episode and not result.warnings:
            remember(self._session, article_job, result.episode)
        return result

    def close(self) -> None:
        """Close engines and store."""
        if self._session is not None:
            self._session.close()
