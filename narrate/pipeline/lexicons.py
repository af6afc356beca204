"""The pronunciations of the command line and of the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from narrate.model.errors import InputUnreadable
from narrate.settings import Chosen

if TYPE_CHECKING:
    from narrate.lexicon import ScopedLexicon


def lexicons_of(chosen: Chosen, named: Sequence[tuple[str, str, Path]]) -> list[ScopedLexicon]:
    """Read the pronunciations of ``--lexicon`` and of the configuration, the most important last.

    Raises:
        InputMissing, InputUnreadable, PermissionRefused: One of them cannot be read.
    """
    from narrate.lexicon import Lexicon, ScopedLexicon, read_lexicon
    from narrate.lexicon.entries import make_entry

    found = []
    for value in chosen["lexicon.files"]:
        try:
            engine, voice, path = parse_scope(value)
        except ValueError as error:
            raise InputUnreadable(f"{chosen.origins['lexicon.files']}: lexicon.files: {error}") from error
        found.append(ScopedLexicon(read_lexicon(path), engine or None, voice or None))
    words = chosen.table("lexicon.words")
    if words:
        entries = (
            make_entry(word, said, None, chosen.origins[f"lexicon.words.{word}"]) for word, said in words.items()
        )
        found.append(ScopedLexicon(Lexicon(tuple(entries)), None, None))
    return found + [ScopedLexicon(read_lexicon(path), engine or None, voice or None) for engine, voice, path in named]


def parse_scope(value: str) -> tuple[str, str, Path]:
    """Part engine, voice and file; a file whose own name holds an equals sign is taken whole.

    Raises:
        ValueError: It is not written so.
    """
    scope, equals, file = value.partition("=")
    if not equals or Path(value).exists():
        scope, file = "", value
    engine, colon, voice = scope.partition(":")
    if not file or (equals and file != value and not engine) or (colon and not voice):
        raise ValueError(f"'{value}': write FILE, ENGINE=FILE or ENGINE:VOICE=FILE.")
    return engine, voice, Path(file)
