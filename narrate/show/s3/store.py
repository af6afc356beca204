"""A show on object storage as the store of its episodes.

An episode is uploaded in this order: files, manifest, pointer. A reader sees the old version or the new one, never half
of one. A run that ends in the middle leaves files that nothing names; the next run makes the same names, finds them
there and goes on. Any number of runs may publish at once, the same article too: of two equal versions the first stays,
and of two that differ the later one is made again after the other.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import msgspec

from narrate.episode.job import Job
from narrate.episode.manifest import NAME, episode_json, parse_episode
from narrate.episode.store import Place, Write
from narrate.model.episode import Episode
from narrate.model.errors import OutputRefused, Overtaken, StorageError
from narrate.model.show import Show, Site
from narrate.show.pages import INDEX, page_key, page_of
from narrate.show.s3.bucket import Bucket
from narrate.show.s3.feed import write_site
from narrate.show.s3.pointers import NAMES, SOURCES, episode_in, has_files, keep_rate, pointed, settled
from narrate.system.cache import Cache
from narrate.system.files import Staging, digest_of
from narrate.system.tempfiles import sweep_folders, token

NO_TEMPORARY = "No folder for temporary files can be written to; set TMPDIR to one."


class BucketStore:
    """The episodes of one show in a bucket, and a temporary folder in which their next versions are made.

    Args:
        bucket: Whose conditional writes were checked.
        show: As its folder on this machine describes it; it gets the identity that it has in the bucket.

    Raises:
        OutputRefused: There is no place for temporary files.
        StorageError: The show's state in the bucket is damaged.
    """

    def __init__(self, bucket: Bucket, show: Show) -> None:
        self._bucket = bucket
        self._show = settled(bucket, show)
        self.show: Show | None = self._show
        self._seen: dict[str, str | None] = {}
        try:
            sweep_folders(Path(tempfile.gettempdir()))
            self._folder = Path(tempfile.mkdtemp(prefix=f"narrate-{token()}."))
        except OSError as error:
            raise OutputRefused(NO_TEMPORARY) from error

    def place(self, source: str, name: str, named: bool) -> Place:
        """Return a temporary folder, and the version that the article's pointer names."""
        folder = self._folder / source
        shutil.rmtree(folder, ignore_errors=True)
        edition, self._seen[source] = pointed(self._bucket, source)
        previous = episode_in(self._bucket, edition)
        return Place(folder, previous, previous.publication if previous else None, self._show.base_url, edition)

    def current(self, source: str) -> Episode | None:
        """Return the version that the article's pointer names, if all of it is there."""
        episode = episode_in(self._bucket, pointed(self._bucket, source)[0])
        return episode if episode and self.is_whole(episode) else None

    def is_whole(self, episode: Episode, sizes_only: bool = False) -> bool:
        """Tell whether every file of a version is there with its size."""
        return has_files(self._bucket.list(f"{_edition(episode)}/"), episode)

    def check_writable(self, job: Job) -> None:
        """Do nothing: the bucket was checked before."""

    def publish(self, job: Job, write: Write) -> Episode:
        """Write a version into a temporary folder, upload it, and point to it."""
        folder = job.release.folder
        try:
            with Staging(folder) as staging:
                episode = write(staging)
                staging.publish()
            published = self._upload(folder, episode)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if self._show.sample_rate_hz is None:
            keep_rate(self._bucket, self._show, published.sample_rate_hz)
            self._show = self.show = replace(self._show, sample_rate_hz=published.sample_rate_hz)
        return published

    def holds(self, name: str) -> bool:
        """Tell whether there is a version of that name."""
        return f"{name}/{NAME}" in self._bucket.list(f"{name}/{NAME}")

    def write_site(self, cache: Cache) -> Site:
        """Write feed, cover and pages."""
        return write_site(self._show, self._bucket, cache)

    def close(self) -> None:
        """Remove the temporary folder."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _upload(self, folder: Path, episode: Episode) -> Episode:
        """Upload files, manifest, page and pointer; return the episode that counts."""
        edition, publication = str(episode.edition), episode.publication
        if publication is None:
            raise StorageError("Object storage holds shows only; name one with --show.")
        self._bucket.create(NAMES + edition, publication.source.encode())
        self._put_files(folder, episode)
        episode, content = self._put_manifest(episode)
        self._put_page(folder, episode, content)
        if not self._bucket.swap(SOURCES + publication.source, edition.encode(), self._seen[publication.source]):
            return self._overtaken(episode, publication.source)
        there = self._bucket.list(f"{edition}/")
        if f"{edition}/{NAME}" not in there or not has_files(there, episode):
            raise Overtaken("Another run removed what was being published; run the command again.")
        return episode

    def _put_files(self, folder: Path, episode: Episode) -> None:
        there = self._bucket.list(f"{episode.edition}/")
        for file in episode.files:
            name = f"{episode.edition}/{file.path}"
            if name not in there:
                self._bucket.create_file(name, folder / file.path)
            elif there[name].size_bytes != file.size_bytes:
                raise StorageError(f"'{self._bucket.url}/{name}' is not what narrate wrote; remove that folder.")

    def _put_manifest(self, episode: Episode) -> tuple[Episode, bytes]:
        """Upload the manifest; where another run wrote it first, with another moment in it, that one counts."""
        name, location = f"{episode.edition}/{NAME}", f"{self._bucket.url}/{episode.edition}"
        content = episode_json(msgspec.structs.replace(episode, superseded=()))
        while not self._bucket.create(name, content):
            found = self._bucket.read(name)
            if found is not None:
                content = found[0]
                break
        return parse_episode(content, location), content

    def _put_page(self, folder: Path, episode: Episode, content: bytes) -> None:
        words, picture = (folder / name for name in ("words.json", "waveform.svg"))
        key = page_key(self._show, digest_of(content))
        page = page_of(episode, self._show, key, words.read_bytes(), picture.read_bytes() if picture.exists() else None)
        self._bucket.put(f"{episode.edition}/{INDEX}", page)

    def _overtaken(self, episode: Episode, source: str) -> Episode:
        """Return what another run published meanwhile, if it is the same version."""
        other = episode_in(self._bucket, pointed(self._bucket, source)[0])
        if other is None or other.job != episode.job:
            raise Overtaken("Others kept publishing the same article; run the command again later.")
        return other


def _edition(episode: Episode) -> str:
    return episode.location.rpartition("/")[2]
