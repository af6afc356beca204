"""An episode on its way into a bucket: files, then the manifest, then the pointer.

A reader sees the old version or the new one, never half of one. A run that ends in the middle leaves files that
nothing names; the next run makes the same names, finds them there and goes on.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from narrate.episode.manifest import NAME
from narrate.model.errors import ServiceBusy, StorageError
from narrate.model.show import Show
from narrate.pipeline import Assignment, Delivery, Studio
from narrate.pipeline.session import Watch
from narrate.show.pages import INDEX, write_page
from narrate.show.s3.shelf import NAMES, BucketShelf, manifest_in, pointed, whole

TRIES = 5


@dataclass(frozen=True, slots=True)
class Shipped:
    """An episode in a bucket.

    Attributes:
        delivery: As it was made; its folder on this machine is gone again.
        edition: Name of its folder in the bucket.
        manifest: As it stands there.
        unchanged: Whether nothing had to be done.
    """

    delivery: Delivery
    edition: str
    manifest: dict[str, Any]
    unchanged: bool


def ship(studio: Studio, shelf: BucketShelf, assignment: Assignment, watch: Watch | None = None) -> Shipped:
    """Make an episode of an article and put it into the bucket, or find that it is there already.

    It is there if the pointer of the article names a version whose manifest has the digest of this job and whose
    files are all there; then nothing is spoken or sent. The feed is not written: that is for
    :func:`narrate.show.s3.write_site`, once for many. Any number of workers may ship at once, the same article too:
    the first of two equal versions stays, and of two that differ the one that comes later is made again after the
    other.

    Args:
        studio: Opened with the same shelf, and a brief that names a show.
        shelf: The bucket, whose conditional writes were checked.
        assignment: Which article.
        watch: Given the script, returns who is told of progress.

    Raises:
        NarrateError: It was not made or not put there; what was published before is as it was.
        ServiceBusy: Others kept publishing the same article.
    """
    for _ in range(TRIES):
        delivery = studio.render(assignment, watch)
        rendered = delivery.rendered
        if rendered.unchanged:
            return Shipped(delivery, str(rendered.manifest["edition"]), rendered.manifest, unchanged=True)
        if delivery.show is None:
            raise StorageError("Object storage holds shows only; name one with --show.")
        try:
            published = _Shipment(shelf, delivery.show, rendered.folder, rendered.manifest).publish()
        finally:
            shutil.rmtree(rendered.folder, ignore_errors=True)
        if published is not None:
            shelf.keep_rate(delivery.show, published["sample_rate_hz"])
            return Shipped(delivery, str(published["edition"]), published, unchanged=False)
    raise ServiceBusy("Others kept publishing the same article; run the command again later.")


class _Shipment:
    """One version of an episode, rendered in a folder of this machine."""

    def __init__(self, shelf: BucketShelf, show: Show, folder: Path, manifest: dict[str, Any]) -> None:
        self._shelf, self._store, self._show = shelf, shelf.store, show
        self._folder, self._manifest = folder, manifest
        self._edition, self._source = str(manifest["edition"]), str(manifest["publication"]["source"])

    def publish(self) -> dict[str, Any] | None:
        """Put it there; return the manifest that counts, or None where it must be made again."""
        self._store.create(NAMES + self._edition, self._source.encode())
        self._put_files()
        self._put_manifest()
        self._put_page()
        if not self._shelf.point(self._source, self._edition):
            return self._overtaken()
        there = self._store.list(f"{self._edition}/")
        return self._manifest if f"{self._edition}/{NAME}" in there and self._whole(there) else None

    def _whole(self, there: Any) -> bool:
        return whole(there, self._edition, self._manifest)

    def _put_files(self) -> None:
        there = self._store.list(f"{self._edition}/")
        for file in self._manifest["files"]:
            name = f"{self._edition}/{file['path']}"
            if name not in there:
                self._store.create_file(name, self._folder / file["path"])
            elif there[name].size_bytes != file["size_bytes"]:
                raise StorageError(f"'{self._store.url}/{name}' is not what narrate wrote; remove that folder.")

    def _put_manifest(self) -> None:
        """Write the manifest; where another run wrote it first, with another moment in it, that one counts."""
        name = f"{self._edition}/{NAME}"
        while not self._store.create(name, (self._folder / NAME).read_bytes()):
            found = self._store.read(name)
            if found is not None:
                (self._folder / NAME).write_bytes(found[0])
                self._manifest = json.loads(found[0])
                return

    def _put_page(self) -> None:
        folder = self._folder.with_name(self._edition)  # as which the page knows itself
        shutil.rmtree(folder, ignore_errors=True)
        self._folder.rename(folder)
        try:
            write_page(self._show, folder)
            self._store.put(f"{self._edition}/{INDEX}", (folder / INDEX).read_bytes())
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _overtaken(self) -> dict[str, Any] | None:
        """Return the manifest of what another run published meanwhile, if it is the same version."""
        edition, _ = pointed(self._store, self._source)
        other = manifest_in(self._store, edition) if edition else None
        return other if other is not None and other.get("job") == self._manifest["job"] else None
