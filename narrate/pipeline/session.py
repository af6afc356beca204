"""One article after another, made into episodes with the same engines, lexicons and cache."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from narrate.model import Script
from narrate.pipeline.casting import Engines, cast_for
from narrate.pipeline.chosen_settings import settings_of
from narrate.pipeline.lexicons import lexicons_of
from narrate.pipeline.opening import open_script
from narrate.pipeline.options import Assignment, Brief
from narrate.pipeline.placing import NO_FEED, Shelf, place
from narrate.pipeline.render import Rendered, render
from narrate.settings import choose, show_folder
from narrate.system import log
from narrate.system.cache import Cache, key_of
from narrate.system.cache_limit import keep_below, most_bytes
from narrate.system.files import sha256_of
from narrate.voices.cast import Cast
from narrate.voices.speak import Progress

if TYPE_CHECKING:
    from narrate.model.show import Show

NO_NOTICE = "--disclosure off: the sound does not say that its voices are synthetic; tags and manifest still do."
SHARED = "There are more speakers than voices that can be told apart; these share one: {}. Choose others with --voice."
NO_CACHE = (
    "The cache folder cannot be written; what is spoken now is not kept for the next run (NARRATE_CACHE_DIR moves it)."
)
Watch = Callable[[Script], AbstractContextManager[Progress | None]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """An episode, as it was made.

    Attributes:
        rendered: Its folder and manifest.
        cast: Who speaks in it.
        show: The show whose feed is to be derived anew, or None.
        warnings: What a person has to be told.
        advice: How the voices could be better, or None where a person chose them.
        stages: Wall time in seconds of each stage, in their order.
    """

    rendered: Rendered
    cast: Cast
    show: Show | None
    warnings: tuple[str, ...]
    advice: str | None
    stages: Mapping[str, float] = field(default_factory=dict)


class Studio:
    """What episodes of one brief share: engines and lexicons, held open.

    Args:
        brief: What was chosen for all.
        cache: Stays open.
        shelf: Where the show's episodes stand, if not in its folder.

    Raises:
        InputMissing, InputUnreadable, PermissionRefused: A configuration or lexicon cannot be read, or a limit is no
            number.
        EngineUnavailable: There is no such engine.
    """

    def __init__(self, brief: Brief, cache: Cache, shelf: Shelf | None = None) -> None:
        self.brief, self.cache, self._shelf = brief, cache, shelf
        self._most_cache_bytes = most_bytes()
        chosen = brief.chosen()
        self.engines = Engines(chosen, cache)
        self.engines.prepare(chosen.table("voices").values())
        self._lexicons = lexicons_of(chosen, brief.lexicons)
        self._chosen = chosen

    @cached_property
    def show(self) -> Show | None:
        """The show that episodes go into, or None."""
        from narrate.show.show import open_show

        folder = show_folder(self.brief.show)
        show = open_show(folder) if folder else None
        return self._shelf.show(show) if show and self._shelf else show

    @cached_property
    def digest(self) -> str:
        """The digest of everything that was chosen, the files among it included; what articles bring is not in it."""
        chosen = self._chosen
        settings = settings_of(chosen, self.brief, Assignment(""))
        files = [*settings.music.files().values(), *([settings.cover] if settings.cover else [])]
        said = [(one.engine, one.voice, one.lexicon.digest) for one in self._lexicons]
        show = show_folder(self.brief.show)
        own = choose({}, None, show).values if show else {}
        brief = replace(self.brief, lexicons=(), choices={}, show=None, output=None)
        values = {**chosen.values, "sign.key": None}
        where = str(show.resolve()) if show else None
        return key_of(repr(brief), repr(values), repr(own), said, [sha256_of(file) for file in files], where)

    def render(self, assignment: Assignment, watch: Watch | None = None) -> Delivery:
        """Make an episode of an article, or find that it is there already.

        Args:
            assignment: Which article.
            watch: Given the script, returns who is told of progress.

        Raises:
            NarrateError: It was not made, and nothing was changed; the exit code says what kind of failure it was.
        """
        try:
            with log.clocked(log.Clock()) as clock:
                return replace(self._rendered(assignment, watch), stages=clock.stages)
        finally:
            keep_below(self.cache, self._most_cache_bytes)

    def _rendered(self, assignment: Assignment, watch: Watch | None) -> Delivery:
        brief = self.brief
        with log.stage("read"):
            opened = open_script(assignment, brief.reading)
        chosen = brief.chosen(opened.voices)
        settings = settings_of(chosen, brief, assignment)
        warnings = [] if settings.notice else [NO_NOTICE]
        with log.stage("cast"):
            cast = cast_for(opened.script, chosen, self.engines, warnings)
        shared = cast.shared()
        warnings += [SHARED.format("; ".join(" and ".join(names) for names in shared))] if shared else []
        warnings += _without_voice(brief.lexicons, cast)
        with watch(opened.script) if watch else nullcontext() as progress:
            to = place(opened.script, assignment, settings, brief, chosen, self._shelf)
            rendered = render(
                opened.script, cast, to.settings, to.folder, self.engines, self.cache, progress, self._lexicons,
                to.release,
            )  # fmt: skip
        if to.show is not None and self._shelf is None:
            from narrate.show.show import keep_rate

            keep_rate(to.show, rendered.manifest["sample_rate_hz"])
        if to.show is None and show_folder(brief.show) and not brief.output:
            warnings.append(NO_FEED)
        by_us = self.engines.automatic and any(voice.engine == self.engines.name for voice in cast.voices())
        advice = self.engines.advice() if by_us else None
        return Delivery(rendered, cast, to.show, (*warnings, *rendered.warnings), advice)

    def close(self) -> None:
        """Close the engines."""
        self.engines.close()


def _without_voice(named: Sequence[tuple[str, str, object]], cast: Cast) -> list[str]:
    """Return a warning for each lexicon of the command line that fits nobody who speaks."""
    return [
        f"--lexicon {engine}{':' if name else ''}{name}={path}: nobody speaks with that voice here; it is not used."
        for engine, name, path in named
        if not any(engine in ("", voice.engine) and name in ("", voice.name) for voice in cast.voices())
    ]
