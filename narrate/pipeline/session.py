"""What a Python program renders episodes with."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from contextlib import ExitStack, nullcontext
from pathlib import Path
from types import TracebackType

from narrate.model import Article, Progress, Script
from narrate.model.episode import Episode
from narrate.model.errors import RenderWarning, WrongUse
from narrate.pipeline.options import ArticleJob, RunOptions
from narrate.pipeline.run_session import RunSession
from narrate.reading import Reading
from narrate.script import write_script
from narrate.script.script_file import ScriptFile
from narrate.settings import read_value
from narrate.system.cache import Cache, default_folder

StrPath = str | Path


class Session:
    """Renders articles one after another, with the same engines, settings and cache.

    Use it as a context manager; leaving it writes the feed of every show that got an episode.

    Args:
        settings: By key, as ``docs/settings.md`` lists them, such as ``{"loudness.target": -19, "engine": "pico"}``.
            They count more than environment variables, a show's ``show.toml`` and the user's ``config.toml``.
        voices: Voices by speaker, such as ``{"reporter": "piper:de_DE-thorsten-medium"}``; speakers who are not named
            get one of their own.
        cache: Whether speech is kept for the next run, in the folder that ``NARRATE_CACHE_DIR`` names.

    Raises:
        InputUnreadable: There is no such setting, or its value is not valid.
    """

    def __init__(
        self,
        settings: Mapping[str, object] | None = None,
        voices: Mapping[str, str] | None = None,
        *,
        cache: bool = True,
    ) -> None:
        named = {f"voices.{speaker}": voice for speaker, voice in (voices or {}).items()}
        self._choices = {
            key: read_value("settings", key, value) for key, value in {**(settings or {}), **named}.items()
        }
        self._open = ExitStack()
        self._cache = Cache(default_folder() if cache else None)
        self._open.callback(self._cache.close)
        self._runs: dict[tuple[Path | None, Path | None], RunSession] = {}

    def __enter__(self) -> Session:
        """Return the session itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the session."""
        self.close()

    def render(
        self,
        article: StrPath | Article | Script,
        into: StrPath | None = None,
        show: StrPath | None = None,
        progress: Progress | None = None,
    ) -> Episode:
        """Render an article as an episode, or return the one that is up to date already.

        What a user should know but need not stop for is issued as :class:`RenderWarning`.

        Args:
            article: A file (text, Markdown, HTML, ``.script.toml``), an address, or what :func:`read_article` or
                :func:`write_script` returned.
            into: Folder of the episode; without it, and without a show, ``audio/`` and the title.
            show: Folder of a ``show.toml``: the episode becomes one of that show, or the newer version of one.
            progress: Called with stage, number done, number in all, and the utterance or None.

        Raises:
            NarrateError: Nothing was changed. The class says what kind of failure it was, the message what to do.
        """
        if into is not None and show is not None:
            raise WrongUse("An episode goes into a folder or into a show; leave out one of into and show.")
        run = self._run(Path(show) if show is not None else None, Path(into) if into is not None else None)
        watch = None if progress is None else lambda _: nullcontext(progress)
        if isinstance(article, Article | Script):
            script = write_script(article) if isinstance(article, Article) else article
            result = run.render_script(ScriptFile(script, {}), ArticleJob("-"), watch)
        else:
            result = run.render(ArticleJob(str(article)), watch)
        for warning in result.warnings:
            warnings.warn(warning, RenderWarning, stacklevel=2)
        assert result.episode is not None  # noqa: S101 - it was made in this process
        return result.episode

    def _run(self, show: Path | None, into: Path | None) -> RunSession:
        if (show, into) not in self._runs:
            options = RunOptions(self._choices, Reading(), show=show, output=into)
            run = RunSession(options, self._cache)
            self._open.callback(run.close)
            self._open.callback(self._write_feed, run)
            self._runs[show, into] = run
        return self._runs[show, into]

    def _write_feed(self, run: RunSession) -> None:
        site = run.store.write_site(self._cache)
        for warning in site.warnings if site else ():
            warnings.warn(warning, RenderWarning, stacklevel=4)

    def close(self) -> None:
        """Write the feeds, and close engines and cache; calling it again does nothing."""
        self._open.close()


def render(
    article: StrPath | Article | Script,
    into: StrPath | None = None,
    *,
    show: StrPath | None = None,
    voices: Mapping[str, str] | None = None,
    settings: Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> Episode:
    """Render one article as an episode; see :class:`Session` for many.

    Args:
        article: As in :meth:`Session.render`.
        into: As in :meth:`Session.render`.
        show: As in :meth:`Session.render`; its feed is written.
        voices: As in :class:`Session`.
        settings: As in :class:`Session`.
        progress: As in :meth:`Session.render`.

    Raises:
        NarrateError: Nothing was changed.
    """
    with Session(settings, voices) as session:
        return session.render(article, into, show, progress)
