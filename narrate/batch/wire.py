"""A brief and an assignment as JSON, on the way to another process."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from narrate.pipeline import Assignment, Brief
from narrate.reading import Reading


def pack_brief(brief: Brief) -> str:
    """Return a brief as one line of JSON."""
    facts = asdict(brief)
    facts["lexicons"] = [[engine, voice, str(path)] for engine, voice, path in brief.lexicons]
    facts |= {"show": _text(brief.show), "output": _text(brief.output)}
    return json.dumps(facts, ensure_ascii=True)


def unpack_brief(line: str) -> Brief:
    """Return the brief of :func:`pack_brief`."""
    facts = json.loads(line)
    facts["reading"] = Reading(**facts["reading"])
    facts["lexicons"] = tuple((engine, voice, Path(path)) for engine, voice, path in facts["lexicons"])
    facts |= {"show": _path(facts["show"]), "output": _path(facts["output"])}
    return Brief(**facts)


def pack_assignment(assignment: Assignment) -> str:
    """Return an assignment as one line of JSON."""
    facts = asdict(assignment)
    if assignment.content is not None:
        facts["content"] = base64.b64encode(assignment.content).decode()
    if assignment.published is not None:
        facts["published"] = assignment.published.isoformat()
    return json.dumps(facts, ensure_ascii=True)


def unpack_assignment(line: str) -> Assignment:
    """Return the assignment of :func:`pack_assignment`."""
    facts: dict[str, Any] = json.loads(line)
    if facts["content"] is not None:
        facts["content"] = base64.b64decode(facts["content"])
    if facts["published"] is not None:
        facts["published"] = date.fromisoformat(facts["published"])
    return Assignment(**facts)


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
