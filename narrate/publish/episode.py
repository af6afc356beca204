"""All files of an episode, the manifest last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from narrate.cache import Cache, CachedEngine, key_of
from narrate.cast import Cast
from narrate.errors import StorageError
from narrate.files import FileRecord, Staging
from narrate.frames import info_frame
from narrate.mix import Encoded
from narrate.model import Script, Voice
from narrate.publish import chapters, manifest, tags, transcript
from narrate.publish.slug import slug
from narrate.script.serialize import script_to_json
from narrate.settings import NOTICE, Encoding, Settings
from narrate.timeline import Timeline, loudness, timeline

TYPES = {".mp3": "audio/mpeg", ".vtt": "text/vtt", ".json": "application/json"}


@dataclass(frozen=True, slots=True)
class _Draft:
    """What the files of one episode have in common."""

    script: Script
    settings: Settings
    name: str
    titles: tuple[str, ...]
    cover: bytes
    encoded_by: str
    source_type: str
    cache: Cache
    voices: tuple[Voice, ...]

    def tag(self, title: str, part: Sequence[Encoded], when: Timeline) -> tags.Tag:
        """Return the tag of a run of stretches."""
        settings, script = self.settings, self.script
        return tags.Tag(
            title=title,
            artist=settings.artist or script.author or settings.album,
            album=settings.album,
            length_ms=when.chapters[-1].end_ms,
            disclosure=settings.notice or NOTICE,
            source_type=self.source_type,
            encoded_by=self.encoded_by,
            chapters=when.chapters,
            text=_words(part),
            cover=self.cover,
            published=settings.published or script.published,
        )


def publish(
    encoded: Sequence[Encoded],
    script: Script,
    cast: Cast,
    settings: Settings,
    folder: Path,
    engines: Mapping[str, CachedEngine],
    cache: Cache,
    job: str,
    tool: Mapping[str, str],
) -> dict[str, Any]:
    """Write every file of an episode, and move them to their places together.

    Args:
        encoded: The episode's stretches, in order.
        script: What is heard.
        cast: Who says it.
        settings: Names, encoding, cover.
        folder: Where the files go.
        engines: For their versions.
        cache: Holds the frames of the stretches.
        job: Digest of all that shaped the episode.
        tool: Name and version of the program.

    Returns:
        The manifest.

    Raises:
        OutputRefused, PermissionRefused, StorageError: Nothing was published.
    """
    voices = tuple(dict.fromkeys(take.utterance.voice for each in encoded for take in each.stretch.takes))
    draft = _draft(script, voices, settings, engines, cache, tool)
    whole = timeline(encoded, draft.titles, script.url, settings.encoding)
    with Staging(folder) as staging:
        records = [
            staging.write(f"{draft.name}.mp3", _mp3(draft.tag(script.title, encoded, whole), encoded, whole, draft))
        ]
        records += _clips(encoded, draft, staging)
        records.append(staging.write("chapters.json", [chapters.chapters_json(whole.chapters, script.title)]))
        records.append(staging.write("transcript.vtt", [transcript.vtt(whole.cues)]))
        facts = _facts(records, encoded, whole, draft, cast, engines) | {"job": job, "tool": dict(tool)}
        staging.write(manifest.NAME, [manifest.manifest_json(facts)])
        _lock_and_publish(staging, records, cache)
    return facts


def _lock_and_publish(staging: Staging, records: Sequence[FileRecord], cache: Cache) -> None:
    with cache.lock(key_of(str(staging.folder.resolve()))):
        earlier = manifest.read_manifest(staging.folder) or {}
        old = {record.path for record in manifest.file_records(earlier, staging.folder)}
        staging.publish(obsolete=sorted(old - {record.path for record in records}))


def _draft(
    script: Script,
    voices: tuple[Voice, ...],
    settings: Settings,
    engines: Mapping[str, CachedEngine],
    cache: Cache,
    tool: Mapping[str, str],
) -> _Draft:
    titles = tuple(section.heading or script.title for section in script.sections)
    names = sorted({voice.engine for voice in voices})
    encoded_by = f"{tool['name']} {tool['version']} ({', '.join(names)})"
    name = slug(settings.slug or script.title)
    source_type = tags.TRAINED if any(engines[engine].trained for engine in names) else tags.RULE_BASED
    picture = cover(script, settings, cache)
    return _Draft(script, settings, name, titles, picture, encoded_by, source_type, cache, voices)


def cover(script: Script, settings: Settings, cache: Cache) -> bytes:
    """Return the cover as a JPEG: the picture asked for, or one made from the title.

    Raises:
        InputUnreadable: The picture asked for cannot be read.
    """
    from narrate.publish.cover import VERSION, cover_from, generated_cover

    if settings.cover is not None:
        return cover_from(settings.cover)
    key = key_of("cover", VERSION, script.title, settings.album)
    entry = cache.get(key)
    if entry is None:
        entry = {}, generated_cover(script.title, settings.album)
        cache.put(key, *entry)
    return entry[1]


def _clips(encoded: Sequence[Encoded], draft: _Draft, staging: Staging) -> Iterator[FileRecord]:
    groups = [list(group) for _, group in groupby(encoded, key=lambda each: each.stretch.chapter)]
    width = max(2, len(str(len(groups))))
    for number, part in enumerate(groups, 1):
        title = draft.titles[part[0].stretch.chapter]
        when = timeline(part, draft.titles, None, draft.settings.encoding)
        tag = replace(draft.tag(title, part, when), chapters=(), track=(number, len(groups)))
        # A clip's album is the episode it is a part of.
        tag = replace(tag, album=draft.script.title)
        yield staging.write(f"clips/{number:0{width}}-{slug(title)}.mp3", _mp3(tag, part, when, draft))


def _mp3(tag: tags.Tag, part: Sequence[Encoded], when: Timeline, draft: _Draft) -> Iterator[bytes]:
    """Yield a whole file: tag, Info frame, and the frames of the stretches."""
    encoding: Encoding = draft.settings.encoding
    yield tags.tag_bytes(tag)
    frames, size = sum(each.frames for each in part), sum(each.size_bytes for each in part)
    yield info_frame(frames, size, encoding.bitrate_kbps, encoding.sample_rate_hz, when.padding_samples)
    for each in part:
        entry = draft.cache.get(each.key)
        if entry is None:
            raise StorageError("The cache was changed while it was in use; run the command again.")
        yield entry[1]


def _words(part: Sequence[Encoded]) -> str:
    """Return what is heard, a line a paragraph."""
    lines: list[str] = []
    for each in part:
        for take in each.stretch.takes:
            if lines and take.utterance.boundary == "sentence":
                lines[-1] += f" {take.utterance.text}"
            else:
                lines.append(take.utterance.text)
    return "\n".join(lines)


def _facts(
    records: Sequence[FileRecord],
    encoded: Sequence[Encoded],
    whole: Timeline,
    draft: _Draft,
    cast: Cast,
    engines: Mapping[str, CachedEngine],
) -> dict[str, Any]:
    lufs, peak_dbtp = loudness(encoded, draft.settings.encoding)
    settings = draft.settings
    return {
        "title": draft.script.title,
        "slug": draft.name,
        "duration_ms": whole.chapters[-1].end_ms,
        "sample_rate_hz": settings.encoding.sample_rate_hz,
        "bitrate_kbps": settings.encoding.bitrate_kbps,
        "loudness_lufs": round(lufs, 2),
        "true_peak_dbtp": round(peak_dbtp, 2),
        "notice": settings.notice,
        "synthetic": True,
        "digital_source_type": draft.source_type,
        "engines": [
            {"engine": voice.engine, "voice": voice.name, "version": engines[voice.engine].version(voice)}
            for voice in draft.voices
        ],
        "cast": manifest.cast_facts(cast),
        "stand_ins": manifest.stand_in_facts(take for each in encoded for take in each.stretch.takes),
        "script": script_to_json(draft.script),
        "chapters": manifest.chapter_facts(whole.chapters),
        "cues": manifest.cue_facts(whole.cues),
        "files": [
            {
                "path": record.path,
                "type": TYPES[Path(record.path).suffix],
                "size_bytes": record.size_bytes,
                "sha256": record.sha256,
            }
            for record in records
        ],
    }
