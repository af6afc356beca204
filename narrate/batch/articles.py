"""Where the articles of a batch come from: a folder, a list, JSON lines, or the feed of a news site."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import IO, Any, Literal

from narrate.model.errors import InputMissing, InputUnreadable, PermissionRefused, StorageError, WrongUse
from narrate.pipeline import ArticleJob
from narrate.reading.source import is_address

Kind = Literal["auto", "folder", "list", "jsonl", "feed"]
Found = ArticleJob | InputUnreadable

ARTICLES = (".txt", ".md", ".markdown", ".html", ".htm", ".xhtml", ".script.toml")
SUFFIXES: dict[str, Kind] = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".xml": "feed", ".rss": "feed", ".atom": "feed",
}  # fmt: skip
CONTENTS = {"text": "text", "markdown": "markdown", "html": "html"}
KEYS = {"article", "id", "title", "author", "date", "url", "slug", *CONTENTS}
LONGEST_LINE = 20_000_000  # characters
LONGEST_NAME = 500


def kind_of(source: str) -> Kind:
    """Return what a batch's input most likely is."""
    if is_address(source):
        return "feed"
    if Path(source).is_dir():
        return "folder"
    return SUFFIXES.get(Path(source).suffix.lower(), "list")


def articles(source: str, kind: Kind, allow_private: bool = False) -> Iterator[Found]:
    """Yield the articles of a batch, one by one, without holding all of them.

    Yields:
        Articles; and an error for each line that describes none, which names the line.

    Raises:
        InputMissing, InputUnreadable, PermissionRefused, StorageError: There is no such input, or it cannot be read.
        WrongUse: It is of another kind.
    """
    kind = kind_of(source) if kind == "auto" else kind
    if kind == "folder":
        yield from _in_folder(Path(source))
    elif kind == "feed":
        from narrate.batch.news import entries

        yield from entries(source, allow_private)
    elif is_address(source):
        raise WrongUse(f"'{source}' is an address; only a feed is read from one (--from feed).")
    else:
        with ExitStack() as stack:
            lines = _lines(source, stack)
            yield from _listed(lines, source) if kind == "list" else _described(lines, source)


def _in_folder(folder: Path) -> Iterator[ArticleJob]:
    """Yield every article below a folder, in the order of their names; what is hidden is left out."""
    if not folder.is_dir():
        raise InputMissing(f"The folder '{folder}' does not exist; name the folder of the articles.")

    def fail(error: OSError) -> None:
        raise PermissionRefused(f"Permission denied: '{error.filename}'. Make it readable (chmod +rx).") from error

    for where, folders, names in os.walk(folder, onerror=fail):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(ARTICLES) and not name.startswith("."):
                yield ArticleJob(str(Path(where) / name))


def _lines(source: str, stack: ExitStack) -> Iterable[str]:
    if source == "-":
        return _bounded(sys.stdin, "standard input")
    path = Path(source)
    try:
        if path.exists() and not path.is_file() and not path.is_fifo():
            raise InputUnreadable(f"'{source}' is not a file; name a list, a file of JSON lines, or a folder.")
        file = stack.enter_context(path.open(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise InputMissing(f"There is no file {source!r}; name the list of the articles.") from error
    except PermissionError as error:
        raise PermissionRefused(f"Permission denied: '{source}'. Make it readable (chmod +r).") from error
    return _bounded(file, source)


def _bounded(file: IO[str], name: str) -> Iterator[str]:
    try:
        while line := file.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                raise InputUnreadable(f"{name} has a line of more than {LONGEST_LINE // 1_000_000} MB; part it.")
            yield line
    except UnicodeDecodeError as error:
        raise InputUnreadable(f"{name} is not written in UTF-8 (byte {error.start}); save it so.") from error
    except OSError as error:
        raise StorageError(f"{name} could not be read ({error.strerror}); copy it elsewhere and try again.") from error


def _listed(lines: Iterable[str], source: str) -> Iterator[Found]:
    """Yield a file or address a line; those of files are seen from the list's folder. ``#`` begins a remark."""
    for number, written in enumerate(lines, 1):
        line = written.strip()
        if not line or line.startswith("#"):
            continue
        if len(line) > LONGEST_NAME or "\0" in line:
            yield InputUnreadable(f"{source}, line {number}: it is not the name of an article; write one per line.")
        else:
            yield ArticleJob(_from(source, line))


def _from(source: str, name: str) -> str:
    """Return a file's name as seen from the folder of the list that names it."""
    return name if is_address(name) or source == "-" else str(Path(source).parent / name)


def _described(lines: Iterable[str], source: str) -> Iterator[Found]:
    """Yield what each line of JSON describes."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _article_job(json.loads(line), source)
        except (ValueError, RecursionError) as error:
            yield InputUnreadable(f"{source}, line {number}: {str(error)[:200]}.")


def _article_job(facts: Any, source: str) -> ArticleJob:
    if not isinstance(facts, dict):
        raise ValueError('it is not an object; write {"article": "a file or address"} or {"id": "…", "text": "…"}')
    unknown = sorted(set(facts) - KEYS)
    if unknown:
        raise ValueError(f"unknown key '{unknown[0][:40]}'; known are {', '.join(sorted(KEYS))}")
    wrong = [key for key, value in facts.items() if value is not None and not isinstance(value, str) and key != "id"]
    if wrong:
        raise ValueError(f"'{wrong[0]}' is not text")
    named = [key for key in ("article", *CONTENTS) if facts.get(key)]
    if len(named) != 1:
        raise ValueError(f"it has {len(named)} of article, text, markdown and html; give one")
    identity = None if facts.get("id") is None else str(facts["id"])[:LONGEST_NAME]
    own: dict[str, Any] = {key: facts.get(key) or None for key in ("title", "author", "url", "slug")}
    own["published"] = _day(facts.get("date"))
    if named[0] == "article":
        return ArticleJob(_from(source, facts["article"][:LONGEST_NAME]), identity=identity, **own)
    if identity is None and own["url"] is None:
        raise ValueError('it has neither id nor url, by which the article is known again; add "id"')
    content = facts[named[0]]
    if named[0] == "text" and own["title"]:
        content = f"{own['title']}\n\n{content}"
    name = identity or own["url"]
    return ArticleJob(name, content.encode("utf-8", "replace"), CONTENTS[named[0]], identity=identity, **own)


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError(f"date '{text[:40]}' is not a valid date; write YYYY-MM-DD") from None
