"""What a user may choose about an episode: frozen values, units in their names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from narrate.model import Boundary

EmojiReading = Literal["silent", "named"]
AUTO = 0  # bit rate or sample rate that follows from what is heard
SAMPLE_RATES_HZ = (32_000, 44_100, 48_000)  # of MPEG-1
SHORT_SENTENCE_S, LONG_SENTENCE_S = 4.0, 12.0
NOTICE = "Dieser Beitrag wurde mit synthetischen Stimmen vertont."


@dataclass(frozen=True, slots=True)
class Gaps:
    """Silence between two sentences, in milliseconds, by what lies between them.

    Attributes:
        sentence_ms: Within a paragraph.
        paragraph_ms: Between paragraphs.
        voice_ms: Where another voice begins.
        chapter_ms: Between chapters.
        long_ms: More after a sentence of 12 s, less in proportion after shorter ones, nothing after 4 s.

    Source:
        Bose (2011), Rodero (2012) and Front. Psychol. 2022, 778018: pauses of radio news and of slow readers.
    """

    sentence_ms: int = 450
    paragraph_ms: int = 850
    voice_ms: int = 850
    chapter_ms: int = 1600
    long_ms: int = 250

    def before(self, boundary: Boundary, seconds_before: float = 0.0) -> int:
        """Return the gap for a boundary, in milliseconds.

        Args:
            boundary: What lies between two sentences.
            seconds_before: How long the first of them is heard.
        """
        own = {
            "sentence": self.sentence_ms,
            "paragraph": self.paragraph_ms,
            "voice": self.voice_ms,
            "chapter": self.chapter_ms,
        }[boundary]
        share = (seconds_before - SHORT_SENTENCE_S) / (LONG_SENTENCE_S - SHORT_SENTENCE_S)
        return own + round(self.long_ms * min(max(share, 0.0), 1.0))


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the MP3 is made.

    Attributes:
        bitrate_kbps: Constant; 64 to 320, or ``AUTO``.
        sample_rate_hz: 32000, 44100 or 48000, or ``AUTO``.
    """

    bitrate_kbps: int = 96
    sample_rate_hz: int = 44_100

    def settled(self, rates_hz: Iterable[int], music: bool) -> Encoding:
        """Return the same without ``AUTO``.

        The sample rate is the lowest of MPEG-1 that loses nothing. Speech alone at 32 kHz has 64 kbit/s, two bits a
        sample as 96 at 44.1 kHz; all else has 96.

        Args:
            rates_hz: Sample rates of all that will be heard.
            music: Whether there is music.
        """
        highest = max(rates_hz, default=0)
        lowest = next((rate for rate in SAMPLE_RATES_HZ if rate >= highest), SAMPLE_RATES_HZ[-1])
        rate_hz = self.sample_rate_hz or lowest
        speech_alone = rate_hz == SAMPLE_RATES_HZ[0] and not music
        return Encoding(self.bitrate_kbps or (64 if speech_alone else 96), rate_hz)


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
    """What a user may choose about an episode.

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
    encoding: Encoding = field(default_factory=lambda: Encoding(AUTO, AUTO))
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
