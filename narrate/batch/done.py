"""Articles that need not even be read again: remembered by their digest and everything that was chosen.

A memory only: the episode's manifest and the sizes of its files decide. What is forgotten is found by rendering,
which compares digests too.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path

from narrate.episode.job import FORMAT
from narrate.episode.manifest import TOOL
from narrate.model import Voice
from narrate.model.episode import Episode
from narrate.model.errors import EngineUnavailable
from narrate.pipeline import ArticleJob, Result, RunSession
from narrate.pipeline.placing import article_digest
from narrate.pipeline.result import of_episode
from narrate.reading.source import is_address
from narrate.system.cache import key_of
from narrate.system.cache_entry import Facts


def up_to_date(session: RunSession, article_job: ArticleJob) -> Result | None:
    """Return the result of an article whose episode is up to date, or None where that is not known."""
    episode = _existing(session, article_job) if article_job.only_new else _remembered(session, article_job)
    return of_episode(article_job.source, episode) if episode else None


def _existing(session: RunSession, article_job: ArticleJob) -> Episode | None:
    show = session.store.show
    if show is None or article_job.identity is None:
        return None
    return session.store.current(article_digest(show, article_job.identity))


def _remembered(session: RunSession, article_job: ArticleJob) -> Episode | None:
    key = _key(session, article_job)
    facts = session.cache.facts(key) if key else None
    if facts is None or not _same_engines(session, facts):
        return None
    episode = session.store.current(facts["source"])
    if episode is None or episode.job != facts["job"]:
        return None
    return episode if session.store.is_whole(episode, sizes_only=True) else None


def remember(session: RunSession, article_job: ArticleJob, episode: Episode) -> None:
    """Remember an article whose episode is up to date and was made without a warning."""
    script = episode.script
    # A picture beside an article is not part of its digest, and who stepped in shall be tried again.
    pictured = script.image or any(part.image for part in script.sections)
    key = None if pictured or episode.stand_ins or not episode.publication else _key(session, article_job)
    if key and episode.publication:
        voices = dict.fromkeys(member.as_voice() for member in episode.cast)
        facts = {
            "source": episode.publication.source,
            "job": episode.job,
            "voices": [[asdict(voice), session.engines[voice.engine].version(voice)] for voice in voices],
        }
        session.cache.put(key, facts, b"")


def _key(session: RunSession, article_job: ArticleJob) -> str | None:
    """Return the digest of an article and of all that was chosen; None for one that is on the network."""
    content = article_job.content
    if content is None:
        if is_address(article_job.source) or article_job.source == "-":
            return None
        try:
            content = Path(article_job.source).read_bytes()
        except (OSError, ValueError):
            return None
    own = json.dumps(asdict(replace(article_job, content=None)), sort_keys=True, default=str)
    return key_of("done", TOOL.version, FORMAT, session.digest, hashlib.sha256(content).hexdigest(), own)


def _same_engines(session: RunSession, facts: Facts) -> bool:
    """Tell whether the engines that spoke are the same today."""
    try:
        return all(
            session.engines[voice["engine"]].version(Voice(**voice)) == version for voice, version in facts["voices"]
        )
    except (EngineUnavailable, KeyError):
        return False
