"""What of an episode stays the same for ever: its identity, and when it was published."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

EPISODE_HOUR = 6  # of a day that is given without a time


def now() -> datetime:
    """Return this second in UTC; ``SOURCE_DATE_EPOCH`` stands for it where builds must repeat."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(fixed), UTC) if fixed.isdecimal() else datetime.now(UTC)
    return moment.replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Publication:
    """What of an episode stays the same for ever, and when it was published.

    Attributes:
        guid: The episode's UUID.
        source: Digest of where the article comes from.
        published: First publication, in UTC.
        updated: Last change of its sound after that, or None.
        listed: Whether the feed names it.
        audio: Path of the MP3 as published, or None before.
        audio_sha256: Its digest before it was signed, or None before.
    """

    guid: str
    source: str
    published: datetime
    updated: datetime | None = None
    listed: bool = True
    audio: str | None = None
    audio_sha256: str | None = None

    def facts(self) -> dict[str, Any]:
        """Return it as the manifest has it."""
        return {
            "guid": self.guid,
            "source": self.source,
            "published": self.published.isoformat(),
            "updated": self.updated.isoformat() if self.updated else None,
            "listed": self.listed,
        }


def publication_of(manifest: Mapping[str, Any]) -> Publication | None:
    """Return what a manifest says of its publication, or None where it has none or a broken one."""
    try:
        facts = manifest["publication"]
        audio = next(file for file in manifest["files"] if file["path"] == manifest["audio"])
        return Publication(
            guid=str(uuid.UUID(facts["guid"])),
            source=str(facts["source"]),
            published=_moment(facts["published"]),
            updated=_moment(facts["updated"]) if facts["updated"] else None,
            listed=facts["listed"] is True,
            audio=str(audio["path"]),
            audio_sha256=str(manifest.get("audio_unsigned_sha256") or audio["sha256"]),
        )
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError, StopIteration):
        return None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment needs its offset from UTC")
    return moment.astimezone(UTC)


def at_hour(day: date) -> datetime:
    """Return the moment of publication for a day."""
    return datetime.combine(day, time(EPISODE_HOUR), UTC)


def source_digest(show_guid: str, source: str) -> str:
    """Return what tells an article again: its address or place, which itself is not published."""
    return uuid.uuid5(uuid.UUID(show_guid), source).hex[:16]


def episode_guid(show_guid: str, source: str) -> str:
    """Return an episode's UUID by its article's address or place."""
    return str(uuid.uuid5(uuid.UUID(show_guid), f"episode {source}"))
