"""The nouns: frozen values that the pipeline hands on, units in their names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

Gender = Literal["f", "m"]
Role = Literal["headline", "teaser", "heading", "narration", "quote", "post", "attribution", "notice", "announcement"]
Boundary = Literal["sentence", "paragraph", "voice", "chapter"]


@dataclass(frozen=True, slots=True)
class Quoted:
    """Paragraphs that the markup says are quoted in full.

    Attributes:
        start: Index of the first of them in its section.
        end: After the last.
        author: Who wrote them where the markup tells, else None.
    """

    start: int
    end: int
    author: str | None = None


@dataclass(frozen=True, slots=True)
class ArticleSection:
    """A heading and the paragraphs under it.

    Attributes:
        heading: As printed but without its number; None before the first heading.
        paragraphs: Printed text, one string a paragraph, no line breaks inside.
        quoted: Which of them the markup quotes in full, in order; empty for plain text.
        strong: Indices of those set in bold as a whole; empty for plain text.
        image: Address of its first picture, or a path as seen from the article's folder; None for no picture.
        anchor: What leads to the heading behind a # in the article's address, or None.
    """

    heading: str | None
    paragraphs: tuple[str, ...]
    quoted: tuple[Quoted, ...] = ()
    strong: tuple[int, ...] = ()
    image: str | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """What was read: words as printed, layout as structure.

    Attributes:
        title: Headline without a final full stop.
        teaser: The sentence or sentences under the headline, or None.
        sections: In reading order; only the first may have no heading.
        author: By-line, if the article names one.
        published: Day of publication, if the article names one.
        url: Where it was published, if known.
        language: BCP 47.
        image: Address of its lead image, if known.
        omitted: Lines that say only what the fields above hold, and are not spoken.
    """

    title: str
    teaser: str | None
    sections: tuple[ArticleSection, ...]
    author: str | None = None
    published: date | None = None
    url: str | None = None
    language: str = "de"
    image: str | None = None
    omitted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PictureSource:
    """Where an article's pictures may be had from.

    Attributes:
        folder: Of the article's file; None where it is no file.
        online: Whether the article was read from an address. Only then are pictures fetched: an article in a file
            may be confidential, and asking for its pictures would tell of it.
        allow_private: Whether addresses may lead into a private network, as for the article.
    """

    folder: Path | None = None
    online: bool = False
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody quoted.

    Attributes:
        name: Full name as the article gives it.
        gender: Grammatical gender where the text tells it, else None.
    """

    name: str
    gender: Gender | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text in one role and one voice.

    Attributes:
        role: What the text is in the article.
        speaker: Who is quoted, or None for the reporter.
        text: As printed, quotation marks included.
        starts_paragraph: False where it goes on in the paragraph of the segment before.
    """

    role: Role
    speaker: Speaker | None
    text: str
    starts_paragraph: bool = True


@dataclass(frozen=True, slots=True)
class ScriptSection:
    """A chapter to be.

    Attributes:
        heading: None in the first.
        segments: In order.
        image: As in its section of the article.
        anchor: As in its section of the article.
    """

    heading: str | None
    segments: tuple[Segment, ...]
    image: str | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """What will be heard, in order.

    Attributes:
        title: Headline without a final full stop.
        teaser: As in the article, or None.
        sections: One for each chapter; headline and teaser are segments of the first.
        author: By-line, or None.
        published: Day of publication, or None.
        url: Where the article was published, or None.
        language: BCP 47.
        image: Address of the lead image, or None.
        omitted: What of the article is not spoken: by-lines, labels of an interview.
    """

    title: str
    teaser: str | None
    sections: tuple[ScriptSection, ...]
    author: str | None = None
    published: date | None = None
    url: str | None = None
    language: str = "de"
    image: str | None = None
    omitted: tuple[str, ...] = ()

    def speakers(self) -> tuple[Speaker, ...]:
        """Everyone quoted, in order of first appearance, each name once."""
        found: dict[str, Speaker] = {}
        for section in self.sections:
            for segment in section.segments:
                if segment.speaker is not None:
                    found.setdefault(segment.speaker.name, segment.speaker)
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice an engine can speak with.

    Attributes:
        engine: Name of the engine.
        name: The engine's own name for it.
        language: BCP 47.
        rate: Speed; 1.0 is the engine's own.
        pitch_semitones: Shift of the engine's own pitch.
        gender: How it sounds to most listeners, or None.
    """

    engine: str
    name: str
    language: str = "de"
    rate: float = 1.0
    pitch_semitones: float = 0.0
    gender: Gender | None = None


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence to be said, in the voice that says it.

    Attributes:
        chapter: Index of its chapter.
        boundary: What lies between it and the utterance before; None at the very start.
        role: As in its segment; ``notice``, ``heading`` and ``announcement`` are what we add.
        speaker: Full name, or None for the reporter.
        voice: Who says it.
        text: As printed.
        spoken: What the engine is given.
        segment: Index of its segment over the whole script; None for what we add.
    """

    chapter: int
    boundary: Boundary | None
    role: Role
    speaker: str | None
    voice: Voice
    text: str
    spoken: str
    segment: int | None


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a word is heard.

    Attributes:
        position: Offset of its first character in the text given to the engine.
        word: The word itself.
        start_ms: From the start of the speech.
        end_ms: Half-open.
    """

    position: int
    word: str
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class Speech:
    """Sound of one text in one voice.

    Attributes:
        pcm: Signed 16-bit little-endian mono.
        rate_hz: Sample rate.
        marks: Word times where the engine tells them, in order.
    """

    pcm: bytes
    rate_hz: int
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Cue:
    """A sentence on the timeline of the episode.

    Attributes:
        start_ms: From the start of the file.
        end_ms: Half-open; the gap after it does not belong to it.
        role: As in its segment.
        speaker: Full name, or None for the reporter.
        text: As printed.
        segment: Which segment of the script it belongs to, counted from 0 over the
            whole script; None for what we add (notice, heading, announcement).
        start_sample: The same start, to the sample of the decoded MP3.
        end_sample: The same end, to the sample of the decoded MP3.
    """

    start_ms: int
    end_ms: int
    role: Role
    speaker: str | None
    text: str
    segment: int | None
    start_sample: int
    end_sample: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter on the timeline; chapters leave no gap between them.

    Attributes:
        start_ms: From the start of the file; the first starts at 0.
        end_ms: Half-open; the start of the next, or the end of the file.
        title: Whole title, on one line.
        url: Link, or None.
        image: Path of its picture, as seen from the episode's folder, or None.
    """

    start_ms: int
    end_ms: int
    title: str
    url: str | None = None
    image: str | None = None
