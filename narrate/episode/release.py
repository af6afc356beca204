"""What publishing an episode needs to know beside its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from narrate.episode.publication import Publication
from narrate.model import PictureSource
from narrate.system.cache import key_of

if TYPE_CHECKING:
    from narrate.episode.signing.credentials import Credentials

EDITION_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Release:
    """An episode's place in the world.

    Attributes:
        publication: Its identity in a show, or None.
        address: Where its folder will be served, or nothing; that of the show where each version has its own folder.
        pictures: Where the article's pictures may be had from.
        credentials: What its MP3s are signed with, or None.
        edition_after: Where each version has a folder of its own, the name of the one before, empty for the first;
            None where all versions share a folder.
        standing: Manifest of the version before, where that stands elsewhere and is whole; or None.
        sample_rate_hz: That of the show's episodes, where one was published; or None.
    """

    publication: Publication | None = None
    address: str = ""
    pictures: PictureSource = field(default_factory=PictureSource)
    credentials: Credentials | None = None
    edition_after: str | None = None
    standing: Mapping[str, Any] | None = None
    sample_rate_hz: int | None = None

    def shaping(self) -> list[Any]:
        """Return what of it decides what the files hold; empty where nothing does."""
        signed = [self.credentials.fingerprint, self.credentials.tsa_url] if self.credentials else []
        return [*signed, *([self.address] if self.address else [])]

    def edition(self, slug: str, *made: object) -> str | None:
        """Return the name of the folder that this version has for itself, or None where all versions share one.

        It follows from what was made, so that no two contents share a name, and from the version before, so that a
        name never comes back.

        Args:
            slug: What it begins with.
            made: Job and digests of the sound.
        """
        if self.edition_after is None or self.publication is None:
            return None
        return f"{slug}-{key_of(self.publication.source, self.edition_after, *made)[:EDITION_DIGITS]}"
