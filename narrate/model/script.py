"""What will be heard, and who says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Gender = Literal["f", "m"]
Role = Literal["headline", "teaser", "heading", "narration", "quote", "post", "attribution", "notice", "announcement"]


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
