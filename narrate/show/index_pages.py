"""The index of a show, on as many pages as it takes: a page of a hundred thousand episodes opens in no browser.

The newest episodes stand in ``index.html``, older ones in ``index-1.html``, the oldest, and so on. They are counted
from the oldest, so that what is on a page stays there when episodes come.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from narrate.model.show import Show
from narrate.show.listing import Entry
from narrate.show.pages import INDEX
from narrate.system.cache import key_of
from narrate.web import VERSION, index_page

PER_PAGE = 500
_NAME = re.compile(r"index-(\d+)\.html")


@dataclass(frozen=True, slots=True)
class IndexPage:
    """One page of an index.

    Attributes:
        name: Of its file.
        key: What it is made of.
        entries: Its episodes, the newest first.
        newer: Name of the page before it, or None.
        older: Name of the page behind it, or None.
    """

    name: str
    key: str
    entries: tuple[Entry, ...]
    newer: str | None
    older: str | None

    def content(self, show: Show, cover: str) -> bytes:
        """Return the page."""
        beside = self.newer, self.older
        return index_page(show, self.entries, name=self.name, key=self.key, cover=cover, beside=beside)


def page_names(episodes: int) -> list[str]:
    """Return the names of the pages of an index, the newest episodes' first.

    Args:
        episodes: How many there are. ``index.html`` takes up to 999 of them, every other page 500.
    """
    return [INDEX, *(f"index-{number}.html" for number in range(max(0, episodes // PER_PAGE - 1), 0, -1))]


def index_pages(show: Show, listed: Sequence[Entry], cover: str) -> tuple[IndexPage, ...]:
    """Part a show's episodes into pages."""
    names: list[str | None] = [None, *page_names(len(listed)), None]
    pages = []
    end = 0
    for newer, name, older in zip(names, names[1:], names[2:], strict=False):
        start, end = end, end + PER_PAGE if end else len(listed) - (len(names) - 3) * PER_PAGE
        entries = tuple(listed[start:end])
        key = key_of("index", VERSION, show.facts(), [one.digest for one in entries], cover, newer, older)
        pages.append(IndexPage(name or INDEX, key, entries, newer, older))
    return tuple(pages)


def may_be_superseded(name: str, pages: Sequence[IndexPage]) -> bool:
    """Tell whether a file has the name of a page that an index had when there were more episodes.

    Args:
        name: Of the file; whether it is a page of narrate's, its content tells.
        pages: Of the index as it is now.
    """
    found = _NAME.fullmatch(name)
    return found is not None and int(found[1]) >= len(pages)
