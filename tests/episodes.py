"""Episodes for tests, rendered by the pipeline itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from narrate.episode.job import make_job
from narrate.episode.manifest import read_episode
from narrate.episode.release import Release
from narrate.episode.store import LooseFolder
from narrate.lexicon import ScopedLexicon
from narrate.model import Progress, Script
from narrate.model.episode import Episode
from narrate.model.settings import Settings
from narrate.pipeline.render import Tools, render, silent
from narrate.system.cache import Cache
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.cast import Cast, make_cast
from narrate.voices.voices import Voices


@dataclass
class Rendered:
    """An episode, and what the user was warned of."""

    episode: Episode
    warnings: list[str]
    unchanged: bool

    @property
    def folder(self) -> Path:
        """The folder of the episode."""
        return self.episode.folder

    @property
    def audio(self) -> Path:
        """Its MP3."""
        return self.folder / str(self.episode.audio)


@dataclass
class Renderer:
    """Renders scripts into one folder, one after another.

    Attributes:
        folder: Of the episode.
        engines: By name; without a cast the first of them speaks.
        cache: Stays open.
    """

    folder: Path
    engines: Mapping[str, CachedEngine]
    cache: Cache
    lexicons: tuple[ScopedLexicon, ...] = ()
    progress: Progress = silent

    def render(
        self, script: Script, settings: Settings | None = None, cast: Cast | None = None, release: Release | None = None
    ) -> Rendered:
        """Render a script, as a session does it."""
        cast = cast or make_cast(script, next(iter(self.engines.values())).voices(), {})
        release = release or Release(self.folder, previous=read_episode(self.folder))
        voices = Voices(self.engines, self.cache)
        job = make_job(script, cast, settings or Settings(), release, self.lexicons, voices)
        warnings: list[str] = []
        store = LooseFolder(self.cache, self.folder.parent, self.folder)
        episode = render(job, Tools(voices, warnings.append), store, self.progress)
        return Rendered(episode, warnings, episode is release.previous)
