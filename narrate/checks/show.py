"""Whether a show's feed, pages and episodes belong together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import Any

from narrate.checks.feed.check import check_feed, parse_feed
from narrate.checks.feed.rules import Feed, is_file, named, words
from narrate.checks.finding import Finding
from narrate.episode.manifest import NAME, feed_is_older, read_manifest
from narrate.model.errors import NarrateError
from narrate.settings import SHOW_FILE, choose
from narrate.show.feed import FILE
from narrate.show.index_pages import page_names
from narrate.show.show import STATE_FILE, episode_folders
from narrate.system.text import shown

INDEX = "index.html"
AGAIN = "write the feed again with narrate feed"
BROKEN = (AttributeError, KeyError, TypeError, ValueError)


def verify_show(folder: Path, verify_episode: Callable[[Path], Sequence[Finding]]) -> list[Finding]:
    """Check a show: its feed, its pages, and every episode.

    Args:
        folder: With a ``show.toml``.
        verify_episode: Checks one.
    """
    findings: list[Finding] = []
    base_url = newest = None
    try:
        chosen = choose({}, None, folder)
        base_url, newest = chosen["base_url"], chosen["feed.newest"]
        if not base_url:
            findings.append(_error("base-url", "It has no base_url; write where the folder is served.", SHOW_FILE))
    except NarrateError as error:
        findings.append(_error("show", error.message, SHOW_FILE))
    episodes = episode_folders(folder)
    facts = {episode.name: facts for episode in episodes if (facts := _facts(episode)) is not None}
    findings += _twins(facts)
    behind = {episode.name for episode in episodes if feed_is_older(episode)}
    wanted = _wanted(facts, newest)
    findings += _feed(folder, base_url, facts, wanted, behind)
    findings += _pages(folder, facts, behind)
    for episode in episodes:
        findings += [replace(one, file=f"{episode.name}/{one.file}") for one in verify_episode(episode)]
    return findings


def _facts(episode: Path) -> dict[str, Any] | None:
    """Return what the feed must say of an episode, or None where its manifest does not tell."""
    manifest = read_manifest(episode)
    try:
        publication = manifest["publication"] if manifest else None
        audio = next(file for file in manifest["files"] if file["path"] == manifest["audio"]) if manifest else {}
        return {
            "guid": str(publication["guid"]) if publication else None,
            "listed": bool(publication and publication["listed"]),
            "published": str(publication["published"]) if publication else "",
            "audio": str(audio["path"]),
            "size_bytes": str(audio["size_bytes"]),
            "duration_s": round(manifest["duration_ms"] / 1000) if manifest else 0,
            "title": str(manifest["title"]) if manifest else "",
        }
    except (*BROKEN, StopIteration, RecursionError, OverflowError):
        return None


def _wanted(facts: Mapping[str, Mapping[str, Any]], newest: int | None) -> dict[str, str]:
    """Return the folders that the feed has to name, by guid."""
    listed = [(own["published"], own["guid"], name) for name, own in facts.items() if own["listed"] and own["guid"]]
    return {guid: name for _, guid, name in sorted(listed, reverse=True)[:newest]}


def _twins(facts: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for name, own in facts.items():
        guid = own["guid"]
        if guid is None:
            told = "It was made without --show, so no feed names it; render it again with --show."
            yield _error("publication", told, f"{name}/{NAME}")
        elif guid in seen:
            yield _error("guid-same", f"It has the guid of {seen[guid]}; remove one of them.", f"{name}/{NAME}")
        seen.setdefault(str(guid), name)


def _feed(
    folder: Path,
    base_url: str | None,
    facts: Mapping[str, Mapping[str, Any]],
    wanted: Mapping[str, str],
    behind: Set[str],
) -> Iterator[Finding]:
    """Check the feed by its rules, then against the manifests."""
    try:
        content = (folder / FILE).read_bytes()
    except OSError as error:
        yield _error("feed-missing", f"It cannot be read ({error.strerror}); {AGAIN}.", FILE)
        return
    yield from check_feed(content, folder, base_url)
    feed = parse_feed(content, folder, base_url)
    if isinstance(feed, Feed) and base_url:
        yield from _items(feed, base_url, facts, wanted, behind)
        yield from _identity(feed, folder)


def _items(
    feed: Feed,
    base_url: str,
    facts: Mapping[str, Mapping[str, Any]],
    wanted: Mapping[str, str],
    behind: Set[str],
) -> Iterator[Finding]:
    if behind:
        yield Finding(None, "warning", "feed-behind", f"It was not written since {_listed(behind)}; {AGAIN}.", FILE)
    missing = dict(wanted)
    # Of two with one guid the first counts; the other has its finding already.
    by_guid = {own["guid"]: (name, own) for name, own in reversed(list(facts.items())) if own["guid"]}
    for item in feed.items:
        guid = words(item.find("guid"))
        missing.pop(guid, None)
        if guid not in by_guid:
            yield feed.error(item, "feed-stranger", f"No episode here has the guid {shown(guid)}; {AGAIN}.")
            continue
        name, own = by_guid[guid]
        if name in behind:
            continue  # what it names of an earlier version is there, else its own rules have told
        if not own["listed"]:
            yield feed.error(item, "feed-unlisted", f"{name} is unpublished and the feed names it; {AGAIN}.")
        enclosure = item.find("enclosure")
        sound = (f"{base_url}/{name}/{own['audio']}", own["size_bytes"])
        if enclosure is not None and (enclosure.get("url"), enclosure.get("length")) != sound:
            yield feed.error(enclosure, "feed-enclosure", f"The enclosure is not the sound of {name}; {AGAIN}.")
        length = item.find(named("itunes:duration"))
        if words(length) and words(length) != str(own["duration_s"]):
            yield feed.error(length, "feed-duration", f"{name} lasts {own['duration_s']} s; {AGAIN}.")
    for name in sorted(set(missing.values()) - behind):
        yield _error("feed-lacks", f"The feed does not name {name}; {AGAIN}.", FILE)


def _identity(feed: Feed, folder: Path) -> Iterator[Finding]:
    """Look whether the feed has the podcast's stored GUID."""
    import json

    try:
        stored = json.loads((folder / STATE_FILE).read_bytes())["guid"]
    except FileNotFoundError:
        return
    except (OSError, RecursionError, *BROKEN):
        yield _error("show-state", f"It is damaged; write the podcast's guid into it, as {FILE} has it.", STATE_FILE)
        return
    element = feed.channel.find(named("podcast:guid"))
    if words(element) and words(element) != stored and not _chosen_guid(folder):
        yield feed.error(element, "guid-other", f"{STATE_FILE} keeps the guid {shown(stored)}; {AGAIN}.")


def _chosen_guid(folder: Path) -> bool:
    try:
        return bool(choose({}, None, folder)["guid"])
    except NarrateError:
        return False


def _listed(names: Set[str]) -> str:
    first = sorted(names)[:3]
    return ", ".join(first) + (f" and {len(names) - 3} more" if len(names) > 3 else "") + " was published"


def _pages(folder: Path, facts: Mapping[str, Mapping[str, Any]], behind: Set[str]) -> Iterator[Finding]:
    listed = [f"{name}/" for name, own in facts.items() if own["listed"] and name not in behind]
    for page in (*page_names(len(listed)), *(f"{place}{INDEX}" for place in listed)):
        if not is_file(folder / page):
            yield _error("page-missing", f"There is no page; {AGAIN}.", page)
    covers = [path.name for path in folder.glob("cover-*.jpg") if re.fullmatch(r"cover-[0-9a-f]{8}\.jpg", path.name)]
    if not covers:
        yield _error("show-cover", f"There is no cover-*.jpg of the show; {AGAIN}.", SHOW_FILE)


def _error(rule: str, message: str, path: str) -> Finding:
    return Finding(None, "error", rule, message, path)
