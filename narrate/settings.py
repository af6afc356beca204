"""What a person may choose about an episode: frozen values, units in their names."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from narrate.model import Boundary

EmojiReading = Literal["silent", "named"]
NOTICE = "Dieser Beitrag wurde mit synthetischen Stimmen vertont."


@dataclass(frozen=True, slots=True)
class Gaps:
    """Silence between two sentences, in milliseconds, by what lies between them.

    Attributes:
        sentence_ms: Within a paragraph.
        paragraph_ms: Between paragraphs.
        voice_ms: Where another voice begins.
        chapter_ms: Between chapters.
    """

    sentence_ms: int = 300
    paragraph_ms: int = 600
    voice_ms: int = 700
    chapter_ms: int = 1300

    def before(self, boundary: Boundary) -> int:
        """Return the gap for a boundary."""
        return {
            "sentence": self.sentence_ms,
            "paragraph": self.paragraph_ms,
            "voice": self.voice_ms,
            "chapter": self.chapter_ms,
        }[boundary]


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the MP3 is made.

    Attributes:
        bitrate_kbps: Constant; 64 to 320.
        sample_rate_hz: 44100 or 48000.
    """

    bitrate_kbps: int = 96
    sample_rate_hz: int = 44_100


@dataclass(frozen=True, slots=True)
class Target:
    """How loud the episode shall be.

    Attributes:
        loudness_lufs: Integrated loudness, of the mono file as it is.
        ceiling_dbtp: Highest true peak in the decoded MP3.
    """

    loudness_lufs: float = -16.0
    ceiling_dbtp: float = -1.0


@dataclass(frozen=True, slots=True)
class Music:
    """Sound files that are heard beside speech; levels are loudness as seen from that of speech.

    Attributes:
        intro: Before everything else.
        outro: After everything else.
        chapter_jingle: Before every chapter but the first.
        bed: Under all that is spoken.
        level_lu: Of intro, outro, jingle, and of the bed where nobody speaks.
        bed_level_lu: Of the bed under speech.
        fade_ms: How long the bed, and what is cut because it is too long, takes to fade.
    """

    intro: Path | None = None
    outro: Path | None = None
    chapter_jingle: Path | None = None
    bed: Path | None = None
    level_lu: float = -1.0
    bed_level_lu: float = -18.0
    fade_ms: int = 800

    def files(self) -> dict[str, Path]:
        """Return the files that were chosen, by their keys: recordings that narrate did not make."""
        chosen = {"intro": self.intro, "outro": self.outro, "chapter_jingle": self.chapter_jingle, "bed": self.bed}
        return {f"music.{part}": path for part, path in chosen.items() if path is not None}


@dataclass(frozen=True, slots=True)
class Announcements:
    """Templates of what the reporter says beside the article; None for nothing.

    Attributes:
        opening: After the notice.
        chapter: Instead of the bare heading of a chapter.
        closing: After the last sentence.
    """

    opening: str | None = None
    chapter: str | None = None
    closing: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may choose about an episode.

    Attributes:
        gaps: Silences.
        target: Loudness.
        encoding: Of the MP3s.
        notice: Spoken at the start to tell that the voices are synthetic; None leaves it out of the sound.
        album: Name of the show.
        artist: Who publishes; None for the article's author, else the album.
        published: Day of publication; None for the article's.
        cover: Picture to use instead of a generated one.
        slug: Name of folder and file; None for the title's.
        emoji: Whether emoji are silent or called by their German names.
        clips_only: Whether only the clips are made.
        page: Whether an episode that is in no show has a page of its own.
        music: What is heard beside speech.
        announcements: What is said beside the article.
    """

    gaps: Gaps = field(default_factory=Gaps)
    target: Target = field(default_factory=Target)
    encoding: Encoding = field(default_factory=Encoding)
    notice: str | None = NOTICE
    album: str = "narrate"
    artist: str | None = None
    published: date | None = None
    cover: Path | None = None
    slug: str | None = None
    emoji: EmojiReading = "silent"
    clips_only: bool = False
    page: bool = False
    music: Music = field(default_factory=Music)
    announcements: Announcements = field(default_factory=Announcements)
