"""What the user asked for, as values that can be sent to another process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from narrate.reading import Reading
from narrate.settings import Chosen, Layer, choose


@dataclass(frozen=True, slots=True)
class ArticleJob:
    """One article to be made into an episode.

    Attributes:
        source: A file, a script file, an address, ``-`` for standard input; with ``content`` only its name.
        content: The article itself, where it is in no file of its own.
        format: What ``content`` is written in, or None for what the run options say.
        title: Instead of the article's own.
        author: Instead of the article's own.
        url: Where the article is published, instead of what it says itself.
        identity: What tells the article again in its show; None for its address or file.
        slug: Name of folder and file, or None.
        published: Day of publication, or None for the article's.
        only_new: Whether an article that has an episode is left as it is, without being read again.
    """

    source: str
    content: bytes | None = None
    format: str | None = None
    title: str | None = None
    author: str | None = None
    url: str | None = None
    identity: str | None = None
    slug: str | None = None
    published: date | None = None
    only_new: bool = False


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What holds for all articles of a run.

    Attributes:
        choices: What the command line chose, by key of the configuration; None means not chosen.
        reading: How articles are read.
        lexicons: Engine, voice (both may be empty) and file of each lexicon named on the command line.
        show: Folder with a ``show.toml``, or None.
        output: Folder for the files, or None for the usual place.
        clips_only: Whether only the clips are made.
        page: Whether an episode outside a show has a page.
        out: Object storage that the show's episodes are put on, ``s3://bucket/prefix``, or None for its folder.
    """

    choices: Layer = field(default_factory=dict)
    reading: Reading = field(default_factory=Reading)
    lexicons: tuple[tuple[str, str, Path], ...] = ()
    show: Path | None = None
    output: Path | None = None
    clips_only: bool = False
    page: bool = False
    out: str | None = None

    def chosen(self, voices: Mapping[str, str] | None = None) -> Chosen:
        """Lay the command line over variables and files."""
        script = {f"voices.{who}": voice for who, voice in (voices or {}).items()}
        return choose(self.choices, script, self.show)
