"""All files of an episode, the manifest last."""

from __future__ import annotations

import hashlib
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
from narrate.publish import chapters, manifest, tags, transcript, transcript_text
from narrate.publish.publication import Publication
from narrate.publish.slug import slug
from narrate.publish.soundbite import soundbite
from narrate.publish.waveform import waveform
from narrate.publish.words import Words, word_times, words_json
from narrate.script.serialize import script_to_json
from narrate.settings import NOTICE, Encoding, Settings
from narrate.timeline import Timeline, loudness, timeline


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
    publication: Publication | None = None,
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
        publication: The episode's identity in its show. Sound that differs from what was published gets a
            name of its own, and what is replaced stays until the feed no longer names it.

    Returns:
        The manifest.

    Raises:
        OutputRefused, PermissionRefused, StorageError: Nothing was published.
    """
    voices = tuple(dict.fromkeys(take.utterance.voice for each in encoded for take in each.stretch.takes))
    draft = _draft(script, voices, settings, engines, cache)
    whole = timeline(encoded, draft.titles, script.url, settings.encoding)
    with Staging(folder) as staging:
        records = [] if settings.clips_only else [_audio(encoded, whole, draft, staging, publication)]
        audio = records[0].path if records else None
        clips = list(_clips(encoded, whole, draft, staging))
        records += [record for record, _ in clips]
        words = word_times(encoded, whole.cues, engines)
        texts = _texts(whole, words, script) | {"waveform.svg": _picture(encoded, whole, script, cast, settings)}
        records += [staging.write(name, [content]) for name, content in texts.items()]
        records.append(staging.write(f"cover-{hashlib.sha256(draft.cover).hexdigest()[:8]}.jpg", [draft.cover]))
        facts = {
            **_facts(encoded, whole, draft, cast, engines),
            "audio": audio,
            "cover": records[-1].path,
            "clips": [fact for _, fact in clips],
            "soundbite": soundbite(whole.cues),
            "files": manifest.file_facts(records),
            "publication": publication.facts() if publication else None,
            "job": job,
            "tool": manifest.TOOL,
        }
        _lock_and_publish(staging, facts, cache)
    return facts


def _picture(encoded: Sequence[Encoded], whole: Timeline, script: Script, cast: Cast, settings: Settings) -> bytes:
    speakers = list(cast.speakers)
    return waveform(encoded, whole.cues, whole.chapters, speakers, settings.encoding, script.title)


def _texts(whole: Timeline, words: Words, script: Script) -> dict[str, bytes]:
    """Return every file that is text, by name."""
    cues, parts, title = whole.cues, whole.chapters, script.title
    return {
        "chapters.json": chapters.chapters_json(parts, title),
        "transcript.vtt": transcript.vtt(cues, words),
        "transcript.srt": transcript.srt(cues, words),
        "transcript.json": transcript_text.transcript_json(cues),
        "transcript.html": transcript_text.transcript_html(cues, parts, title, script.language),
        "transcript.txt": transcript_text.transcript_text(cues, parts, title),
        "words.json": words_json(words),
    }


def _audio(
    encoded: Sequence[Encoded], whole: Timeline, draft: _Draft, staging: Staging, publication: Publication | None
) -> FileRecord:
    """Write the whole episode, under the name it was published with only if it is the same to the bit."""
    name = f"{draft.name}.mp3"
    record = staging.write(name, _mp3(draft.tag(draft.script.title, encoded, whole), encoded, whole, draft))
    if publication is None or publication.audio is None:
        return record
    same = record.sha256 == publication.audio_sha256
    wanted = publication.audio if same else f"{draft.name}-{record.sha256[:8]}.mp3"
    if wanted != name:
        staging.rename(name, wanted)
    return replace(record, path=wanted)


def _lock_and_publish(staging: Staging, facts: dict[str, Any], cache: Cache) -> None:
    """Move the files to their places; an episode of a show leaves the removal of old ones to its feed."""
    with cache.lock(key_of(str(staging.folder.resolve()))):
        earlier = manifest.read_manifest(staging.folder) or {}
        old = {record.path for record in manifest.file_records(earlier, staging.folder)}
        old |= {path for path in earlier.get("superseded", ()) if (staging.folder / path).is_file()}
        obsolete = sorted(old - {file["path"] for file in facts["files"]})
        if facts["publication"]:
            facts["superseded"] = obsolete
        staging.write(manifest.NAME, [manifest.manifest_json(facts)])
        staging.publish(obsolete=() if facts["publication"] else obsolete)


def _draft(
    script: Script,
    voices: tuple[Voice, ...],
    settings: Settings,
    engines: Mapping[str, CachedEngine],
    cache: Cache,
) -> _Draft:
    titles = tuple(section.heading or script.title for section in script.sections)
    names = sorted({voice.engine for voice in voices})
    encoded_by = f"{manifest.TOOL['name']} {manifest.TOOL['version']} ({', '.join(names)})"
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


def _clips(
    encoded: Sequence[Encoded], whole: Timeline, draft: _Draft, staging: Staging
) -> Iterator[tuple[FileRecord, dict[str, Any]]]:
    """Write a clip a chapter; yield its record, and what the manifest says of it."""
    groups = [list(group) for _, group in groupby(encoded, key=lambda each: each.stretch.chapter)]
    width = max(2, len(str(len(groups))))
    for number, part in enumerate(groups, 1):
        title = draft.titles[part[0].stretch.chapter]
        when = timeline(part, draft.titles, None, draft.settings.encoding)
        tag = replace(draft.tag(title, part, when), chapters=(), track=(number, len(groups)))
        # A clip's album is the episode it is a part of.
        tag = replace(tag, album=draft.script.title)
        record = staging.write(f"clips/{number:0{width}}-{slug(title)}.mp3", _mp3(tag, part, when, draft))
        chapter = whole.chapters[number - 1]
        yield (
            record,
            {
                "path": record.path,
                "chapter": number - 1,
                "title": title,
                "start_ms": chapter.start_ms,
                "end_ms": chapter.end_ms,
            },
        )


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
        "dated": settings.published.isoformat() if settings.published else None,
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
    }
