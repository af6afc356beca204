"""A script as JSON values, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast, get_args

from narrate.model import Gender, Role, Script, ScriptSection, Segment, Speaker
from narrate.model.errors import InputUnreadable

BESIDE = ("image", "anchor")  # of a section, beside its words


def script_to_json(script: Script) -> dict[str, object]:
    """Return a script as values that JSON can hold.

    Returns:
        ``title``, ``teaser`` (or None), ``author``, ``published`` (ISO 8601), ``url``,
        ``language``, ``image``, ``omitted`` and ``sections``; each section has ``heading`` (or None),
        ``segments``, and ``image`` and ``anchor`` where it has them; each segment has ``role``,
        ``speaker`` (full name or None), ``gender``, ``starts_paragraph`` and ``text``.
    """
    return {
        "title": script.title,
        "teaser": script.teaser,
        "author": script.author,
        "published": script.published.isoformat() if script.published else None,
        "url": script.url,
        "language": script.language,
        "image": script.image,
        "omitted": list(script.omitted),
        "sections": [_section_to_json(section) for section in script.sections],
    }


def _section_to_json(section: ScriptSection) -> dict[str, object]:
    beside = {key: getattr(section, key) for key in BESIDE if getattr(section, key) is not None}
    return {
        "heading": section.heading,
        **beside,
        "segments": [_segment_to_json(segment) for segment in section.segments],
    }


def _segment_to_json(segment: Segment) -> dict[str, object]:
    return {
        "role": segment.role,
        "speaker": segment.speaker.name if segment.speaker else None,
        "gender": segment.speaker.gender if segment.speaker else None,
        "starts_paragraph": segment.starts_paragraph,
        "text": segment.text,
    }


def script_from_json(value: Any) -> Script:
    """Read a script back from what :func:`script_to_json` returned.

    Args:
        value: Decoded JSON. Only ``title`` and ``sections`` with ``role`` and ``text``
            of each segment must be there; unknown keys are ignored.

    Returns:
        The script.

    Raises:
        InputUnreadable: The value is not a script; the message says where.
    """
    top = _mapping(value, "the script")
    sections = [
        ScriptSection(
            _text(section.get("heading"), f"sections[{number}].heading"),
            tuple(
                _segment(segment, f"sections[{number}].segments[{index}]")
                for index, segment in enumerate(_list(section.get("segments"), f"sections[{number}].segments"))
            ),
            *(_text(section.get(key), f"sections[{number}].{key}") for key in BESIDE),
        )
        for number, entry in enumerate(_list(top.get("sections"), "sections"))
        for section in [_mapping(entry, f"sections[{number}]")]
    ]
    return Script(
        _needed(top.get("title"), "title"),
        _text(top.get("teaser"), "teaser"),
        tuple(sections),
        _text(top.get("author"), "author"),
        _day(top.get("published")),
        _text(top.get("url"), "url"),
        _text(top.get("language"), "language") or "de",
        _text(top.get("image"), "image"),
        tuple(_needed(text, f"omitted[{at}]") for at, text in enumerate(_list(top.get("omitted", []), "omitted"))),
    )


def _segment(value: Any, where: str) -> Segment:
    entry = _mapping(value, where)
    role = entry.get("role")
    if role not in get_args(Role):
        raise _wrong(f"{where}.role", f"one of {', '.join(get_args(Role))}")
    name = _text(entry.get("speaker"), f"{where}.speaker")
    gender = entry.get("gender")
    if gender is not None and gender not in get_args(Gender):
        raise _wrong(f"{where}.gender", "f, m or null")
    starts = entry.get("starts_paragraph", True)
    if not isinstance(starts, bool):
        raise _wrong(f"{where}.starts_paragraph", "true or false")
    speaker = Speaker(name, cast("Gender | None", gender)) if name is not None else None
    return Segment(cast("Role", role), speaker, _needed(entry.get("text"), f"{where}.text"), starts)


def _mapping(value: Any, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _wrong(where, "an object")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong(where, "a list")
    return value


def _text(value: Any, where: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise _wrong(where, "a string or null")
    return value


def _needed(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise _wrong(where, "a string")
    return value


def _day(value: Any) -> date | None:
    text = _text(value, "published")
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _wrong("published", "a day such as 2025-08-14") from error


def _wrong(where: str, wanted: str) -> InputUnreadable:
    return InputUnreadable(f"The script cannot be read: {where} must be {wanted}; correct it and try again.")
