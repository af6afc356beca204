"""The feed of a news site (RSS or Atom): an article for each entry. The only importer of feedparser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from narrate.model.errors import InputMissing, InputUnreadable, PermissionRefused
from narrate.pipeline import ArticleJob
from narrate.reading.source import is_address

LARGEST_FEED_BYTES = 20_000_000
LONGEST_ADDRESS = 2000


def entries(source: str, allow_private: bool) -> Iterator[ArticleJob]:
    """Yield the articles that a feed names, the oldest first; each only as long as it has no episode.

    Raises:
        InputMissing, InputUnreadable, PermissionRefused, StorageError: It cannot be read, or is not a feed.
    """
    import feedparser

    content, base = _content(source, allow_private)
    feed = feedparser.parse(content, response_headers={"content-location": base} if base else None)
    if not feed.get("version"):
        raise InputUnreadable(f"{source} is not an RSS or Atom feed; name one, or a list of articles with --from list.")
    seen = set()
    for entry in reversed(feed.entries):
        link = str(entry.get("link") or "")
        if link.startswith(("http://", "https://")) and len(link) <= LONGEST_ADDRESS and link not in seen:
            seen.add(link)
            yield ArticleJob(link, published=_day(entry), identity=link, only_new=True)


def _content(source: str, allow_private: bool) -> tuple[bytes, str | None]:
    if is_address(source):
        from narrate.reading.fetch import fetch

        page = fetch(source, max_bytes=LARGEST_FEED_BYTES, allow_private=allow_private)
        return page.content, page.url
    try:
        with Path(source).open("rb") as file:
            content = file.read(LARGEST_FEED_BYTES + 1)
    except PermissionError as error:
        raise PermissionRefused(f"Permission denied: '{source}'. Make it readable (chmod +r).") from error
    except (OSError, ValueError) as error:
        raise InputMissing(f"There is no feed {source!r}; name a file or an address.") from error
    if len(content) > LARGEST_FEED_BYTES:
        raise InputUnreadable(f"{source} is larger than {LARGEST_FEED_BYTES // 1_000_000} MB; name a smaller feed.")
    return content, None


def _day(entry: Any) -> date | None:
    """Return the day an entry says it was published, as far as it says so."""
    moment = entry.get("published_parsed") or entry.get("updated_parsed")
    try:
        return date(*moment[:3]) if moment else None
    except (TypeError, ValueError):
        return None
