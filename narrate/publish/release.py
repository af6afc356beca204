"""What publishing an episode needs to know beside its settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from narrate.model import PictureSource
from narrate.publish.publication import Publication

if TYPE_CHECKING:
    from narrate.publish.credentials import Credentials


@dataclass(frozen=True, slots=True)
class Release:
    """An episode's place in the world.

    Attributes:
        publication: Its identity in a show, or None.
        address: Where its folder will be served, or nothing.
        pictures: Where the article's pictures may be had from.
        credentials: What its MP3s are signed with, or None.
    """

    publication: Publication | None = None
    address: str = ""
    pictures: PictureSource = field(default_factory=PictureSource)
    credentials: Credentials | None = None

    def shaping(self) -> list[Any]:
        """Return what of it decides what the files hold; empty where nothing does."""
        signed = [self.credentials.fingerprint, self.credentials.tsa_url] if self.credentials else []
        return [*signed, *([self.address] if self.address else [])]
