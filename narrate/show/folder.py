"""A show's own folder as the store of its episodes."""

from __future__ import annotations

from dataclasses import replace

from narrate.episode.job import Job
from narrate.episode.manifest import NAME, is_whole, read_episode, read_publication
from narrate.episode.store import Place, Write, publish_in_folder
from narrate.model.episode import Episode
from narrate.model.show import Show, Site
from narrate.show.claims import claim, claimed
from narrate.show.pages import write_page
from narrate.show.show import keep_rate, stored_rate
from narrate.show.site import write_site
from narrate.system.cache import Cache
from narrate.system.files import check_writable


class ShowFolder:
    """The folder of a ``show.toml``, with a folder for each episode."""

    def __init__(self, show: Show, cache: Cache) -> None:
        self.show: Show | None = show
        self._show, self._cache = show, cache

    def place(self, source: str, name: str, named: bool) -> Place:
        """Claim the folder of an article's episode; see :class:`narrate.episode.store.EpisodeStore`."""
        if self._show.sample_rate_hz is None:  # another run may have published the first episode
            self._show = self.show = replace(self._show, sample_rate_hz=stored_rate(self._show.folder))
        folder = claim(self._show.folder, source, name, named)
        return Place(folder, read_episode(folder), read_publication(folder), f"{self._show.base_url}/{folder.name}")

    def current(self, source: str) -> Episode | None:
        """Return an article's episode as it stands in the folder."""
        name = claimed(self._show.folder, source)
        return read_episode(self._show.folder / name) if name else None

    def is_whole(self, episode: Episode, sizes_only: bool = False) -> bool:
        """Tell whether every file of an episode is there with its digest."""
        return is_whole(episode, sizes_only)

    def check_writable(self, job: Job) -> None:
        """Find out whether files can be put into the folder."""
        check_writable(job.release.folder)

    def publish(self, job: Job, write: Write) -> Episode:
        """Write an episode and its page; what the feed may still name of an earlier version stays."""
        episode = publish_in_folder(job.release.folder, write, self._cache)
        keep_rate(self._show, episode.sample_rate_hz)
        write_page(self._show, job.release.folder)
        return episode

    def holds(self, name: str) -> bool:
        """Tell whether there is an episode of that name."""
        return (self._show.folder / name / NAME).is_file()

    def write_site(self, cache: Cache) -> Site:
        """Write feed, cover and pages."""
        return write_site(self._show, cache)

    def close(self) -> None:
        """Do nothing."""
