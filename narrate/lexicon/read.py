"""Lexicon files: a show's, an engine's or a voice's own, and the one narrate brings."""

from __future__ import annotations

import errno
import hashlib
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from narrate.lexicon.entries import Lexicon
from narrate.lexicon.tsv import parse_tsv
from narrate.model import Voice
from narrate.model.errors import InputMissing, InputUnreadable, PermissionRefused, StorageError

LARGEST_BYTES = 2_000_000
BUILT_IN = "foreign.tsv"
SHOWN = 100  # characters of a name


@dataclass(frozen=True, slots=True)
class ScopedLexicon:
    """A lexicon and where it counts.

    Attributes:
        lexicon: What is said how.
        engine: Name of the engine it is for; None for every one.
        voice: Name of the engine's voice it is for; None for every one.
    """

    lexicon: Lexicon
    engine: str | None = None
    voice: str | None = None

    def fits(self, voice: Voice) -> bool:
        """Tell whether it counts for a voice."""
        return self.engine in (None, voice.engine) and self.voice in (None, voice.name)


def lexicons_for(voice: Voice, scoped: Iterable[ScopedLexicon]) -> tuple[Lexicon, ...]:
    """Return what counts for a voice, the most important first.

    A voice's own lexicons come before its engine's, these before those for everyone; of
    one scope the later come first.
    """
    fitting = [one for one in scoped if one.fits(voice)]
    fitting.reverse()
    fitting.sort(key=lambda one: (one.voice is None, one.engine is None))
    return tuple(one.lexicon for one in fitting)


@cache
def builtin() -> Lexicon:
    """Return the lexicon of foreign names and terms that narrate brings, read once."""
    return Lexicon(tuple(parse_tsv(_builtin_file().decode(), BUILT_IN)))


@cache
def builtin_digest() -> str:
    """Return the SHA-256 of that lexicon's file, which need not be parsed for it."""
    return hashlib.sha256(_builtin_file()).hexdigest()


def _builtin_file() -> bytes:
    return Path(__file__).with_name("data").joinpath(BUILT_IN).read_bytes()


def read_lexicon(path: Path) -> Lexicon:
    """Read a lexicon: PLS 1.0 (``.pls``, or any file that begins as XML), else columns.

    Raises:
        InputMissing: There is no such file.
        InputUnreadable: A folder, too large, not UTF-8, or a line that is not an entry.
        PermissionRefused: The operating system does not let us read it.
        StorageError: Reading failed.
    """
    content = _read(path)
    if path.suffix.lower() == ".pls" or content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<?xml", b"<lexicon")):
        from narrate.lexicon.pls import parse_pls

        return Lexicon(tuple(parse_pls(content, str(path))))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputUnreadable(
            f"{path}:{line}: byte 0x{content[error.start]:02x} is not UTF-8; save the lexicon as UTF-8 text."
        ) from error
    return Lexicon(tuple(parse_tsv(text, str(path))))


def _read(path: Path) -> bytes:
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            raise InputUnreadable(f"{path} is a folder; name a lexicon file.")
        with path.open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise InputMissing(f"There is no lexicon {str(path)!r}; check its name.") from error
    except PermissionError as error:
        raise PermissionRefused(f"Permission denied: {path}. Make it readable (chmod +r).") from error
    except OSError as error:
        if error.errno in (errno.ENAMETOOLONG, errno.ELOOP):
            raise InputMissing(f"There is no lexicon {str(path)[:SHOWN]!r}; check its name.") from error
        reason = error.strerror or str(error)
        raise StorageError(f"{path} could not be read ({reason}); copy it elsewhere and try again.") from error
    if len(content) > LARGEST_BYTES:
        raise InputUnreadable(f"{path} is larger than {LARGEST_BYTES / 1e6:g} MB; split the lexicon.")
    return content
