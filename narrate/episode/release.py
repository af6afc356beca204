"""What publishing an episode needs to know beside its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from narrate.model import PictureSource
from narrate.model.episode import Episode, Publication
from narrate.system.cache import key_of

if TYPE_CHECKING:
    from narrate.episode.signing.credentials import Credentials

EDITION_DIGITS = 12
UNSHAPING: Mapping[str, bool] = {"shapes": False}  # fields that do not decide what the files hold


@dataclass(frozen=True, slots=True)
class Release:
    """An episode's place in the world.

    Attributes:
        folder: Where the files go, on this machine.
        publication: Its identity in a show, or None.
        address: Where its folder will be served, or nothing; that of the show where each version has its own folder.
        pictures: Where the article's pictures may be had from.
        credentials: What its MP3s are signed with, or None.
        edition_after: Where each version has a folder of its own, the name of the one before, empty for the first;
            None where all versions share a folder.
        previous: The version that is published now, or None.
        sample_rate_hz: That of the show's episodes, where one was published; or None.
    """

    folder: Path = field(metadata=UNSHAPING)
    publication: Publication | None = field(default=None, metadata=UNSHAPING)
    address: str = ""
    pictures: PictureSource = field(default_factory=PictureSource, metadata=UNSHAPING)
    credentials: Credentials | None = None
    edition_after: str | None = field(default=None, metadata=UNSHAPING)
    previous: Episode | None = field(default=None, metadata=UNSHAPING)
    sample_rate_hz: int | None = field(default=None, metadata=UNSHAPING)

    def edition(self, slug: str, *made: object) -> str | None:
        """Return the name of the folder that this version has for itself, or None where all versions share one.

        It follows from what was made, so that no two contents share a name, and from the version before, so that a
        name never comes back.
        """
        if self.edition_after is None or self.publication is None:
            return None
        return f"{slug}-{key_of(self.publication.source, self.edition_after, *made)[:EDITION_DIGITS]}"
