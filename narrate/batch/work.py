"""One article in a worker process: made, found to be there already, or failed."""

from __future__ import annotations

import time
from dataclasses import replace

from narrate.batch.done import is_done, remember
from narrate.batch.receipt import Receipt, failed
from narrate.cache import Cache
from narrate.errors import NarrateError
from narrate.job import Assignment, Brief, Delivery, Studio

BUG = 70
LONGEST_MESSAGE = 1000
MOST_WARNINGS = 20


class Desk:
    """Makes articles into episodes of one show, one after the other.

    Args:
        brief: What holds for all of them; it names a show.
        cache: Stays open.
    """

    def __init__(self, brief: Brief, cache: Cache) -> None:
        self._brief, self._cache = brief, cache
        self._studio: Studio | None = None

    def work(self, assignment: Assignment) -> Receipt:
        """Make an episode of an article; whatever fails is told in the receipt.

        Args:
            assignment: Which article.
        """
        start = time.perf_counter()
        try:
            receipt = self._work(assignment)
        except NarrateError as error:
            receipt = failed(assignment.source, error.exit_code, error.message[:LONGEST_MESSAGE])
        except Exception as error:  # one article's bug must not end a night's work
            message = f"narrate met a bug ({type(error).__name__}: {str(error)[:200]}); render it alone with -v."
            receipt = failed(assignment.source, BUG, message)
        return replace(receipt, seconds=round(time.perf_counter() - start, 3))

    def _work(self, assignment: Assignment) -> Receipt:
        if self._studio is None:
            self._studio = Studio(self._brief, self._cache)
        before = is_done(self._studio, assignment)
        if before is not None:
            return before
        delivery = self._studio.render(assignment)
        _write_page(delivery)
        remember(self._studio, assignment, delivery)
        manifest = delivery.rendered.manifest
        return Receipt(
            assignment.source,
            "unchanged" if delivery.rendered.unchanged else "made",
            delivery.rendered.folder.name,
            manifest["title"],
            manifest["duration_ms"],
            warnings=delivery.warnings[:MOST_WARNINGS],
        )

    def close(self) -> None:
        """Close the engines."""
        if self._studio is not None:
            self._studio.close()


def _write_page(delivery: Delivery) -> None:
    """Write the episode's page here, so that the one process that writes the feed finds it there."""
    if delivery.show is not None:
        from narrate.publish.pages import write_page

        write_page(delivery.show, delivery.rendered.folder)
