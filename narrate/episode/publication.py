"""What of an episode stays the same forever: its identity, and when it was published."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, date, datetime, time

EPISODE_HOUR = 6  # of a day that is given without a time


def now() -> datetime:
    """Return this second in UTC; ``SOURCE_DATE_EPOCH`` stands for it where builds must repeat."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(fixed), UTC) if fixed.isdecimal() else datetime.now(UTC)
    return moment.replace(microsecond=0)


def at_hour(day: date) -> datetime:
    """Return the moment of publication for a day."""
    return datetime.combine(day, time(EPISODE_HOUR), UTC)


def source_digest(show_guid: str, source: str) -> str:
    """Return what tells an article again: its address or place, which itself is not published."""
    return uuid.uuid5(uuid.UUID(show_guid), source).hex[:16]


def episode_guid(show_guid: str, source: str) -> str:
    """Return an episode's UUID by its article's address or place."""
    return str(uuid.uuid5(uuid.UUID(show_guid), f"episode {source}"))
