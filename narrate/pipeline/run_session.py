"""One article after another, made into episodes with the same engines, lexicons, cache and store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import cached_property

from narrate.episode.job import make_job
from narrate.episode.store import EpisodeStore
from narrate.model import Progress, Script
from narrate.model.errors import Overtaken
from narrate.pipeline.casting import Engines, cast_for
from narrate.pipeline.chosen_settings import settings_of
from narrate.pipeline.lexicons import lexicons_of
from narrate.pipeline.opening import open_script
from narrate.pipeline.options import ArticleJob, RunOptions
from narrate.pipeline.placing import NO_FEED, open_store, release_of
from narrate.pipeline.render import Tools, render, silent
from narrate.pipeline.result import Result, Status, of_episode
from narrate.script.script_file import ScriptFile
from narrate.settings import choose, show_folder
from narrate.system import log
from narrate.system.cache import Cache, key_of
from narrate.system.cache_limit import keep_below, most_bytes
from narrate.system.files import sha256_of
from narrate.voices.cast import Cast
from narrate.voices.voices import Voices

TRIES = 5  # where other runs publish the same article at the same time
NO_NOTICE = "--disclosure off: the audio does not say that its voices are synthetic; tags and manifest still do."
SHARED = "There are more speakers than distinct voices; these share one: {}. Choose others with --voice."
NO_CACHE = (
    "The cache folder cannot be written, so speech is not kept for the next run; "
    "set NARRATE_CACHE_DIR to another folder."
)
Watch = Callable[[Script], AbstractContextManager[Progress | None]]


class RunSession:
    """What the episodes of one run share: engines, lexicons, cache and store, held open.

    Raises:
        InputMissing, InputUnreadable, PermissionRefused: A configuration or lexicon cannot be read, or a limit is not
            a number.
        EngineUnavailable: There is no such engine.
    """

    def __init__(self, run_options: RunOptions, cache: Cache) -> None:
        self.run_options, self.cache = run_options, cache
        self._most_cache_bytes = most_bytes()
        chosen = run_options.chosen()
        self.engines = Engines(chosen, cache)
        self.engines.prepare(chosen.table("voices").values())
        self._lexicons = tuple(lexicons_of(chosen, run_options.lexicons))
        self._chosen = chosen
        self._store: EpisodeStore | None = None

    @property
    def store(self) -> EpisodeStore:
        """Where the episodes go; opened when it is first asked for."""
        if self._store is None:
            self._store = open_store(self.run_options, self.cache)
        return self._store

    @cached_property
    def digest(self) -> str:
        """The digest of everything that was chosen, the files among it included; what articles bring is not in it."""
        chosen = self._chosen
        settings = settings_of(chosen, self.run_options, ArticleJob(""))
        files = [*settings.music.files().values(), *([settings.cover] if settings.cover else [])]
        said = [(one.engine, one.voice, one.lexicon.digest) for one in self._lexicons]
        show = show_folder(self.run_options.show)
        own = choose({}, None, show).values if show else {}
        run_options = replace(self.run_options, lexicons=(), choices={}, show=None, output=None)
        values = {**chosen.values, "sign.key": None}
        where = str(show.resolve()) if show else None
        return key_of(repr(run_options), repr(values), repr(own), said, [sha256_of(file) for file in files], where)

    def render(self, article_job: ArticleJob, watch: Watch | None = None) -> Result:
        """Make an episode of an article, or find that it is there already.

        Args:
            article_job: Which article.
            watch: Given the script, returns what is called with progress.

        Raises:
            NarrateError: It was not made, and nothing was changed; the exit code says what kind of failure it was.
        """
        with log.clocked(log.Clock()) as clock:
            with log.stage("read"):
                opened = open_script(article_job, self.run_options.reading)
            return replace(self.render_script(opened, article_job, watch), stages=clock.stages)

    def render_script(self, opened: ScriptFile, article_job: ArticleJob, watch: Watch | None = None) -> Result:
        """Make an episode of a script, or find that it is there already.

        Raises:
            NarrateError: As in :meth:`render`.
        """
        try:
            return self._rendered(opened, article_job, watch)
        finally:
            keep_below(self.cache, self._most_cache_bytes)

    def _rendered(self, opened: ScriptFile, article_job: ArticleJob, watch: Watch | None) -> Result:
        run_options, warnings = self.run_options, list[str]()
        chosen = run_options.chosen(opened.voices)
        settings = settings_of(chosen, run_options, article_job)
        warnings += [] if settings.notice else [NO_NOTICE]
        with log.stage("cast"):
            cast = cast_for(opened.script, chosen, self.engines, warnings)
        shared = cast.shared()
        warnings += [SHARED.format("; ".join(" and ".join(names) for names in shared))] if shared else []
        warnings += _without_voice(run_options.lexicons, cast)
        made: list[str] = []
        tools = Tools(Voices(self.engines, self.cache), made.append)
        with watch(opened.script) if watch else nullcontext() as progress:
            for attempt in range(TRIES):
                release, named = release_of(opened.script, article_job, settings, run_options, chosen, self.store)
                job = make_job(opened.script, cast, named, release, self._lexicons, tools.voices)
                try:
                    episode = render(job, tools, self.store, progress or silent)
                    break
                except Overtaken:
                    if attempt + 1 == TRIES:
                        raise
                    made.clear()
        if self.store.show is None and show_folder(run_options.show) and not run_options.output:
            warnings.append(NO_FEED)
        by_us = self.engines.automatic and any(voice.engine == self.engines.name for voice in cast.voices())
        advice = self.engines.advice() if by_us else None
        status: Status = "unchanged" if episode is release.previous else "made"
        return of_episode(article_job.source, episode, status, warnings=(*warnings, *made), advice=advice)

    def close(self) -> None:
        """Close engines and store; the cache stays open."""
        self.engines.close()
        if self._store is not None:
            self._store.close()


def _without_voice(named: Sequence[tuple[str, str, object]], cast: Cast) -> list[str]:
    """Return a warning for each lexicon of the command line that fits nobody who speaks."""
    return [
        f"--lexicon {engine}{':' if name else ''}{name}={path}: no speaker has that voice here; it is not used."
        for engine, name, path in named
        if not any(engine in ("", voice.engine) and name in ("", voice.name) for voice in cast.voices())
    ]
