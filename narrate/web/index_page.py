"""The index of a show: all episodes that its feed names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from urllib.parse import quote

from narrate.model.show import Show
from narrate.system.text import plain
from narrate.web.rendering import rendered, script_json, web_address
from narrate.web.texts import clock, day_in, texts_in


class Listed(Protocol):
    """An episode as the index shows it; :class:`narrate.show.site.Entry` is one."""

    @property
    def folder(self) -> str:
        """Name of its folder."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def teaser(self) -> str | None:
        """Its teaser."""

    @property
    def published(self) -> str:
        """When, in ISO 8601."""

    @property
    def updated(self) -> str | None:
        """When it changed after that."""

    @property
    def duration_ms(self) -> int:
        """How long it is."""

    @property
    def cover(self) -> str | None:
        """Path below its folder."""


def index_page(
    show: Show,
    entries: Sequence[Listed],
    *,
    key: str,
    cover: str | None = None,
    name: str = "index.html",
    beside: tuple[str | None, str | None] = (None, None),
) -> bytes:
    """Return a page of the index of a show.

    Args:
        show: Whose.
        entries: The newest first.
        name: Of its file.
        beside: Names of the pages with newer and with older episodes, as far as there are any.
        key: What the page is made of, for the caller to see whether it is up to date.
        cover: File name of the show's picture, or None.

    Returns:
        UTF-8; equal arguments give equal bytes.
    """
    text = texts_in(show.language)
    facts = {
        "key": key,
        "text": text,
        "title": plain(show.title),
        "description": plain(show.description),
        "author": plain(show.author),
        "language": show.language,
        "base": f"{show.base_url}/",
        "here": f"{show.base_url}/" + ("" if name == "index.html" else name),
        "newer": beside[0],
        "older": beside[1],
        "cover": quote(cover) if cover else None,
        "link": web_address(show.link),
        "funding": show.funding if show.funding and web_address(show.funding[0]) else None,
        "copyright": plain(show.copyright or ""),
        "entries": [_entry(entry, text["lang"]) for entry in entries],
    }
    return rendered("index.html.j2", scripted=False, linked=script_json(_linked(show, cover)), **facts)


def _entry(entry: Listed, language: str) -> dict[str, object]:
    folder = quote(entry.folder)
    published = datetime.fromisoformat(entry.published)
    return {
        "address": f"{folder}/index.html",
        "title": plain(entry.title),
        "teaser": plain(entry.teaser or ""),
        "published": (published.date().isoformat(), day_in(published, language)),
        "updated": day_in(datetime.fromisoformat(entry.updated), language) if entry.updated else None,
        "duration": clock(entry.duration_ms),
        "cover": f"{folder}/{quote(entry.cover)}" if entry.cover else None,
    }


def _linked(show: Show, cover: str | None) -> dict[str, object]:
    """Return the show as schema.org describes it."""
    whole = {
        "@context": "https://schema.org",
        "@type": "PodcastSeries",
        "name": plain(show.title),
        "description": plain(show.description),
        "url": f"{show.base_url}/",
        "webFeed": f"{show.base_url}/feed.xml",
        "image": f"{show.base_url}/{quote(cover)}" if cover else None,
        "inLanguage": show.language,
        "author": {"@type": "Organization", "name": plain(show.author)},
    }
    return {name: value for name, value in whole.items() if value}
