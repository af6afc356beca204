"""What a podcast is, beside its episodes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Show:
    """What a feed says of its podcast.

    Attributes:
        folder: Where ``show.toml`` lies, and the episodes' folders.
        title: Name.
        description: What it is about.
        author: Who publishes it.
        language: BCP 47.
        category: Apple's category, and subcategory or None.
        explicit: Whether it is not for children.
        link: Its web site, or None for the index page.
        base_url: Where the folder is served, without a slash at the end.
        guid: The podcast's UUID.
        cover: Picture, or None for a generated one.
        copyright: Owner of the rights, or None.
        owner: Name and address for the feed's owner tag; each may be None.
        funding: Address and text, or None.
        newest: How many episodes the feed names, the newest first; None for all.
        sample_rate_hz: Of its episodes, so that all have the same; None before one was published.
    """

    folder: Path
    title: str
    description: str
    author: str
    language: str
    category: tuple[str, str | None]
    explicit: bool
    link: str | None
    base_url: str
    guid: str
    cover: Path | None = None
    copyright: str | None = None
    owner: tuple[str | None, str | None] = (None, None)
    funding: tuple[str, str] | None = None
    newest: int | None = None
    sample_rate_hz: int | None = None

    def facts(self) -> dict[str, object]:
        """Return what items and pages say of it; where it lies, its picture, and how many there are, is not."""
        facts = {**asdict(self), "folder": None, "cover": None}
        del facts["newest"], facts["sample_rate_hz"]
        return facts


@dataclass(frozen=True, slots=True)
class Site:
    """What deriving a show's feed and pages came to.

    Attributes:
        episodes: Number of published episodes.
        warnings: A sentence for each episode that the feed leaves out, and other remarks.
        written: Names of the files that changed.
    """

    episodes: int
    warnings: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
