"""Whether a show's feed, pages and episodes belong together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path

from narrate.checks.feed.check import check_feed, parse_feed
from narrate.checks.feed.rules import Feed, is_file, named, words
from narrate.checks.finding import Finding
from narrate.episode.manifest import NAME, feed_is_older, read_episode
from narrate.model.episode import Episode, Publication
from narrate.model.errors import NarrateError
from narrate.settings import SHOW_FILE, choose
from narrate.show.feed import FILE
from narrate.show.index_pages import page_names
from narrate.show.show import STATE_FILE, episode_folders
from narrate.system.text import shown

INDEX = "index.html"
AGAIN = "write the feed again with narrate feed"


def verify_show(folder: Path, verify_episode: Callable[[Path], Sequence[Finding]]) -> list[Finding]:
    """Check a show: its feed, its pages, and every episode."""
    findings: list[Finding] = []
    base_url = newest = None
    try:
        chosen = choose({}, None, folder)
        base_url, newest = chosen["base_url"], chosen["feed.newest"]
        if not base_url:
            findings.append(_error("base-url", "It has no base_url; write where the folder is served.", SHOW_FILE))
    except NarrateError as error:
        findings.append(_error("show", error.message, SHOW_FILE))
    folders = episode_folders(folder)
    made = {one.name: episode for one in folders if (episode := read_episode(one))}
    findings += _twins(made)
    behind = {one.name for one in folders if feed_is_older(one)}
    wanted = _wanted(made, newest)
    findings += _feed(folder, base_url, made, wanted, behind)
    findings += _pages(folder, made, behind)
    for one in folders:
        findings += [replace(finding, file=f"{one.name}/{finding.file}") for finding in verify_episode(one)]
    return findings


def _listed(episode: Episode) -> Publication | None:
    """Return the publication of an episode that the feed has to name, else None."""
    publication = episode.publication
    return publication if publication and publication.listed else None


def _wanted(made: Mapping[str, Episode], newest: int | None) -> dict[str, str]:
    """Return the folders that the feed has to name, by guid."""
    listed = [(own.published, own.guid, name) for name, episode in made.items() if (own := _listed(episode))]
    return {guid: name for _, guid, name in sorted(listed, reverse=True)[:newest]}


def _twins(made: Mapping[str, Episode]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for name, episode in made.items():
        guid = episode.publication.guid if episode.publication else None
        if guid is None:
            told = "It was made without --show, so no feed names it; render it again with --show."
            yield _error("publication", told, f"{name}/{NAME}")
        elif guid in seen:
            yield _error("guid-same", f"It has the guid of {seen[guid]}; remove one of them.", f"{name}/{NAME}")
        else:
            seen[guid] = name


def _feed(
    folder: Path,
    base_url: str | None,
    made: Mapping[str, Episode],
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
        yield from _items(feed, base_url, made, wanted, behind)
        yield from _identity(feed, folder)


def _items(
    feed: Feed,
    base_url: str,
    made: Mapping[str, Episode],
    wanted: Mapping[str, str],
    behind: Set[str],
) -> Iterator[Finding]:
    if behind:
        yield Finding(None, "warning", "feed-behind", f"It was not written since {_named(behind)}; {AGAIN}.", FILE)
    missing = dict(wanted)
    # Of two with one guid the first counts; the other has its finding already.
    by_guid = {own.publication.guid: (name, own) for name, own in reversed(list(made.items())) if own.publication}
    for item in feed.items:
        guid = words(item.find("guid"))
        missing.pop(guid, None)
        if guid not in by_guid:
            yield feed.error(item, "feed-stranger", f"No episode here has the guid {shown(guid)}; {AGAIN}.")
            continue
        name, own = by_guid[guid]
        if name in behind:
            continue  # what it names of an earlier version is there, else its own rules have told
        if not _listed(own):
            yield feed.error(item, "feed-unlisted", f"{name} is unpublished and the feed names it; {AGAIN}.")
        enclosure = item.find("enclosure")
        audio = own.audio_file
        wanted_audio = (f"{base_url}/{name}/{own.audio}", str(audio.size_bytes) if audio else None)
        if enclosure is not None and (enclosure.get("url"), enclosure.get("length")) != wanted_audio:
            yield feed.error(enclosure, "feed-enclosure", f"The enclosure is not the audio of {name}; {AGAIN}.")
        length = item.find(named("itunes:duration"))
        duration_s = round(own.duration_ms / 1000)
        if words(length) and words(length) != str(duration_s):
            yield feed.error(length, "feed-duration", f"{name} lasts {duration_s} s; {AGAIN}.")
    for name in sorted(set(missing.values()) - behind):
        yield _error("feed-lacks", f"The feed does not name {name}; {AGAIN}.", FILE)


def _identity(feed: Feed, folder: Path) -> Iterator[Finding]:
    """Look whether the feed has the podcast's stored GUID."""
    import json

    try:
        stored = json.loads((folder / STATE_FILE).read_bytes())["guid"]
    except FileNotFoundError:
        return
    except (OSError, RecursionError, KeyError, TypeError, ValueError):
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


def _named(names: Set[str]) -> str:
    first = sorted(names)[:3]
    return ", ".join(first) + (f" and {len(names) - 3} more" if len(names) > 3 else "") + " was published"


def _pages(folder: Path, made: Mapping[str, Episode], behind: Set[str]) -> Iterator[Finding]:
    listed = [f"{name}/" for name, episode in made.items() if _listed(episode) and name not in behind]
    for page in (*page_names(len(listed)), *(f"{place}{INDEX}" for place in listed)):
        if not is_file(folder / page):
            yield _error("page-missing", f"There is no page; {AGAIN}.", page)
    covers = [path.name for path in folder.glob("cover-*.jpg") if re.fullmatch(r"cover-[0-9a-f]{8}\.jpg", path.name)]
    if not covers:
        yield _error("show-cover", f"There is no cover-*.jpg of the show; {AGAIN}.", SHOW_FILE)


def _error(rule: str, message: str, path: str) -> Finding:
    return Finding(None, "error", rule, message, path)
