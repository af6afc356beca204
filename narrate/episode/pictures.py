"""Pictures of chapters: had from beside the article or from its web site, and made small."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from narrate.model import PictureSource, Script
from narrate.model.errors import InputMissing, InputUnreadable, NarrateError, StorageError
from narrate.system.cache import Cache, key_of

LARGEST_SOURCE_BYTES = 20_000_000
LONGEST_FETCH_S = 15.0
LONGEST_FETCHES_S = 60.0  # all pictures of an article together
MOST_FAILED_FETCHES = 3  # after so many transfers that failed the network is left alone
VERSION = 1  # raise when the making of thumbnails changes
Fetch = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of an episode's chapters.

    Attributes:
        images: Path below the episode's folder for each section of the script; None where it has none.
        content: JPEG by path.
        warnings: A sentence for each picture that could not be had, and what to do.
        complete: False where one could not be fetched now and may be later.
    """

    images: tuple[str | None, ...] = ()
    content: Mapping[str, bytes] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    complete: bool = True


def references(script: Script) -> tuple[str | None, ...]:
    """Return where each section's picture is; the lead image is the first one's if it has none of its own."""
    own = [section.image for section in script.sections]
    return (own[0] or script.image, *own[1:]) if own else ()


def picture_digests(script: Script, source: PictureSource) -> list[str | None]:
    """Return what tells whether an episode's pictures changed, without asking the network.

    Returns:
        For each section the digest of its picture's file; for one on the web its address has to do.
    """
    digests: list[str | None] = []
    for reference in references(script):
        if reference is None or is_remote(reference):
            digests.append(reference if source.online else None)
            continue
        try:
            digests.append(hashlib.sha256(load_picture(reference, source.folder, None)).hexdigest())
        except NarrateError:
            digests.append(None)
    return digests


def chapter_pictures(script: Script, source: PictureSource, cache: Cache) -> Pictures:
    """Get and shrink the pictures of all chapters; one that cannot be had is a warning."""
    wanted = references(script)
    getting = _Getting(source, cache)
    made = {reference: getting.picture(reference) for reference in dict.fromkeys(wanted) if reference}
    paths: dict[bytes, str] = {}
    images: list[str | None] = []
    for number, reference in enumerate(wanted, 1):
        jpeg = made[reference] if reference else b""
        name = f"chapter-{number:02}-{hashlib.sha256(jpeg).hexdigest()[:8]}.jpg"
        images.append(paths.setdefault(jpeg, name) if jpeg else None)
    content = {path: jpeg for jpeg, path in paths.items()}
    return Pictures(tuple(images), content, tuple(getting.warnings()), getting.complete)


class _Getting:
    """Gets one picture after another, within bounds over all of them."""

    def __init__(self, source: PictureSource, cache: Cache) -> None:
        self._source, self._cache = source, cache
        self._end = time.monotonic() + LONGEST_FETCHES_S
        self._failed = self._left_alone = self._not_asked = 0
        self._refused: list[str] = []

    @property
    def complete(self) -> bool:
        """Tell whether another run would find nothing more."""
        return not (self._failed or self._left_alone)

    def picture(self, reference: str) -> bytes:
        """Return a picture as a small JPEG; empty where it cannot be had."""
        if is_remote(reference) and not self._source.online:
            self._not_asked += 1
            return b""
        try:
            return self._remembered(reference)
        except _LeftAloneError:
            self._left_alone += 1
        except NarrateError as error:
            self._failed += isinstance(error, StorageError)
            self._refused.append(f"A chapter has no picture. {error.message}")
        return b""

    def _remembered(self, reference: str) -> bytes:
        if is_remote(reference):
            kept = reference
            load: Callable[[], bytes] = partial(load_picture, reference, None, self._fetch)
        else:
            content = load_picture(reference, self._source.folder, None)
            kept = hashlib.sha256(content).hexdigest()
            load = partial(bytes, content)
        # Which pictures there are is asked of the cache before Pillow is loaded.
        key = key_of("chapter picture", VERSION, kept)
        entry = self._cache.get(key)
        if entry is None:
            from narrate.episode.thumbnail import chapter_picture

            entry = {}, chapter_picture(load(), f"The picture {shown(reference)}")
            self._cache.put(key, *entry)
        return entry[1]

    def _fetch(self, url: str) -> bytes:
        from narrate.reading.fetch import fetch_picture

        left = self._end - time.monotonic()
        if left <= 0 or self._failed >= MOST_FAILED_FETCHES:
            raise _LeftAloneError
        return fetch_picture(
            url, max_bytes=LARGEST_SOURCE_BYTES, timeout_s=min(left, LONGEST_FETCH_S),
            allow_private=self._source.allow_private,
        )  # fmt: skip

    def warnings(self) -> Iterator[str]:
        """Yield a sentence for each picture refused, and one for all that were not asked for."""
        yield from self._refused
        if self._left_alone:
            yield f"{_counted(self._left_alone)} not fetched, since others failed or took too long; run again later."
        if self._not_asked:
            yield (
                f"{_counted(self._not_asked)} on the web and not fetched, because the article is a file; put pictures "
                "beside it, or give its address."
            )


