"""An episode as it was made: everything that its manifest, ``episode.json``, says of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from narrate.model.script import Gender, Role
from narrate.model.speech import Voice
from narrate.model.timeline import Chapter, Cue

LARGEST_COUNT = 10**12
LONGEST_MS = 1_000_000_000  # eleven days

Count = Annotated[int, Meta(ge=0, le=LARGEST_COUNT)]
Milliseconds = Annotated[int, Meta(ge=0, le=LONGEST_MS)]
Digest = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Guid = Annotated[str, Meta(pattern=r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")]
Moment = Annotated[datetime, Meta(tz=True)]
SourceType = Annotated[str, Meta(pattern=r"\Ahttp://cv\.iptc\.org/newscodes/digitalsourcetype/")]
# Below the episode's folder: no empty part, no "." or "..", no backslash.
FilePath = Annotated[str, Meta(pattern=r"\A(?:(?!\.{1,2}(?:/|\Z))[^/\\\x00]+(?:/(?!\Z)|\Z))+\Z")]


class _Record(msgspec.Struct, frozen=True):
    pass


class _SparseRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record whose optional fields are left out of the file where they hold nothing."""


class ScriptLine(_Record, frozen=True, kw_only=True):
    """A segment of the script; ``speaker`` is a full name, or None for the reporter."""

    role: Role
    speaker: str | None = None
    gender: Gender | None = None
    starts_paragraph: bool = True
    text: str


class ScriptPart(_SparseRecord, frozen=True, kw_only=True):
    """A section of the script."""

    heading: str | None
    image: str | None = None
    anchor: str | None = None
    segments: tuple[ScriptLine, ...]


class ScriptText(_Record, frozen=True, kw_only=True):
    """The script that was spoken, as printed."""

    title: str
    teaser: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None
    language: str = "de"
    image: str | None = None
    omitted: tuple[str, ...] = ()
    sections: tuple[ScriptPart, ...] = ()

    def words(self) -> ScriptText:
        """Return the same without pictures and anchors, to tell whether words changed."""
        sections = tuple(msgspec.structs.replace(one, image=None, anchor=None) for one in self.sections)
        return msgspec.structs.replace(self, image=None, sections=sections)


class SpokenBy(_Record, frozen=True, kw_only=True):
    """A voice that was heard, and the version of all that shaped its sound."""

    engine: str
    voice: str
    version: str


class CastMember(_Record, frozen=True, kw_only=True):
    """Who speaks with which voice; ``speaker`` is None for the reporter."""

    speaker: str | None
    engine: str
    voice: str
    language: str = "de"
    rate: Annotated[float, Meta(gt=0, le=1000)] = 1.0
    pitch_semitones: Annotated[float, Meta(ge=-1000, le=1000)] = 0.0

    def as_voice(self) -> Voice:
        """Return the voice; its gender is not known any more."""
        return Voice(self.engine, self.voice, self.language, self.rate, self.pitch_semitones)


class StandIn(_Record, frozen=True, kw_only=True):
    """A sentence that another voice spoke than the one asked for; voices are written as on the command line."""

    segment: Count | None
    text: str
    wanted: str
    spoken_by: str


class Clip(_Record, frozen=True, kw_only=True):
    """An MP3 of one chapter, counted from 0."""

    path: FilePath
    chapter: Count
    title: str
    start_ms: Milliseconds
    end_ms: Milliseconds


class Soundbite(_Record, frozen=True, kw_only=True):
    """A short part that stands for the episode."""

    start_ms: Milliseconds
    duration_ms: Milliseconds
    title: str


class EpisodeFile(_Record, frozen=True, kw_only=True):
    """A file of the episode; ``type`` is its media type."""

    path: FilePath
    type: str
    size_bytes: Count
    sha256: Digest


class Publication(_Record, frozen=True, kw_only=True):
    """An episode's stable identity in its show, and its dates.

    ``source`` is the digest of where the article comes from, ``updated`` the last change of its words after
    publication, ``listed`` whether the feed names it.
    """

    guid: Guid
    source: str
    published: Moment
    updated: Moment | None = None
    listed: bool = True


class Tool(_Record, frozen=True, kw_only=True):
    """The program that made the episode."""

    name: str
    version: str


class Episode(_SparseRecord, frozen=True, kw_only=True):
    """An episode: what was made, of what, and which files it consists of.

    Times are milliseconds from the start of the MP3, half-open; sample positions count in the decoded MP3.
    """

    title: str
    slug: str
    duration_ms: Milliseconds
    sample_rate_hz: Count
    bitrate_kbps: Count
    loudness_lufs: float
    """Integrated, of the decoded MP3."""
    true_peak_dbtp: float
    dated: date | None
    """The day that was chosen for its tag, None for the article's own."""
    notice: str | None
    synthetic: bool
    digital_source_type: SourceType
    """IPTC's term for how the sound was made."""
    engines: tuple[SpokenBy, ...]
    cast: tuple[CastMember, ...]
    stand_ins: tuple[StandIn, ...]
    script: ScriptText
    chapters: tuple[Chapter, ...]
    cues: tuple[Cue, ...]
    audio: FilePath | None
    """Path of the whole MP3 below the episode's folder; None where only clips were made."""
    audio_unsigned_sha256: Digest | None
    """Digest of the MP3 before it was signed, since two signatures of the same sound differ."""
    cover: FilePath | None
    clips: tuple[Clip, ...]
    soundbite: Soundbite | None
    files: tuple[EpisodeFile, ...]
    publication: Publication | None
    job: str
    """Digest of everything that shaped the files."""
    tool: Tool
    edition: str | None = None
    """Name of its folder in a store that keeps every version."""
    superseded: tuple[str, ...] | None = None
    """Files of earlier versions that may still be named by a feed."""
    location: str = ""
    """Folder or address where it stands; not part of the file."""

    def __post_init__(self) -> None:
        """Check what the types cannot say.

        Raises:
            ValueError: A time, a path or the list of files is impossible.
        """
        for member in self.cast:
            member.as_voice()
        spans: tuple[Cue | Chapter, ...] = (*self.cues, *self.chapters)
        for one in spans:
            if not 0 <= one.start_ms <= LONGEST_MS or not 0 <= one.end_ms <= LONGEST_MS:
                raise ValueError("a cue or chapter has an impossible time")
        for cue in self.cues:
            if not 0 <= cue.start_sample <= LARGEST_COUNT or not 0 <= cue.end_sample <= LARGEST_COUNT:
                raise ValueError("a cue has an impossible sample position")
        for chapter in self.chapters:
            if chapter.image is not None and (chapter.image.startswith("/") or ".." in chapter.image.split("/")):
                raise ValueError("the image of a chapter is outside the episode's folder")

    @property
    def folder(self) -> Path:
        """The folder where it stands; meaningless for an episode on object storage."""
        return Path(self.location)

    def file(self, path: str | None) -> EpisodeFile | None:
        """Return the file at a path, or None where the episode does not list it."""
        return next((file for file in self.files if file.path == path), None)

    @property
    def audio_file(self) -> EpisodeFile | None:
        """The whole MP3, or None."""
        return self.file(self.audio)

    def speakers(self) -> Sequence[str]:
        """Return everyone quoted, in the order of the cast."""
        return [member.speaker for member in self.cast if member.speaker]
