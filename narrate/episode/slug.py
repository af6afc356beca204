"""Names for files and folders: ASCII, short, the same on every system."""

from __future__ import annotations

import hashlib
import re
import unicodedata

LONGEST = 80
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "&": " und "})
# Windows cannot make files with these names, whatever their ending.
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)")


def slug(title: str) -> str:
    """Return a title as lower-case letters, digits and hyphens, at most 80 of them.

    German letters are written out (ä becomes ae); a title with nothing to keep becomes
    a digest of itself, so that two of them stay apart.
    """
    plain = unicodedata.normalize("NFC", title).lower().translate(GERMAN)
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
    if len(name) > LONGEST:
        name = name[: LONGEST + 1].rpartition("-")[0] or name[:LONGEST]
    if not name or RESERVED.fullmatch(name):
        name = "-".join(filter(None, (name, hashlib.sha256(title.encode("utf-8", "replace")).hexdigest()[:8])))
    return name
