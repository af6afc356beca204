"""A feed as the rules see it: its elements with their lines, and the folder that it is served from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from narrate.checks.finding import Finding, Severity
from narrate.show.xml import NAMESPACES

PREFIXES = {address: prefix for prefix, address in NAMESPACES.items()}
INDEX = "index.html"


@cache
def named(tag: str) -> str:
    """Return a tag like ``itunes:image`` as lxml has it."""
    prefix, colon, name = tag.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{name}" if colon else tag


@cache
def spelt(tag: str) -> str:
    """Return a tag of lxml with its usual prefix."""
    if not tag.startswith("{"):
        return tag
    address, _, name = tag[1:].partition("}")
    return f"{PREFIXES[address]}:{name}" if address in PREFIXES else name


def words(element: Any) -> str:
    """Return the text of an element without blanks at its ends; empty where there is none."""
    return (element.text or "").strip() if element is not None else ""


@dataclass(frozen=True)
class Feed:
    """A parsed feed.

    Attributes:
        channel: Element of lxml.
        items: Its items, in order.
        lines: Line by element, where lxml's own are not exact; else empty.
        folder: What the feed's folder holds, or None if files are not to be looked at.
        base_url: Where the folder is served, without a slash at the end, or None.
    """

    channel: Any
    items: tuple[Any, ...]
    lines: Mapping[Any, int]
    folder: Path | None
    base_url: str | None
    _digests: dict[Path, str] = field(default_factory=dict)

    def found(self, element: Any, severity: Severity, rule: str, message: str) -> Finding:
        """Return a finding at an element."""
        return Finding(self.lines.get(element) or element.sourceline, severity, rule, message)

    def error(self, element: Any, rule: str, message: str) -> Finding:
        """Return an error at an element."""
        return self.found(element, "error", rule, message)

    def warning(self, element: Any, rule: str, message: str) -> Finding:
        """Return a warning at an element."""
        return self.found(element, "warning", rule, message)

    def place(self, url: str) -> Path | None:
        """Return where the file of an address must lie, or None where that is not in the folder.

        An address that climbs out of the folder leads to a file that cannot be.
        """
        if self.folder is None or not self.base_url or not url.startswith(f"{self.base_url}/"):
            return None
        path = unquote(re.split(r"[?#]", url[len(self.base_url) + 1 :], maxsplit=1)[0])
        if path.endswith("/") or not path:
            path += INDEX
        inside = self.folder / path.replace("\0", "?")
        parts = Path(path).parts
        return inside if ".." not in parts and not Path(path).is_absolute() else self.folder / "?"

    def digest(self, path: Path) -> str:
        """Return the SHA-256 of a file, read once.

        Raises:
            OSError: It cannot be read.
        """
        if path not in self._digests:
            self._digests[path] = hashlib.sha256(path.read_bytes()).hexdigest()
        return self._digests[path]


def is_file(path: Path) -> bool:
    """Tell whether a file is there; a path that the system refuses is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def all_named(element: Any, tag: str) -> Iterator[Any]:
    """Yield the children of an element with a tag like ``itunes:image``."""
    yield from element.iterchildren(named(tag))


def elements(root: Any) -> Iterator[Any]:
    """Yield an element and all below it, without comments and processing instructions."""
    yield from root.iter("*")
