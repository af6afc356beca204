"""A run over many articles: handed out, made by a crew, told one by one; the feed derived now and then, and last."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from narrate.batch.intake import Intake
from narrate.batch.ledger import Ledger
from narrate.episode.store import EpisodeStore
from narrate.model.errors import ServiceBusy
from narrate.pipeline import ArticleJob
from narrate.pipeline.result import Result, failed
from narrate.system.cache import Cache

FEED_EVERY_S = 300.0
PASSING = {74, 75}  # exit codes of what may have passed by the end of the run
MOST_KEPT = 1000  # articles that are tried again at the end
ALIKE = {69, 73, 74, 75, 77, 78}  # exit codes of what is not the article's fault
MOST_ALIKE = 25  # articles in a row that fail by it, until the run gives up
LOST = 70
SCHEMA_VERSION = 1


class Crew(Protocol):
    """Those who make episodes."""

    def work(self, intake: Intake) -> Iterator[tuple[ArticleJob, Result]]:
        """Make episodes of all that the intake hands out; yield each article with its result, as it is done.

        Raises:
            ServiceBusy: Nobody is there any more to work.
        """
        ...

    def close(self) -> None:
        """End all work; what is under way is not published."""
        ...


@dataclass(slots=True)
class Summary:
    """What a run came to so far.

    Attributes:
        made: Episodes made.
        unchanged: Episodes that were up to date.
        failed: Articles that failed.
        sound_ms: Sound that was made.
        stopped: Why the run gave up before its end, or None.
        warnings: What is to be said of the show.
        seconds: Wall time.
    """

    made: int = 0
    unchanged: int = 0
    failed: int = 0
    sound_ms: int = 0
    stopped: str | None = None
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, result: Result) -> None:
        """Add an article."""
        self.made += result.status == "made"
        self.unchanged += result.status == "unchanged"
        self.failed += result.status == "failed"
        self.sound_ms += result.duration_ms if result.status == "made" else 0

    @property
    def done(self) -> int:
        """How many articles have ended, however."""
        return self.made + self.unchanged + self.failed

    def facts(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "schema_version": SCHEMA_VERSION,
            "made": self.made,
            "unchanged": self.unchanged,
            "failed": self.failed,
            "sound_s": round(self.sound_ms / 1000, 1),
            "seconds": round(self.seconds, 1),
            "stopped": self.stopped,
            "warnings": self.warnings,
        }


def run(
    intake: Intake,
    crew: Crew,
    ledger: Ledger,
    store: EpisodeStore,
    cache: Cache,
    tell: Callable[[Result, Summary], None],
) -> Summary:
    """Make episodes of all articles, and the feed of all episodes.

    Args:
        intake: The articles.
        crew: Who makes the episodes.
        ledger: Keeps the results.
        store: Where the episodes go; its feed is written now and then, and at the end.
        cache: Keeps what the feed is made of.
        tell: Called after each article.

    Raises:
        NarrateError: The input could not be read on, or the show not be written; what was made is made.
    """
    summary, start = Summary(), time.monotonic()
    course = _Course(intake, ledger, tell, summary, start)
    derived = start
    for second in (False, True):
        try:
            for article_job, result in crew.work(intake):
                course.refused()
                if result.status != "failed" and not store.holds(str(result.folder)):
                    result = failed(
                        result.source,
                        LOST,
                        "The episode was made, but it is missing from the store; run the command again.",
                    )
                course.returned(article_job, result, keep=not second)
                if summary.made and time.monotonic() - derived > FEED_EVERY_S:
                    store.write_site(cache)
                    derived = time.monotonic()
        except ServiceBusy as error:
            course.give_up(error.message)
        course.refused()
        if second or not course.begin_again():
            break
    site = store.write_site(cache)
    summary.warnings += site.warnings if site else ()
    summary.seconds = time.monotonic() - start
    return summary


class _Course:
    """What a run keeps in mind from one article to the next."""

    def __init__(
        self,
        intake: Intake,
        ledger: Ledger,
        tell: Callable[[Result, Summary], None],
        summary: Summary,
        start: float,
    ) -> None:
        self._intake, self._ledger, self._tell, self._summary, self._start = intake, ledger, tell, summary, start
        self._passing: list[tuple[ArticleJob, Result]] = []
        self._alike: list[Result] = []

    def returned(self, article_job: ArticleJob, result: Result, keep: bool) -> None:
        """Count an article, or keep it for the end of the run."""
        self._intake.returned(result)
        self._judge(result)
        if keep and result.code in PASSING and len(self._passing) < MOST_KEPT and not self._summary.stopped:
            self._passing.append((article_job, result))
        else:
            self._count(result)

    def _judge(self, result: Result) -> None:
        """Give up where one article after another fails by what no article is to blame for."""
        self._alike = [*self._alike, result] if result.code in ALIKE else []
        if len(self._alike) >= MOST_ALIKE and not self._summary.stopped:
            self.give_up(f"{MOST_ALIKE} articles in a row failed alike: {result.message}")

    def give_up(self, why: str) -> None:
        """Hand out nothing more, and count what was kept for the end."""
        self._intake.stop()
        self._summary.stopped = why
        for _, kept in self._passing:
            self._count(kept)
        self._passing = []

    def refused(self) -> None:
        """Count what could not be handed out."""
        for result in self._intake.refused():
            self._count(result)

    def _count(self, result: Result) -> None:
        self._summary.count(result)
        self._summary.seconds = time.monotonic() - self._start
        self._ledger.add(result)
        self._tell(result, self._summary)

    def begin_again(self) -> bool:
        """Hand out what failed by something that may have passed; tell whether there is any."""
        again, self._passing = [article_job for article_job, _ in self._passing], []
        self._intake.again(again)
        return bool(again)
