"""The removal of versions that nothing names any more: first their manifest, after a day their files."""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Protocol

from narrate.episode.manifest import NAME
from narrate.model.errors import NarrateError
from narrate.show.index_pages import may_be_superseded
from narrate.show.pages import INDEX, key_of_page
from narrate.show.s3.bucket import Bucket, Stored
from narrate.show.s3.pointers import NAMES, SOURCES, pointed
from narrate.show.site import Derived

# Players look into a feed they read hours ago, and a run that was stopped may go on.
GRACE = timedelta(days=1)


class Seen(Protocol):
    """What a bucket held when the feed was derived.

    Attributes:
        listing: Every object.
        editions: The folders that a pointer names.
    """

    listing: dict[str, Stored]
    editions: set[str]

    def read(self, name: str) -> bytes:
        """Return an object's content."""


def sweep(bucket: Bucket, seen: Seen, derived: Derived) -> None:
    """Remove what the feed just written does not name, and no run can still be bringing.

    Only folders that a narrate claimed are looked at. The time is that of the storage: its newest object.
    """
    clock = max((one.changed for one in seen.listing.values()), default=None)
    if clock is None:
        return
    below: dict[str, list[str]] = defaultdict(list)
    for name in seen.listing:
        below[name.partition("/")[0]].append(name)
        old_cover = re.fullmatch(r"cover-[0-9a-f]{8}\.jpg", name) and name != derived.cover_name
        old_page = may_be_superseded(name, derived.index) and key_of_page(seen.read(name))
        if (old_cover or old_page) and clock - seen.listing[name].changed > GRACE:
            bucket.delete(name)
    for claim in [name for name in seen.listing if name.startswith(NAMES)]:
        edition = claim.removeprefix(NAMES)
        if edition not in seen.editions:
            _sweep_edition(bucket, seen, edition, below[edition], clock)
    with contextlib.suppress(NarrateError):  # not every storage lets everybody see them
        for name, number, begun in list(bucket.unfinished()):
            if NAMES + name.partition("/")[0] in seen.listing and clock - begun > GRACE:
                bucket.forget(name, number)


def _sweep_edition(bucket: Bucket, seen: Seen, edition: str, names: list[str], clock: datetime) -> None:
    claim = NAMES + edition
    source = seen.read(claim).decode("utf-8", "replace")
    pointer = seen.listing.get(SOURCES + source) if source.isalnum() else None
    manifest = seen.listing.get(f"{edition}/{NAME}")
    used = max([seen.listing[name].changed for name in (claim, *names)] + ([pointer.changed] if pointer else []))
    # Who still brings this version saw the pointer before making the manifest; a pointer moved later shuts it out.
    shut_out = pointer is not None and manifest is not None and pointer.changed > manifest.changed
    old = clock - used > GRACE
    if not (shut_out or old) or (source.isalnum() and pointed(bucket, source)[0] == edition):
        return
    first = [name for name in (f"{edition}/{NAME}", f"{edition}/{INDEX}") if name in names]
    others = [name for name in names if name not in first]
    for name in [*first, *([*others, claim] if old else [])]:
        bucket.delete(name)
