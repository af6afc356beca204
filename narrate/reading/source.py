"""Where an article comes from: a file, standard input or an address; and which reader it needs."""

from __future__ import annotations

import re
import stat
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin

from narrate.model import Article
from narrate.model.errors import InputMissing, InputUnreadable, PermissionRefused, StorageError
from narrate.reading.decode import check_size, decode
from narrate.reading.language import refuse_foreign

Format = Literal["auto", "text", "markdown", "html"]

MAX_BYTES = 2_000_000
MARKUP = 10  # how much larger than its text a page may be
STDIN = "-"

_SUFFIXES: dict[str, Format] = {
    ".html": "html", ".htm": "html", ".xhtml": "html", ".md": "markdown", ".markdown": "markdown", ".mdown": "markdown",
    ".mkd": "markdown",
}  # fmt: skip
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|article)\b",
    re.IGNORECASE | re.DOTALL,
)
_MARKDOWN = re.compile(r"\A(?:---[ \t]*\n(?:[\w-]+:.*\n)|\+\+\+\n|\s*# \S)")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://")


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read an article.

    Attributes:
        max_bytes: Largest article; a page may be ten times as large for its markup.
        format: What it is written in, or ``auto``.
        language: BCP 47, or None to detect it.
        allow_private: Whether an address may lead into a private network.
    """

    max_bytes: int = MAX_BYTES
    format: Format = "auto"
    language: str | None = None
    allow_private: bool = False


def is_address(source: str) -> bool:
    """Tell whether a source is an address (a scheme and ``://``), not the name of a file.

    Args:
        source: As the user gave it.
    """
    return bool(_ADDRESS.match(source))


def read_article(source: Path | str, max_bytes: int = MAX_BYTES, how: Reading | None = None) -> Article:
    """Read an article from a file, ``-`` for standard input, or an address.

    Args:
        source: Where it is. Only a string is taken for an address, and fetched.
        max_bytes: Largest article; where ``how`` is given its own limit counts.
        how: Format, language and limits.

    Returns:
        The article, words as printed.

    Raises:
        InputMissing: There is no such file or page.
        InputUnreadable: A folder, no text, no words, too large, or not in German.
        PermissionRefused: The operating system does not let us read it.
        StorageError: Reading failed.
    """
    how = how or Reading(max_bytes)
    name = str(source)
    address = None
    charset = None
    if isinstance(source, str) and is_address(source):
        from narrate.reading.fetch import fetch

        page = fetch(source, allow_private=how.allow_private)
        content, charset, address = page.content, page.charset, page.url
        kind = how.format if how.format != "auto" else "html" if "html" in (page.media_type or "html") else "auto"
        name = source.partition("?")[0]
    else:
        content = _stdin(how) if name == STDIN else _read(Path(source), how)
        kind = how.format if how.format != "auto" else _SUFFIXES.get(Path(name).suffix.lower(), "auto")
        name = "standard input" if name == STDIN else name
    return read_content(content, replace(how, format=kind), name, charset, address)


def read_content(
    content: bytes, how: Reading, name: str = "the article", charset: str | None = None, url: str | None = None
) -> Article:
    """Read an article from bytes.

    Args:
        content: Of a file or page.
        how: Format, language and limits.
        name: What messages call it.
        charset: What a server said about its encoding.
        url: Where it came from.

    Returns:
        The article.

    Raises:
        InputUnreadable: See :func:`read_article`.
    """
    text = decode(content, name, charset)
    kind = how.format
    if kind == "auto":
        kind = "html" if _PAGE.match(text) else "markdown" if _MARKDOWN.match(text) else "text"
    if kind != "html":
        check_size(len(content), name, how.max_bytes)
    if kind == "html":
        from narrate.reading.html import read_html

        article = read_html(text, url, name)
    elif kind == "markdown":
        from narrate.reading.markdown import read_markdown

        article = read_markdown(text)
    else:
        from narrate.reading.text import read_text

        article = read_text(text)
    words = "\n".join([article.title, article.teaser or "", *_paragraphs(article)])
    if not re.search(r"[^\W_]", words):
        raise InputUnreadable(f"{name} contains no words that can be read aloud; write the article as plain text.")
    if kind == "html":
        check_size(len(words), name, how.max_bytes)
    if how.language is None:
        refuse_foreign(words, name)
    article = _addressed(article, url) if url else article
    return replace(article, url=article.url or url, language=_german(how.language or article.language))


def _addressed(article: Article, url: str) -> Article:
    """Make the addresses of an article's pictures absolute, as seen from where it came from."""

    def absolute(image: str | None) -> str | None:
        try:
            return urljoin(url, image) if image else None
        except ValueError:
            return None

    sections = tuple(replace(section, image=absolute(section.image)) for section in article.sections)
    return replace(article, image=absolute(article.image), sections=sections)


def _paragraphs(article: Article) -> list[str]:
    return [text for section in article.sections for text in (section.heading or "", *section.paragraphs)]


def _german(language: str) -> str:
    """Return a language's tag where it is a German one; what was found to be German is."""
    return language if re.fullmatch(r"de(?:-[A-Za-z]{2,8})*", language) else "de"


def read_file(path: Path, max_bytes: int) -> str:
    """Read a text file, in whatever encoding articles may have.

    Args:
        path: The file.
        max_bytes: Largest file.

    Raises:
        InputMissing: There is no such file.
        InputUnreadable: A folder, no text, or too large.
        PermissionRefused: The operating system does not let us read it.
        StorageError: Reading failed.
    """
    return decode(_read(path, Reading(max_bytes, "text")), str(path))


def _stdin(how: Reading) -> bytes:
    content = sys.stdin.buffer.read(how.max_bytes * MARKUP + 1)
    check_size(len(content), "standard input", how.max_bytes * MARKUP)
    return content


def _read(path: Path, how: Reading) -> bytes:
    page = how.format in ("auto", "html") and (
        how.format == "html" or path.suffix.lower() in (".html", ".htm", ".xhtml")
    )
    most = how.max_bytes * (MARKUP if page else 1)
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise InputUnreadable(f"{path} is a folder; name the file of one article.")
        if stat.S_ISREG(facts.st_mode):
            check_size(facts.st_size, str(path), most)
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise InputMissing(f"There is no file {str(path)!r}; check the name of the article.") from error
    except PermissionError as error:
        raise PermissionRefused(f"Permission denied: {path}. Make it readable (chmod +r).") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageError(f"{path} could not be read ({reason}); copy it elsewhere and try again.") from error
    check_size(len(content), str(path), most)
    return content
