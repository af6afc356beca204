"""Lexicons in plain columns: printed, spoken, and an alias for engines without phonemes."""

from __future__ import annotations

from narrate.lexicon.entries import Entry, make_entry
from narrate.model.errors import InputUnreadable

FORM = "write the printed word, a tab, and how it is spoken"


def parse_tsv(text: str, name: str) -> list[Entry]:
    """Read lines of ``printed<TAB>spoken`` or ``printed<TAB>/IPA/<TAB>alias``.

    A spoken part between slashes is IPA, any other a respelling. Lines that begin with
    ``#`` are comments.

    Raises:
        InputUnreadable: A line has another form; the message names it.
    """
    entries = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            entries.append(_entry(line, f"{name}:{number}"))
    return entries


def _entry(line: str, source: str) -> Entry:
    printed, *spoken = (part.strip() for part in line.rstrip("\r\t ").split("\t"))
    if len(spoken) not in (1, 2):
        raise InputUnreadable(f"{source}: {len(spoken) + 1} columns instead of 2 or 3; {FORM}.")
    ipa = _ipa(spoken[0], source)
    if ipa is None and len(spoken) == 2:
        raise InputUnreadable(f"{source}: an alias in column 3 needs IPA between slashes in column 2; {FORM}.")
    return make_entry(printed, spoken[-1] if ipa is None or len(spoken) == 2 else None, ipa, source)


def _ipa(spoken: str, source: str) -> str | None:
    """Return what stands between slashes, or None where there are none."""
    if not (spoken.startswith("/") or spoken.endswith("/")):
        return None
    inside = spoken[1:-1]
    if len(spoken) < 3 or not (spoken.startswith("/") and spoken.endswith("/")) or "/" in inside:
        raise InputUnreadable(f"{source}: {spoken[:40]!r} is not IPA between two slashes; write it as in /ˈdiːp/.")
    return inside
