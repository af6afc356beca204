"""One article in a worker process: made, found to be there already, or failed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from narrate.batch.done import is_done, remember
from narrate.batch.receipt import Receipt, failed
from narrate.model.errors import NarrateError
from narrate.pipeline import Assignment, Brief, Delivery, Studio
from narrate.system import log
from narrate.system.cache import Cache

if TYPE_CHECKING:
    from narrate.show.s3 import BucketShelf

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
        self._shelf: BucketShelf | None = None
        self._open = ExitStack()

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
        studio = self._studio or self._opened()
        if self._shelf is not None:
            return _shipped(studio, self._shelf, assignment)
        before = is_done(studio, assignment)
        if before is not None:
            return before
        delivery = studio.render(assignment)
        _write_page(delivery)
        remember(studio, assignment, delivery)
        rendered = delivery.rendered
        return _receipt(assignment, rendered.folder.name, rendered.manifest, rendered.unchanged, delivery)

    def _opened(self) -> Studio:
        if self._brief.out:
            from narrate.show.s3 import BucketShelf, Store

            self._shelf = self._open.enter_context(closing(BucketShelf(Store(self._brief.out))))
        self._studio = self._open.enter_context(closing(Studio(self._brief, self._cache, self._shelf)))
        return self._studio

    def close(self) -> None:
        """Close the engines."""
        self._open.close()


def _receipt(
    assignment: Assignment, folder: str, manifest: Mapping[str, Any], unchanged: bool, delivery: Delivery
) -> Receipt:
    status: Literal["made", "unchanged"] = "unchanged" if unchanged else "made"
    warnings = delivery.warnings[:MOST_WARNINGS]
    stages = {name: round(seconds, log.MILLISECONDS) for name, seconds in delivery.stages.items()}
    return Receipt(
        assignment.source, status, folder, manifest["title"], manifest["duration_ms"], warnings=warnings, stages=stages
    )


def _shipped(studio: Studio, shelf: BucketShelf, assignment: Assignment) -> Receipt:
    from narrate.show.s3 import has_episode, ship

    show = studio.show
    if assignment.only_new and assignment.identity and show:
        edition = has_episode(shelf, show, assignment.identity)
        if edition:
            return Receipt(assignment.source, "unchanged", edition)
    shipped = ship(studio, shelf, assignment)
    return _receipt(assignment, shipped.edition, shipped.manifest, shipped.unchanged, shipped.delivery)


def _write_page(delivery: Delivery) -> None:
    """Write the episode's page here, so that the one process that writes the feed finds it there."""
    if delivery.show is not None:
        from narrate.show.pages import write_page

        write_page(delivery.show, delivery.rendered.folder)
