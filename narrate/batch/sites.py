"""Where the episodes of a batch stand, and their feed: the show's folder, or object storage."""

from __future__ import annotations

from narrate.batch.receipt import Receipt
from narrate.episode.manifest import NAME
from narrate.model.show import Show
from narrate.pipeline.placing import write_show
from narrate.system.cache import Cache


class Folder:
    """The folder of a show.

    Args:
        show: Which show.
        cache: Keeps what a feed is made of.
    """

    def __init__(self, show: Show, cache: Cache) -> None:
        self._show, self._cache = show, cache

    def derive(self) -> list[str]:
        """Write the feed; return what is to be said of it."""
        return list(write_show(self._show, self._cache))

    def holds(self, receipt: Receipt) -> bool:
        """Tell whether the episode of a receipt stands there."""
        return receipt.folder is not None and (self._show.folder / receipt.folder / NAME).is_file()


class Bucket:
    """A show on object storage.

    Args:
        show: Which show.
        cache: Keeps what a feed is made of.
        url: ``s3://bucket/prefix``.

    Raises:
        EngineUnavailable: s3fs is not installed.
        OutputRefused, PermissionRefused: Nothing can be written there.
        StorageError: Conditional writes are ignored there, or it cannot be reached.
        WrongUse: It is no such address.
    """

    def __init__(self, show: Show, cache: Cache, url: str) -> None:
        from narrate.show.s3 import Store

        self._show, self._cache, self._store = show, cache, Store(url)
        self._store.check()

    def derive(self) -> list[str]:
        """Write the feed; return what is to be said of it."""
        from narrate.show.s3 import write_site

        return list(write_site(self._show, self._store, self._cache).warnings)

    def holds(self, receipt: Receipt) -> bool:
        """Tell whether the episode of a receipt stands there."""
        name = f"{receipt.folder}/{NAME}"
        return receipt.folder is not None and name in self._store.list(name)
