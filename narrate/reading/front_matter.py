"""The metadata at the top of a Markdown file."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from narrate.reading.blocks import Metadata, day

_FENCED = re.compile(r"\A---[ \t]*\n(?P<body>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(?P<body>.*?)\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
LONGEST = 20_000  # characters


def front_matter(text: str) -> tuple[Metadata, str]:
    """Split front matter off a Markdown file.

    YAML and TOML are read; keys that nobody needs are ignored.

    Returns:
        What it says, and the Markdown behind it. Text without front matter comes back whole.
    """
    toml = _TOML.match(text[:LONGEST])
    if toml:
        return _metadata(_read_toml(toml["body"])), text[toml.end() :]
    yaml = _FENCED.match(text[:LONGEST])
    values = _read_yaml(yaml["body"]) if yaml else {}
    if not yaml or not values:
        return Metadata(), text
    return _metadata(values), text[yaml.end() :]


def _read_toml(body: str) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(body)
    except tomllib.TOMLDecodeError:
        return {}


def _read_yaml(body: str) -> dict[str, object]:
    import yaml

    try:
        values = yaml.safe_load(body)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return {str(key): value for key, value in values.items()} if isinstance(values, dict) else {}


def _metadata(values: dict[str, object]) -> Metadata:
    values = {key.casefold(): value for key, value in values.items()}

    def text(*names: str) -> str | None:
        for name in names:
            value = values.get(name)
            if isinstance(value, list):
                value = ", ".join(str(one.get("name", "") if isinstance(one, dict) else one) for one in value)
            if isinstance(value, dict):
                value = value.get("name") or value.get("url")
            if isinstance(value, str) and value.strip():
                return " ".join(value.split())
        return None

    when = next((values[name] for name in ("date", "datum", "published", "publishdate") if values.get(name)), None)
    published = date(when.year, when.month, when.day) if isinstance(when, date) else day(str(when)) if when else None
    return Metadata(
        text("title", "titel"), text("description", "teaser", "summary", "subtitle", "excerpt", "lead", "untertitel"),
        text("author", "authors", "autor", "autorin", "autoren"), published or _german_day(when),
        text("canonical", "canonical_url", "canonicalurl", "url", "link"), text("lang", "language", "sprache"),
        text("image", "cover", "bild", "featured_image", "thumbnail"),
    )  # fmt: skip


def _german_day(value: Any) -> date | None:
    found = re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", value.strip()) if isinstance(value, str) else None
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None
