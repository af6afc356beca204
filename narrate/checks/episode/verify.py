"""What a newsroom runs before it goes live: an episode or a show, every file against its manifest."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from narrate.checks.episode.files import files
from narrate.checks.episode.manifest import AGAIN, read
from narrate.checks.episode.sound import heard, take_apart
from narrate.checks.episode.tag import tag
from narrate.checks.episode.times import times
from narrate.checks.episode.transcripts import transcripts
from narrate.checks.feed.rules import is_file
from narrate.checks.finding import Finding
from narrate.episode.manifest import NAME
from narrate.model.episode import Clip, Episode
from narrate.model.errors import EngineUnavailable, InputMissing, InputUnreadable, NarrateError
from narrate.settings import SHOW_FILE
from narrate.system import atomic_move

if TYPE_CHECKING:
    from narrate.episode.signing.signature import SignatureState

LARGEST_SOUND_BYTES = 2_000_000_000
CLIP_TOLERANCE_MS = 100  # a chapter ends with its frames, a clip where its sound does
WELL = ("Trusted", "Valid")

__all__ = ["Finding", "verify", "verify_episode"]


def verify(path: str | Path, anchors: str | Path | None = None, require_signature: bool = False) -> list[Finding]:
    """Check an episode or a whole show.

    Args:
        path: A folder with an ``episode.json`` or a ``show.toml``.
        anchors: PEM file of the certificates that signatures must lead back to, or None.
        require_signature: Whether an unsigned episode is an error.

    Returns:
        What was found, file by file; nothing where all is well.

    Raises:
        InputMissing: There is no such folder.
        InputUnreadable: It is neither an episode nor a show.
    """
    path, anchors = Path(path), Path(anchors) if anchors else None
    if not path.exists():
        raise InputMissing(f"'{path}' does not exist; name the folder of an episode or a show.")
    folder = path.parent if path.name in (NAME, SHOW_FILE) and path.is_file() else path
    if is_file(folder / SHOW_FILE):
        from narrate.checks.show import verify_show

        return verify_show(folder, lambda episode: verify_episode(episode, anchors, require_signature))
    if is_file(folder / NAME):
        return verify_episode(folder, anchors, require_signature)
    raise InputUnreadable(f"'{path}' holds neither {NAME} nor {SHOW_FILE}; name the folder of an episode or a show.")


def verify_episode(folder: Path, anchors: Path | None = None, require_signature: bool = False) -> list[Finding]:
    """Check the files of one episode against its manifest and against each other.

    Args:
        folder: With an ``episode.json``.
        anchors: PEM file of the certificates that signatures must lead back to, or None.
        require_signature: Whether an unsigned episode is an error.
    """
    with contextlib.suppress(OSError):
        atomic_move.settle(folder)  # a publication that was interrupted is finished, as far as we may
    episode, findings = read(folder)
    if episode is None:
        return findings
    findings += files(folder, episode)
    findings += times(folder, episode)
    findings += transcripts(folder, episode)
    if episode.audio:
        findings += _episode_sound(folder, episode, episode.audio)
    for clip in episode.clips:
        findings += _clip(folder, episode, clip)
    for name in (episode.audio, *(clip.path for clip in episode.clips)):
        if name:
            findings += _signature(folder, episode, name, anchors, require_signature)
    return list(dict.fromkeys(findings))


def _content(folder: Path, name: str) -> bytes | None:
    """Return a sound file; one that is missing or not below the folder has its finding already."""
    path = folder / name
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
        return path.read_bytes() if inside and path.stat().st_size <= LARGEST_SOUND_BYTES else None
    except (OSError, ValueError):
        return None


def _episode_sound(folder: Path, episode: Episode, name: str) -> Iterator[Finding]:
    content = _content(folder, name)
    if content is None:
        return
    sound, problems = take_apart(content, episode.bitrate_kbps, episode.sample_rate_hz, name)
    yield from problems
    if sound.tag:
        yield from tag(sound.tag, name, episode, episode.title, episode.duration_ms, episode.chapters)
    if sound.length_samples is not None and not problems:
        yield from heard(folder / name, name, episode, sound)


def _clip(folder: Path, episode: Episode, clip: Clip) -> Iterator[Finding]:
    content = _content(folder, clip.path)
    if content is None:
        return
    rate_hz = episode.sample_rate_hz
    sound, problems = take_apart(content, episode.bitrate_kbps, rate_hz, clip.path)
    yield from problems
    if sound.length_samples is None or not rate_hz:
        return
    length_ms = round(sound.length_samples * 1000 / rate_hz)
    if abs(length_ms - (clip.end_ms - clip.start_ms)) > CLIP_TOLERANCE_MS:
        told = f"It lasts {length_ms} ms, which is not its chapter; {AGAIN}."
        yield Finding(None, "error", "clip-length", told, clip.path)
    if sound.tag:
        yield from tag(sound.tag, clip.path, episode, clip.title, length_ms, ())


def _signature(folder: Path, episode: Episode, name: str, anchors: Path | None, required: bool) -> Iterator[Finding]:
    """Look at the Content Credentials of a sound file, without asking the network."""
    from narrate.episode.signing.signature import state

    if _content(folder, name) is None:
        return
    try:
        signature = state(folder / name, anchors)
    except NarrateError as error:
        # Without the library nothing can be said; with it, the anchors were at fault.
        lacks = isinstance(error, EngineUnavailable) and not required
        yield Finding(None, "warning" if lacks else "error", "signature-unread", error.message, name)
        return
    for rule, message in _signature_problems(signature, episode, required):
        yield Finding(None, "error", rule, message, name)


def _signature_problems(
    signature: SignatureState | None, episode: Episode, required: bool
) -> Iterator[tuple[str, str]]:
    if signature is None:
        if required:
            yield "signature-missing", "It has no Content Credentials; render it with --sign."
    elif signature.state not in WELL:
        reason = f" ({signature.reason})" if signature.reason else ""
        yield "signature", f"Its Content Credentials are {signature.state.lower()}{reason}; {AGAIN} and sign it."
    elif signature.source_type != episode.digital_source_type:
        yield "signature-source", f"It is signed as another kind of source than the manifest says; {AGAIN}."
