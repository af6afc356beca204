"""How many articles a batch has, counted beside the work."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from narrate.model.errors import NarrateError


class Total:
    """The number of articles, once it is known.

    Args:
        counted: The number, or the articles again, to be counted by a thread; None where they come only once.
    """

    def __init__(self, counted: int | Iterable[object] | None) -> None:
        self.number = counted if isinstance(counted, int) else None
        if counted is not None and not isinstance(counted, int):
            threading.Thread(target=self._count, args=(counted,), daemon=True).start()

    def _count(self, articles: Iterable[object]) -> None:
        try:
            self.number = sum(1 for _ in articles)
        except NarrateError:
            return  # whoever reads them to work on them tells it
