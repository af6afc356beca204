"""Everything that decides what the files of an episode hold, and its digest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from narrate.audio.sound_files import digests
from narrate.episode.manifest import TOOL
from narrate.episode.pictures import picture_digests
from narrate.episode.release import Release
from narrate.lexicon import ScopedLexicon, builtin_digest
from narrate.model import Script
from narrate.model.errors import InputMissing, InputUnreadable, PermissionRefused
from narrate.model.settings import Music, Settings
from narrate.system.cache import key_of
from narrate.system.files import sha256_of
from narrate.voices.cast import Cast
from narrate.voices.voices import Voices

FORMAT = 4  # raise it where equal jobs come to give other files
COVER = "cover"


@dataclass(frozen=True)
class Job:
    """An episode to be made.

    Every field counts in :attr:`digest`, those of its parts too, unless its metadata says ``shapes: False``.

    Attributes:
        script: What will be heard.
        cast: Who says it.
        settings: How.
        release: Where it goes, and as which episode.
        lexicons: The user's pronunciations, with the voices they are for.
        versions: Of every voice of the cast, in its order.
        files: SHA-256 of every file that the settings name, by the field's name.
        pictures: What tells each section's picture from another.
    """

    script: Script
    cast: Cast
    settings: Settings
    release: Release
    lexicons: tuple[ScopedLexicon, ...] = ()
    versions: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    pictures: tuple[str | None, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything that shapes the files, of this program too."""
        return key_of([TOOL.name, TOOL.version], FORMAT, builtin_digest(), shaping_values(self))


def make_job(
    script: Script,
    cast: Cast,
    settings: Settings,
    release: Release,
    lexicons: tuple[ScopedLexicon, ...],
    voices: Voices,
) -> Job:
    """Look up everything that a job depends on.

    Raises:
        EngineUnavailable: An engine is missing and nobody may step in.
        InputMissing, InputUnreadable, PermissionRefused: The cover or a music file cannot be read.
    """
    versions = [voices.version(voice, optional=cast.understudy is not None) for voice in cast.voices()]
    if not settings.music.files():
        settings = replace(settings, music=Music())  # levels of no music shape nothing
    named = dict(_named_files(settings))
    cover = {COVER: _cover_digest(named.pop(COVER))} if COVER in named else {}
    pictures = picture_digests(script, release.pictures)
    return Job(script, cast, settings, release, lexicons, tuple(versions), cover | digests(named), tuple(pictures))


def shaping_values(value: object) -> object:
    """Return a value as JSON holds it, for a digest.

    A value with a ``digest`` of its own is that; of a path nothing counts, for files count by their content.
    """
    own = getattr(value, "digest", None) if not isinstance(value, Job) else None
    if isinstance(own, str):
        return own
    if is_dataclass(value) and not isinstance(value, type):
        counted = [one.name for one in fields(value) if one.metadata.get("shapes", True)]
        return {name: shaping_values(getattr(value, name)) for name in counted}
    if isinstance(value, Mapping):
        return [[key, shaping_values(one)] for key, one in value.items()]
    if isinstance(value, tuple | list):
        return [shaping_values(one) for one in value]
    if isinstance(value, Path):
        return None
    return value.isoformat() if isinstance(value, date) else value


def _named_files(value: object, name: str = "") -> Iterator[tuple[str, Path]]:
    """Yield every path in the settings with the name of its field, such as ``music.intro``."""
    if isinstance(value, Path):
        yield name, value
    elif is_dataclass(value):
        for one in fields(value):
            yield from _named_files(getattr(value, one.name), f"{name}.{one.name}".lstrip("."))


def _cover_digest(cover: Path) -> str:
    try:
        if cover.exists() and not cover.is_file():
            raise InputUnreadable(f"The cover {str(cover)[:100]!r} is not a file; name a picture.")
        return sha256_of(cover)
    except FileNotFoundError as error:
        raise InputMissing(f"The cover '{cover}' does not exist; correct the name.") from error
    except PermissionError as error:
        raise PermissionRefused(f"Permission denied: '{cover}'. Make it readable (chmod +r).") from error
    except (OSError, ValueError) as error:
        raise InputUnreadable(f"The cover {str(cover)[:100]!r} cannot be read; name a picture.") from error
