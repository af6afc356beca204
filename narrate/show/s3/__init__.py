"""Shows on object storage: every version of an episode in a folder of its own, and pointers to the newest.

For a worker that makes one article after another::

    store = Store("s3://bucket/podcast")
    store.check()
    with closing(BucketShelf(store)) as shelf, closing(Studio(brief, cache, shelf)) as studio:
        for assignment in assignments:
            shipped = ship(studio, shelf, assignment)

and for the one that writes the feed, at the end or meanwhile, on any machine: ``write_site(show, store, cache)``.
"""

from narrate.show.s3.feed import write_site
from narrate.show.s3.shelf import BucketShelf, has_episode
from narrate.show.s3.shipment import Shipped, ship
from narrate.show.s3.store import Store

__all__ = ["BucketShelf", "Shipped", "Store", "has_episode", "ship", "write_site"]