class _LeftAloneError(Exception):
    """The network is not asked any more."""


def _counted(number: int) -> str:
    return "A picture is" if number == 1 else f"{number} pictures are"


def is_remote(reference: str) -> bool:
    """Tell whether a picture is on the web."""
    return reference.lower().startswith(("http://", "https://", "//"))


def shown(reference: str) -> str:
    """Return a reference for a message: printable, short, and without a query, which may be secret."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in reference.partition("?")[0])
    return f"'{plain if len(plain) <= 100 else plain[:50] + '…' + plain[-49:]}'"


def load_picture(reference: str, folder: Path | None, fetch: Fetch | None) -> bytes:
    """Return the bytes of a picture that an article names.

    Args:
        reference: A path as seen from the article's folder, percent-encoded or not, or an address.
        folder: The article's; pictures are at or below it. None where the article is not a file.
        fetch: Gets an address; None where the article came from no address, and nothing is fetched.

    Raises:
        InputMissing: There is no such file.
        InputUnreadable: It is outside the folder, no file, too large, or an address that must not be asked.
        StorageError: The transfer failed.
    """
    if is_remote(reference):
        if fetch is None:
            raise InputUnreadable(f"The picture {shown(reference)} is on the web, and the article is a file.")
        return fetch(f"https:{reference}" if reference.startswith("//") else reference)
    if folder is None:
        raise InputUnreadable(f"The picture {shown(reference)} is named as a file, but the article is not a file.")
    plain = reference.partition("#")[0].partition("?")[0]
    inside = [name for name in dict.fromkeys((reference, plain, unquote(plain))) if not _leads_out(name)]
    if not inside:
        raise InputUnreadable(f"The picture {shown(reference)} is not below the article's folder; copy it there.")
    try:
        real = next((path.resolve() for path in map(folder.joinpath, inside) if path.is_file()), None)
        below = real is not None and real.is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):
        real = None
    if real is None:
        raise InputMissing(f"There is no picture file {shown(reference)}; put it beside the article.")
    if not below:
        raise InputUnreadable(f"The picture {shown(reference)} leads out of the article's folder; copy it there.")
    return _content(real, reference)


def _leads_out(name: str) -> bool:
    """Tell whether a path is empty, absolute, of another drive, or goes up."""
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or parts[0] in ("", "~") or parts[0][1:2] == ":" or not name.isprintable()


def _content(path: Path, reference: str) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_SOURCE_BYTES + 1)
    except OSError as error:
        raise InputUnreadable(
            f"The picture {shown(reference)} cannot be read ({error.strerror or error}); give another, or allow it."
        ) from error
    if len(content) > LARGEST_SOURCE_BYTES:
        raise InputUnreadable(f"The picture {shown(reference)} is larger than 20 MB; give a smaller one.")
    return content
