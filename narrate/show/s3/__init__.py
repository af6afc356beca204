"""Shows on object storage: every version of an episode in a folder of its own, and pointers to the newest."""

from narrate.show.s3.bucket import Bucket
from narrate.show.s3.store import BucketStore

__all__ = ["Bucket", "BucketStore"]
