"""Whether the files of an episode are the ones that its manifest describes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath

from narrate.checks.episode.manifest import AGAIN
from narrate.checks.feed.files import picture_problems
from narrate.checks.feed.rules import is_file
from narrate.checks.finding import Finding, Severity
from narrate.episode.manifest import NAME, TYPES
from narrate.model.episode import Episode, EpisodeFile
from narrate.system.files import sha256_of

EXPECTED = (
    "chapters.json", "transcript.vtt", "transcript.srt", "transcript.json", "transcript.html", "transcript.txt",
    "words.json", "waveform.svg",
)  # fmt: skip
DERIVED = {NAME, "index.html"}
OWN_FOLDERS = {"cuts"}  # where narrate clips writes
MOST_NOTES = 20


def files(folder: Path, episode: Episode) -> Iterator[Finding]:
    """Look at every file that the manifest names, and at those that it does not."""
    seen = set()
    for file in episode.files:
        path = file.path
        if path in seen:
            yield _error("file-twice", f"The manifest lists this file twice; {AGAIN}.", path)
        else:
            yield from _file(folder, file)
        seen.add(path)
    for path in _named(episode):
        if path not in seen:
            yield _error("file-unlisted", f"The manifest does not list this file; {AGAIN}.", path)
    yield from islice(_unexpected(folder, episode, seen), MOST_NOTES)
    cover = episode.file(episode.cover)
    if cover and is_file(folder / cover.path):
        for rule, message in picture_problems(folder / cover.path):
            severity: Severity = "warning" if rule == "image-bytes" else "error"
            yield Finding(None, severity, rule, f"The cover {message}", cover.path)
        if f"-{cover.sha256[:8]}." not in cover.path:
            yield Finding(None, "warning", "image-name", f"The cover is not named after its content; {AGAIN}.",
                          cover.path)  # fmt: skip


def _file(folder: Path, file: EpisodeFile) -> Iterator[Finding]:
    path = folder / file.path
    if not is_file(path):
        yield _error("file-missing", f"The file is missing; {AGAIN}.", file.path)
        return
    if not path.resolve().is_relative_to(folder.resolve()):
        yield _error("file-outside", "It is outside the episode's folder; replace the link with a file.", file.path)
        return
    try:
        size = path.stat().st_size
        if size != file.size_bytes:
            told = f"It has {size} bytes, not {file.size_bytes}; {AGAIN}."
            yield _error("file-size", told, file.path)
        elif sha256_of(path) != file.sha256:
            yield _error("file-digest", f"Its content differs from what was rendered; {AGAIN}.", file.path)
    except OSError as error:
        yield _error("file-unreadable", f"It cannot be read ({error.strerror}); check its permissions.", file.path)
    if file.type != TYPES.get(PurePosixPath(file.path).suffix, file.type):
        yield _error("file-type", f"The manifest calls it {file.type}; {AGAIN}.", file.path)


def _named(episode: Episode) -> list[str]:
    """Return what the manifest must list: whatever it names elsewhere, and what every episode has."""
    pictures = [chapter.image for chapter in episode.chapters]
    always = EXPECTED if episode.audio else ()
    wanted = [episode.audio, episode.cover, *(clip.path for clip in episode.clips), *pictures, *always]
    return list(dict.fromkeys(path for path in wanted if path))


def _unexpected(folder: Path, episode: Episode, known: set[str]) -> Iterator[Finding]:
    old = set(episode.superseded or ())
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if not path.is_file() or any(part.startswith(".") for part in name.parts) or name.parts[0] in OWN_FOLDERS:
            continue
        if name.as_posix() not in known | DERIVED | old:
            message = "narrate did not write this file; remove it if it should not be published."
            yield Finding(None, "note", "file-unexpected", message, name.as_posix())


def _error(rule: str, message: str, path: str) -> Finding:
    return Finding(None, "error", rule, message, path)
