"""Which store an episode goes into, and as which episode of it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from narrate.episode.store import EpisodeStore, LooseFolder, Place
from narrate.model import PictureSource, Script
from narrate.model.episode import Publication
from narrate.model.errors import WrongUse
from narrate.model.settings import Settings
from narrate.pipeline.options import ArticleJob, RunOptions
from narrate.settings import Chosen, choose, show_folder

if TYPE_CHECKING:
    from narrate.episode.release import Release
    from narrate.episode.signing.credentials import Credentials
    from narrate.model.show import Show
    from narrate.system.cache import Cache

OUTPUT = Path("audio")
PASSPHRASE_VARIABLE = "NARRATE_SIGN_PASSPHRASE"  # noqa: S105 - its name, not its value
NO_FEED = 'show.toml has no base_url, so no feed is written; add base_url = "https://…", where the show is served.'
SHOWS_ONLY = "Object storage holds shows; name the folder of a show.toml with --show, and leave out -o."
CLIPS_IN_SHOW = "--clips-only makes no episode that a feed could name; leave it out, or leave out --show."


def open_store(run_options: RunOptions, cache: Cache) -> EpisodeStore:
    """Return the store that a run's episodes go into.

    Raises:
        EngineUnavailable: Object storage needs a package that is not installed.
        InputUnreadable: The show's configuration cannot be used.
        OutputRefused, PermissionRefused, StorageError: The storage cannot be used.
        WrongUse: Two options exclude each other.
    """
    folder = show_folder(run_options.show)
    if run_options.out:
        if folder is None or run_options.output:
            raise WrongUse(SHOWS_ONLY)
        _check_whole(run_options)
        from narrate.show.s3 import Bucket, BucketStore
        from narrate.show.show import open_show

        bucket = Bucket(run_options.out)
        bucket.check()
        return BucketStore(bucket, open_show(folder))
    if folder is None or run_options.output:
        return LooseFolder(cache, OUTPUT, run_options.output)
    _check_whole(run_options)
    if not choose({}, None, folder)["base_url"]:
        return LooseFolder(cache, folder)
    from narrate.show.folder import ShowFolder
    from narrate.show.show import open_show

    return ShowFolder(open_show(folder), cache)


def _check_whole(run_options: RunOptions) -> None:
    if run_options.clips_only:
        raise WrongUse(CLIPS_IN_SHOW)


def release_of(
    script: Script,
    article_job: ArticleJob,
    settings: Settings,
    run_options: RunOptions,
    chosen: Chosen,
    store: EpisodeStore,
) -> tuple[Release, Settings]:
    """Return where an episode goes and as which episode, and its settings with its name and date.

    Raises:
        EngineUnavailable, InputMissing, InputUnreadable, PermissionRefused: The signing credentials cannot be used.
        StorageError, PermissionRefused: The show cannot be written.
    """
    from narrate.episode.release import Release
    from narrate.episode.slug import slug

    credentials, pictures = _credentials(chosen), _pictures(article_job, run_options)
    name = slug(settings.slug or script.title)
    if store.show is None:
        place = store.place("", name, named=bool(settings.slug))
        return Release(place.folder, pictures=pictures, credentials=credentials, previous=place.previous), settings
    digest = article_digest(store.show, _source(script, article_job, store.show.folder, name))
    place = store.place(digest, name, named=bool(article_job.slug))
    previous = place.previous
    named = settings.slug or (previous.slug if previous else script.title)
    # A tag without its date would be another file, at another address.
    dated = settings.published or (previous.dated if previous else None)
    release = Release(
        place.folder,
        publication=_publication(store.show, digest, place, script, article_job),
        address=place.address,
        pictures=pictures,
        credentials=credentials,
        edition_after=place.edition_after,
        previous=previous,
        sample_rate_hz=store.show.sample_rate_hz,
    )
    return release, replace(settings, slug=slug(named), published=dated)


def article_digest(show: Show, source: str) -> str:
    """Return the digest of where an article comes from, by which its show tells it again."""
    from narrate.episode.publication import source_digest

    return source_digest(show.guid, source)


def _pictures(article_job: ArticleJob, run_options: RunOptions) -> PictureSource:
    """Return where an article's pictures may be had from; the network is asked only where it was for the article."""
    online = article_job.content is None and "://" in article_job.source
    lies = article_job.content is None and not online and article_job.source != "-"
    folder = Path(article_job.source).resolve().parent if lies else None
    return PictureSource(folder, online, run_options.reading.allow_private)


def _credentials(chosen: Chosen) -> Credentials | None:
    certificate, key = chosen["sign.certificate"], chosen["sign.key"]
    if not certificate and not key:
        return None
    if not (certificate and key):
        raise WrongUse("--sign and --sign-key go together: the certificates, and the key of the first of them.")
    from narrate.episode.signing.sign import open_credentials

    return open_credentials(Path(certificate), Path(key), chosen["sign.tsa"], os.environ.get(PASSPHRASE_VARIABLE))


def _source(script: Script, article_job: ArticleJob, folder: Path, name: str) -> str:
    """Return what tells the article again: its address, its place as seen from the show, or its name."""
    article = article_job.source
    if article_job.identity or script.url:
        return str(article_job.identity or script.url)
    if "://" in article:
        return article
    if article == "-" or article_job.content is not None:
        return f"stdin {name}"
    return os.path.relpath(Path(article).resolve(), folder.resolve())


def _publication(show: Show, digest: str, place: Place, script: Script, article_job: ArticleJob) -> Publication:
    """Return the identity and dates of an episode; words that changed make a new version an update."""
    from narrate.episode.publication import at_hour, episode_guid, now
    from narrate.episode.script_text import script_text

    day, known = article_job.published, place.publication
    if known is None:
        wanted = day or script.published
        published = at_hour(wanted) if wanted else now()
        return Publication(guid=episode_guid(show.guid, digest), source=digest, published=published)
    changed = place.previous is not None and script_text(script).words() != place.previous.script.words()
    moment = at_hour(day) if day and at_hour(day).date() != known.published.date() else known.published
    updated = now() if changed else known.updated
    return msgspec.structs.replace(known, source=digest, published=moment, updated=updated)
