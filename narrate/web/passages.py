"""The transcript as the page shows it: chapters, turns of speakers, paragraphs, sentences."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from narrate.model import Cue
from narrate.model.episode import Episode
from narrate.system.text import plain
from narrate.web.colours import colour_of
from narrate.web.texts import clock

IN_FULL = ("post", "quote")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A cue on the page.

    Attributes:
        number: Index of the cue.
        text: On one line.
    """

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says in one role until another speaks.

    Attributes:
        speaker: Name, or None for the reporter.
        colour: Number of the speaker's colour.
        role: Of all its cues.
        start: Time as people write it.
        paragraphs: Sentences, a tuple a paragraph.
        named: Whether the name is to be shown: not where the reporter only goes on.
    """

    speaker: str | None
    colour: int
    role: str
    start: str
    paragraphs: tuple[tuple[Sentence, ...], ...]
    named: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter of the transcript.

    Attributes:
        number: Index of the chapter.
        title: Its title where no cue says it, or None where it needs none.
        heading: The sentence that says its title, or None.
        turns: The rest.
    """

    number: int
    title: str | None
    heading: Sentence | None
    turns: tuple[Turn, ...]


def parts_of(episode: Episode) -> list[Part]:
    """Arrange the cues of an episode; each is in one part, once."""
    numbered = list(enumerate(episode.cues))
    speakers = episode.speakers()
    starts = [chapter.start_ms for chapter in episode.chapters]
    parts = []
    for number, chapter in enumerate(episode.chapters):
        end = starts[number + 1] if number + 1 < len(starts) else None
        first = starts[number] if number else None
        own = [
            one for one in numbered
            if (first is None or one[1].start_ms >= first) and (end is None or one[1].start_ms < end)
        ]  # fmt: skip
        title = plain(chapter.title)
        spoken = bool(own) and own[0][1].role == "heading" and plain(own[0][1].text) == title
        heading = _sentence(own[0]) if spoken else None
        # The first chapter has the title of the whole, which stands above already.
        named = title if number and not spoken else None
        parts.append(Part(number, named, heading, tuple(_turns(own[1:] if spoken else own, speakers))))
    return parts


def _turns(own: Sequence[tuple[int, Cue]], speakers: Sequence[str]) -> list[Turn]:
    turns: list[Turn] = []
    before: object = ()
    for (speaker, role), run in itertools.groupby(own, key=lambda one: (one[1].speaker, _look(one[1].role))):
        cues = list(run)
        paragraphs = itertools.groupby(cues, key=lambda one: one[1].segment)
        turns.append(
            Turn(
                speaker=plain(speaker) if speaker else None,
                colour=colour_of(speakers, speaker),
                role=role,
                start=clock(cues[0][1].start_ms),
                paragraphs=tuple(tuple(map(_sentence, sentences)) for _, sentences in paragraphs),
                named=speaker != before or role in IN_FULL,
            )
        )
        before = speaker
    return turns


def _look(role: str) -> str:
    """Return the role as far as the page tells them apart."""
    return role if role in {*IN_FULL, "notice", "headline", "teaser", "heading", "attribution"} else "narration"


def _sentence(numbered: tuple[int, Cue]) -> Sentence:
    return Sentence(numbered[0], plain(numbered[1].text))


def word_lists(words: object, cues: Sequence[Cue]) -> list[list[int]]:
    """Return the words of each cue as one flat list of [first character, end, start in ms, end in ms].

    Args:
        words: Content of ``words.json``, or anything else: what does not fit the cues is left out.
        cues: Of the episode.
    """
    listed = words.get("cues") if isinstance(words, Mapping) else None
    if not isinstance(listed, list) or len(listed) != len(cues):
        return [[] for _ in cues]
    return [_flat(own, cue.text) for own, cue in zip(listed, cues, strict=True)]


def _flat(own: object, text: str) -> list[int]:
    # Offsets count in the text as it was printed; where the page shows it otherwise they would lead elsewhere.
    if plain(text) != text or not isinstance(own, list):
        return []
    fitting = all(isinstance(word, list) and len(word) == 4 and all(type(one) is int for one in word) for word in own)
    return list(itertools.chain.from_iterable(own)) if fitting else []
