"""Where an episode goes: a folder by itself, or its place in a show."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from narrate.model import PictureSource, Script
from narrate.model.errors import WrongUse
from narrate.model.settings import Settings
from narrate.pipeline.options import Assignment, Brief
from narrate.settings import Chosen, choose, show_folder

if TYPE_CHECKING:
    from narrate.episode.publication import Publication
    from narrate.episode.release import Release
    from narrate.episode.signing.credentials import Credentials
    from narrate.model.show import Show
    from narrate.system.cache import Cache

OUTPUT = Path("audio")
LOCKED_BY = "NARRATE_SIGN_PASSPHRASE"
NO_FEED = 'show.toml has no base_url, so no feed is written; add base_url = "https://…", where the show is served.'
ON_A_SHELF = "Object storage holds shows; name the folder of a show.toml with --show, and leave out -o."
CLIPS_IN_SHOW = "--clips-only makes no episode that a feed could name; leave it out, or leave out --show."


@dataclass(frozen=True, slots=True)
class Place:
    """Where an episode goes, and as what.

    Attributes:
        folder: For its files.
        settings: With its name.
        show: The show it belongs to, or None.
        release: Its identity there, its pictures, its signature.
    """

    folder: Path
    settings: Settings
    show: Show | None = None
    release: Release | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The version of an episode that a shelf holds.

    Attributes:
        folder: On this machine, for the files of the next version.
        edition: Name of its folder on the shelf; empty where there is no version yet.
        manifest: Of that version; empty where there is none.
        whole: Whether all of its files are there.
    """

    folder: Path
    edition: str = ""
    manifest: Mapping[str, Any] = field(default_factory=dict)
    whole: bool = False


class Shelf(Protocol):
    """Where the episodes of a show stand, if not in the folder of its ``show.toml``."""

    def show(self, show: Show) -> Show:
        """Return a show with the identity that it has on the shelf."""

    def standing(self, source: str) -> Standing:
        """Return what there is of an article's episode.

        Args:
            source: As :func:`narrate.episode.publication.source_digest` gives it.
        """


def place(
    script: Script, assignment: Assignment, settings: Settings, brief: Brief, chosen: Chosen, shelf: Shelf | None = None
) -> Place:
    """Return where an episode goes.

    Args:
        script: What is heard.
        assignment: The article it was made of.
        settings: Of the render.
        brief: With the show and the output folder, if any.
        chosen: With what MP3s are signed.
        shelf: Where the show's episodes stand, if not in its folder.

    Raises:
        EngineUnavailable, InputMissing, InputUnreadable, PermissionRefused: What signs cannot be used; or the show's
            configuration or state cannot.
        WrongUse: Two choices exclude each other.
    """
    from narrate.episode.release import Release
    from narrate.episode.slug import slug

    release = Release(pictures=_pictures(assignment, brief), credentials=_credentials(chosen))

    name = slug(settings.slug or script.title)
    folder = show_folder(brief.show)
    if shelf is not None and (folder is None or brief.output):
        raise WrongUse(ON_A_SHELF)
    if folder is None or brief.output:
        return Place(brief.output or OUTPUT / name, settings, None, release)
    if settings.clips_only:
        raise WrongUse(CLIPS_IN_SHOW)
    own = choose({}, None, folder)
    if not own["base_url"] and shelf is None:
        return Place(folder / name, settings, None, release)
    from narrate.show.show import open_show

    source = _source(script, assignment, folder, name)
    show = open_show(folder, own)
    return _in_show(script, source, settings, show, assignment, release, shelf)


def _pictures(assignment: Assignment, brief: Brief) -> PictureSource:
    """Return where an article's pictures may be had from; the network is asked only where it was for the article."""
    online = assignment.content is None and "://" in assignment.source
    lies = assignment.content is None and not online and assignment.source != "-"
    folder = Path(assignment.source).resolve().parent if lies else None
    return PictureSource(folder, online, brief.reading.allow_private)


def _credentials(chosen: Chosen) -> Credentials | None:
    certificate, key = chosen["sign.certificate"], chosen["sign.key"]
    if not certificate and not key:
        return None
    if not (certificate and key):
        raise WrongUse("--sign and --sign-key go together: the certificates, and the key of the first of them.")
    from narrate.episode.signing.sign import open_credentials

    return open_credentials(Path(certificate), Path(key), chosen["sign.tsa"], os.environ.get(LOCKED_BY))


def _source(script: Script, assignment: Assignment, folder: Path, name: str) -> str:
    """Return what tells the article again: its address, its place as seen from the show, or its name."""
    article = assignment.source
    if assignment.identity or script.url:
        return str(assignment.identity or script.url)
    if "://" in article:
        return article
    if article == "-" or assignment.content is not None:
        return f"stdin {name}"
    return os.path.relpath(Path(article).resolve(), folder.resolve())


def _in_show(
    script: Script,
    source: str,
    settings: Settings,
    show: Show,
    assignment: Assignment,
    release: Release,
    shelf: Shelf | None,
) -> Place:
    from narrate.episode.publication import episode_guid, publication_of, source_digest
    from narrate.episode.slug import slug

    show = shelf.show(show) if shelf else show
    digest = source_digest(show.guid, source)
    standing = shelf.standing(digest) if shelf else _claimed(script, digest, settings, show, assignment)
    earlier = standing.manifest
    before = publication_of(earlier)
    named = settings.slug or earlier.get("slug") or script.title
    # A tag without its date would be another file, at another address.
    dated = settings.published or _day(earlier.get("dated"))
    settings = replace(settings, slug=slug(str(named)), published=dated)
    if before is None:
        publication = _new(episode_guid(show.guid, digest), digest, script, assignment.published)
    else:
        publication = _again(before, digest, script, earlier, assignment.published)
    release = replace(release, publication=publication, sample_rate_hz=show.sample_rate_hz)
    if shelf:
        whole = standing.manifest if standing.whole else None
        release = replace(release, address=show.base_url, edition_after=standing.edition, standing=whole)
    else:
        release = replace(release, address=f"{show.base_url}/{standing.folder.name}")
    return Place(standing.folder, settings, show, release)


def _claimed(script: Script, digest: str, settings: Settings, show: Show, assignment: Assignment) -> Standing:
    """Return what there is of an article's episode in the show's own folder."""
    from narrate.episode.manifest import read_manifest
    from narrate.episode.slug import slug
    from narrate.show.claims import claim

    folder = claim(show.folder, digest, slug(settings.slug or script.title), named=bool(assignment.slug))
    return Standing(folder, folder.name, read_manifest(folder) or {})


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def _new(guid: str, digest: str, script: Script, day: date | None) -> Publication:
    from narrate.episode.publication import Publication, at_hour, now

    wanted = day or script.published
    return Publication(guid, digest, at_hour(wanted) if wanted else now())


def _again(
    before: Publication, digest: str, script: Script, earlier: Mapping[str, Any], day: date | None
) -> Publication:
    """Return the identity of an episode that is made again; words that changed make it an update."""
    from narrate.episode.publication import at_hour, now
    from narrate.script.serialize import script_to_json, words_of

    changed = words_of(script_to_json(script)) != words_of(earlier.get("script") or {"sections": ()})
    moment = at_hour(day) if day and at_hour(day).date() != before.published.date() else before.published
    return replace(before, source=digest, published=moment, updated=now() if changed else before.updated)


def write_show(show: Show, cache: Cache) -> tuple[str, ...]:
    """Derive everything of a show from its manifests; return what a person has to be told."""
    from narrate.show.site import write_site

    return write_site(show, cache).warnings
