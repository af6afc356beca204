"""What is announced beside the article: templates with a few fields, and nothing else in braces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from string import Formatter

from narrate.model import Script
from narrate.model.errors import InputUnreadable
from narrate.model.settings import Settings

LONGEST_TEMPLATE = 500  # characters
EPISODE_FIELDS = ("title", "author", "show", "count", "date")
FIELDS = {"opening": EPISODE_FIELDS, "chapter": (*EPISODE_FIELDS, "number"), "closing": EPISODE_FIELDS}


@dataclass(frozen=True, slots=True)
class Announced:
    """What the reporter says beside one article.

    Attributes:
        opening: After the notice, or None.
        chapters: For each chapter what is said instead of its heading, None where the heading stays; empty for none.
        closing: After the last sentence, or None.
    """

    opening: str | None = None
    chapters: tuple[str | None, ...] = ()
    closing: str | None = None


def parts_of(template: str, kind: str) -> list[tuple[str, str | None]]:
    """Take a template apart.

    Only plain fields are known: nothing can be looked up in a value, or formatted.

    Args:
        template: As in ``Kapitel {number}: {title}``; a brace that is meant is written twice.
        kind: ``opening``, ``chapter`` or ``closing``.

    Returns:
        Text and the name of the field after it, or None at the end.

    Raises:
        ValueError: It cannot be used; the message says what to write instead.
    """
    known = ", ".join(f"{{{name}}}" for name in FIELDS[kind])
    wanted = f"a sentence with no fields but {known}, and a brace that is meant twice"
    found: list[tuple[str, str | None]] = []
    try:
        for text, name, form, conversion in Formatter().parse(template):
            if form or conversion or (name is not None and name not in FIELDS[kind]):
                raise ValueError(wanted)
            found.append((text, name))
    except ValueError:
        raise ValueError(wanted) from None
    if len(template) > LONGEST_TEMPLATE:
        raise ValueError(f"at most {LONGEST_TEMPLATE} characters")
    if not any(name or any(map(str.isalnum, text)) for text, name in found):
        raise ValueError(f"a sentence with words in it, or off ({known} are known)")
    return found


def announced(script: Script, settings: Settings, published: date | None = None) -> Announced:
    """Fill the templates for one article.

    Args:
        script: Its title, author, day and headings.
        settings: The templates; show, author and day where the article tells none.
        published: Day for an article that has none.

    Raises:
        InputUnreadable: A template asks for what nobody told.
    """
    chosen = settings.announcements
    day = settings.published or script.published or published
    values = {
        "title": script.title,
        "author": script.author or settings.artist or settings.album,
        "show": settings.album,
        "count": str(len(script.sections)),
        "date": _written(day) if day else None,
    }
    headings = [section.heading for section in script.sections]
    return Announced(
        opening=_filled("opening", chosen.opening, values),
        chapters=tuple(
            _filled("chapter", chosen.chapter, values | {"title": heading, "number": str(number)}) if heading else None
            for number, heading in enumerate(headings, 1)
        )
        if chosen.chapter
        else (),
        closing=_filled("closing", chosen.closing, values),
    )


def _filled(kind: str, template: str | None, values: dict[str, str | None]) -> str | None:
    if template is None:
        return None
    said = ""
    for text, name in parts_of(template, kind):
        value = values[name] if name else ""
        if value is None:
            raise InputUnreadable(
                f"announce.{kind} says {{{name}}}, but the article has none; give it with --{name} or leave it out."
            )
        said += text + value
    return " ".join(said.split())


def _written(day: date) -> str:
    """Return a day as Germans print it; the voice says it in words."""
    from narrate.german.dates import MONTHS

    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"
