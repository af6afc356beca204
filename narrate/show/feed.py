"""The feed of a show: its channel, and the items of its episodes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from lxml import etree

from narrate.model.settings import NOTICE
from narrate.model.show import Show
from narrate.show.item import DESCRIPTION_BYTES, NAME_CHARACTERS, TITLE_CHARACTERS
from narrate.show.xml import NAMESPACES, add, ascii_address, boolean, cut

FILE = "feed.xml"


def feed(show: Show, items: Iterable[str], cover: str | None, changed: datetime | None) -> bytes:
    """Return the feed; equal arguments give equal bytes.

    Args:
        show: The podcast.
        items: As :func:`item_text` gives them, the newest first.
        cover: Name of the show's picture in its folder, or None.
        changed: Last moment something changed, or None for an empty feed.

    Source:
        RSS 2.0, PSP-1, and what Apple, Spotify and Podcasting 2.0 ask of a channel.
    """
    rss = etree.Element("rss", nsmap=NAMESPACES, version="2.0")
    channel = etree.SubElement(rss, "channel")
    _channel(channel, show, cover)
    if changed:
        add(channel, "lastBuildDate", format_datetime(changed))
    for text in items:
        channel.append(etree.fromstring(text))
    written: bytes = etree.tostring(rss, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def new_item() -> Any:
    """Return an empty item that knows the namespaces of the feed."""
    return etree.Element("item", nsmap=NAMESPACES)


def item_text(item: Any) -> str:
    """Return a filled item as text, to be kept until its manifest changes."""
    written: str = etree.tostring(item, encoding="unicode")
    return written


def _channel(channel: Any, show: Show, cover: str | None) -> None:
    address = {"href": f"{show.base_url}/{FILE}", "rel": "self", "type": "application/rss+xml"}
    add(channel, "atom:link", **address)
    add(channel, "title", show.title[:TITLE_CHARACTERS])
    add(channel, "description", cut(show.description, DESCRIPTION_BYTES - len(NOTICE.encode()) - 2) + f"\n\n{NOTICE}")
    add(channel, "link", ascii_address(show.link or f"{show.base_url}/"))
    add(channel, "language", show.language)
    add(channel, "generator", "narrate")
    if show.copyright:
        add(channel, "copyright", show.copyright)
    add(channel, "itunes:author", show.author[:TITLE_CHARACTERS])
    add(channel, "itunes:type", "episodic")
    add(channel, "itunes:explicit", boolean(show.explicit))
    if cover:
        add(channel, "itunes:image", href=f"{show.base_url}/{cover}")
    category = add(channel, "itunes:category", text=show.category[0])
    if show.category[1]:
        add(category, "itunes:category", text=show.category[1])
    name, email = show.owner
    if email:
        owner = add(channel, "itunes:owner")
        add(owner, "itunes:name", name or show.author)
        add(owner, "itunes:email", email)
    add(channel, "podcast:guid", show.guid)
    add(channel, "podcast:locked", "no")
    add(channel, "podcast:medium", "podcast")
    add(channel, "podcast:txt", "true", purpose="ai-content")
    if show.funding:
        add(channel, "podcast:funding", show.funding[1][:NAME_CHARACTERS], url=ascii_address(show.funding[0]))
