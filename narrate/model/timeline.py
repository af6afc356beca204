"""Where on the timeline of an episode everything is."""

from __future__ import annotations

from dataclasses import dataclass

from narrate.model.script import Role


@dataclass(frozen=True, slots=True)
class Cue:
    """A sentence on the timeline of the episode.

    Attributes:
        start_ms: From the start of the file.
        end_ms: Half-open; the gap after it does not belong to it.
        start_sample: The same start, to the sample of the decoded MP3.
        end_sample: The same end, to the sample of the decoded MP3.
        role: As in its segment.
        speaker: Full name, or None for the reporter.
        segment: Index of its segment over the whole script; None for what is added (notice, heading, announcement).
        text: As printed.
    """

    start_ms: int
    end_ms: int
    start_sample: int
    end_sample: int
    role: Role
    speaker: str | None
    segment: int | None
    text: str


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
