"""Interviews: who speaks in turn, told by labels (Frage, names, initials) or by questions in bold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from narrate.model import Speaker
from narrate.script.people import People, Person

FEWEST_TURNS = 3  # of labelled paragraphs; fewer are no interview
FEWEST_QUESTIONS = 2  # in bold
_LABEL = re.compile(
    r"(?P<label>(?:[A-ZÄÖÜ]\. ?){1,3}|[A-ZÄÖÜ]{1,4}|[A-ZÄÖÜ][\w.’'-]*(?: (?:von|van|de|zu|"
    r"[A-ZÄÖÜ][\w.’'-]*)){0,4})\s?:\s+(?=\S)"
)
_CLOSING = re.compile(
    r"[(\[]?(?:(?:Das|Dieses|Unser) (?:Gespräch|Interview)\b|Die Fragen stellten?\b|"
    r"Interview(?:t von)?:? |Aufgezeichnet )"
)
_ASKS = frozenset("frage interviewer interviewerin reporter reporterin redaktion moderator moderatorin".split())
_ANSWERS = frozenset("antwort".split())
_NO_LABEL = frozenset(
    "quelle foto fotos bild text hinweis update fazit korrektur stand titel ort datum info anmerkung uhr wo "
    "wann wer was "
    "preis preise termin kontakt adresse beginn ergebnis ps übersetzung autor autorin".split()
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A paragraph of an interview.

    Attributes:
        speaker: Who speaks; None for whoever asks, and where it is not sure.
        label: What it begins with and nobody says, or empty.
    """

    speaker: Speaker | None
    label: str


def turns(
    paragraphs: Sequence[Sequence[str]], strong: Sequence[Sequence[int]], people: People
) -> list[dict[int, Turn]]:
    """Find the turns of an interview.

    Returns:
        For every section the turn of each paragraph that belongs to the interview.
    """
    labelled = [[_label(text) for text in section] for section in paragraphs]
    counted = Counter(_key(label) for section in labelled for label in section if label)
    known = {label for section in labelled for label in section if label and counted[_key(label)] > 1}
    keys = set(map(_key, known))
    known |= {label for section in labelled for label in section if label.casefold() in _ASKS | _ANSWERS}
    if sum(counted[key] for key in keys) >= FEWEST_TURNS and len(keys) > 1:
        return _by_label(paragraphs, labelled, known, people)
    return _by_bold(paragraphs, strong, people)


def _label(text: str) -> str:
    match = _LABEL.match(text)
    if match is None or match["label"].casefold() in _NO_LABEL or match.end() == len(text):
        return ""
    return match["label"]


def _key(label: str) -> str:
    """Return what a full name and its initials have in common; a single word stands for itself."""
    letters = re.sub(r"[^A-ZÄÖÜ]", "", label)
    short = letters == re.sub(r"\W", "", label)
    return letters if short or len(label.split()) > 1 else label


def _by_label(
    paragraphs: Sequence[Sequence[str]], labelled: Sequence[Sequence[str]], known: set[str], people: People
) -> list[dict[int, Turn]]:
    asked: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for texts, labels in zip(paragraphs, labelled, strict=True):
        for text, label in zip(texts, labels, strict=True):
            said[_key(label)] += 1
            asked[_key(label)] += text.rstrip('"“»« ').endswith("?")
    interviewee = _subject(people)
    speakers = {label: _speaker(label, people, interviewee) for label in known}
    asking = {_key(label) for label in known if asked[_key(label)] > said[_key(label)] / 2}
    if len(asking) == 1:
        speakers |= {label: None for label in known if _key(label) in asking}
    found: list[dict[int, Turn]] = []
    for texts, labels in zip(paragraphs, labelled, strict=True):
        section: dict[int, Turn] = {}
        speaking: Speaker | None = None
        for at, (text, label) in enumerate(zip(texts, labels, strict=True)):
            if label in known:
                speaking = speakers[label]
                match = _LABEL.match(text)
                section[at] = Turn(speaking, match[0] if match else "")
            elif speaking is not None and not label and not _CLOSING.match(text):
                section[at] = Turn(speaking, "")
        found.append(section)
    return _until_last(found, labelled, known)


def _until_last(
    found: list[dict[int, Turn]], labelled: Sequence[Sequence[str]], known: set[str]
) -> list[dict[int, Turn]]:
    """Take the last turn of the interview for its last paragraph: what follows may be the reporter's."""
    for section, labels in zip(reversed(found), reversed(labelled), strict=True):
        places = [at for at, label in enumerate(labels) if label in known]
        if places:
            for at in [at for at in section if at > places[-1]]:
                del section[at]
            break
    return found


def _by_bold(
    paragraphs: Sequence[Sequence[str]], strong: Sequence[Sequence[int]], people: People
) -> list[dict[int, Turn]]:
    questions = [
        {at for at in bold if texts[at].rstrip('"“»« ').endswith("?")}
        for texts, bold in zip(paragraphs, strong, strict=True)
    ]
    interviewee = _subject(people)
    found: list[dict[int, Turn]] = [{} for _ in paragraphs]
    if sum(map(len, questions)) < FEWEST_QUESTIONS or interviewee is None:
        return found
    for section, texts, bold, asked in zip(found, paragraphs, strong, questions, strict=True):
        answering = False
        for at in range(len(texts)):
            if at in bold:
                answering = at in asked
                section[at] = Turn(None, "")
            elif answering and not _CLOSING.match(texts[at]):
                section[at] = Turn(interviewee.speaker(), "")
    return found


def _subject(people: People) -> Person | None:
    """Return whom an article is about: the person named most, the first of equals."""
    named = list(people.by_name.values())
    return max(named, key=lambda person: len(person.places), default=None)


def _speaker(label: str, people: People, interviewee: Person | None) -> Speaker | None:
    plain = label.casefold().rstrip(".")
    if plain in _ASKS:
        return None
    if plain in _ANSWERS:
        return interviewee.speaker() if interviewee else None
    letters = re.sub(r"[^A-ZÄÖÜ]", "", label)
    if len(letters) == len(re.sub(r"\W", "", label)):
        same = [one for one in people.by_name.values() if _initials(one.name).startswith(letters)]
        return same[0].speaker() if len(same) == 1 else None
    words = [word for word in label.split() if word not in ("Dr.", "Prof.", "Frau", "Herr")]
    person = people.by_name.get(" ".join(words)) or people.named(words[-1]) or people.called(words)
    if person is not None:
        return person.speaker()
    return Speaker(" ".join(words)) if len(words) > 1 else None


def _initials(name: str) -> str:
    return "".join(word[0] for word in re.split(r"[\s-]", name) if word[:1].isupper())
