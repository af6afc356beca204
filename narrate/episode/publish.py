"""All files of an episode, the manifest last."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from narrate.audio.mix import Encoded
from narrate.audio.timeline import Timeline, loudness, timeline
from narrate.episode import chapters, manifest, tags, transcript, transcript_text
from narrate.episode.mp3 import Draft, write_audio, write_clips
from narrate.episode.pictures import Pictures, chapter_pictures
from narrate.episode.release import Release
from narrate.episode.slug import slug
from narrate.episode.soundbite import soundbite
from narrate.episode.waveform import waveform
from narrate.episode.words import Words, word_times, words_json
from narrate.model import Script, Voice
from narrate.model.settings import Settings
from narrate.script.serialize import script_to_json
from narrate.system.cache import Cache, key_of
from narrate.system.files import FileRecord, Staging
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.cast import Cast

PAGE = "index.html"


def publish(
    encoded: Sequence[Encoded],
    script: Script,
    cast: Cast,
    settings: Settings,
    folder: Path,
    engines: Mapping[str, CachedEngine],
    cache: Cache,
    job: str,
    release: Release,
) -> tuple[dict[str, Any], list[str]]:
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
        release: Its identity in a show, pictures, signature. Sound that differs from what was published gets a name
            of its own, and what is replaced stays until the feed no longer names it.

    Returns:
        The manifest, and what a person has to be told.

    Raises:
        OutputRefused, PermissionRefused, StorageError: Nothing was published.
    """
    encoded, joined = chapters.merged(encoded)
    pictures = chapter_pictures(script, release.pictures, cache)
    voices = tuple(dict.fromkeys(take.utterance.voice for each in encoded for take in each.stretch.takes))
    draft = _draft(script, voices, settings, engines, cache, release, pictures)
    anchors = tuple(section.anchor for section in script.sections)
    whole = timeline(encoded, draft.titles, script.url, settings.encoding, anchors, pictures.images)
    warnings = [*([joined] if joined else []), *pictures.warnings]
    with Staging(folder) as staging:
        unsigned: str | None = None
        records: list[FileRecord] = []
        if not settings.clips_only:
            unsigned, audio = write_audio(encoded, whole, draft, staging, warnings)
            records.append(audio)
        clips = list(write_clips(encoded, whole, draft, staging))
        records += [record for record, _ in clips]
        words = word_times(encoded, whole.cues, engines)
        picture = waveform(encoded, whole.cues, whole.chapters, list(cast.speakers), settings.encoding, script.title)
        # Pictures are named after their content; all else follows from job and sound.
        edition = release.edition(draft.name, job, [record.sha256 for record in records], sorted(pictures.content))
        address = f"{release.address}/{edition}" if edition else release.address
        texts = _texts(whole, words, script, address) | {"waveform.svg": picture, **pictures.content}
        texts[f"cover-{hashlib.sha256(draft.cover).hexdigest()[:8]}.jpg"] = draft.cover
        records += [staging.write(name, [content]) for name, content in texts.items()]
        facts = {
            **_facts(encoded, whole, draft, cast, engines),
            "audio": None if settings.clips_only else records[0].path,
            "audio_unsigned_sha256": unsigned,
            "cover": records[-1].path,
            "clips": [fact for _, fact in clips],
            "soundbite": soundbite(whole.cues),
            "files": manifest.file_facts(records),
            "publication": release.publication.facts() if release.publication else None,
            # So that the next run tries again to get what could not be had.
            "job": job if pictures.complete else key_of(job, "pictures"),
            "tool": manifest.TOOL,
            **({"edition": edition} if edition else {}),
        }
        if settings.page and release.publication is None:
            from narrate.web import episode_page  # a tenth of a second that most renders can do without

            page = episode_page(facts, json.loads(texts["words.json"]), picture, key=job)
            facts["files"] += manifest.file_facts([staging.write(PAGE, [page])])
        _lock_and_publish(staging, facts, cache)
    return facts, [*warnings, *cache.warnings()]


def _texts(whole: Timeline, words: Words, script: Script, address: str) -> dict[str, bytes]:
    """Return every file that is text, by name."""
    cues, parts, title = whole.cues, whole.chapters, script.title
    return {
        "chapters.json": chapters.chapters_json(parts, title, address),
        "transcript.vtt": transcript.vtt(cues, words),
        "transcript.srt": transcript.srt(cues, words),
        "transcript.json": transcript_text.transcript_json(cues),
        "transcript.html": transcript_text.transcript_html(cues, parts, title, script.language),
        "transcript.txt": transcript_text.transcript_text(cues, parts, title),
        "words.json": words_json(words),
    }


def _lock_and_publish(staging: Staging, facts: dict[str, Any], cache: Cache) -> None:
    """Move the files to their places; an episode of a show leaves the removal of old ones to its feed."""
    with cache.lock(key_of(str(staging.folder.resolve()))):
        earlier = manifest.read_manifest(staging.folder) or {}
        records = manifest.file_records(earlier, staging.folder)
        if _same(earlier, facts) and all(record.holds(staging.folder) for record in records):
            return  # somebody else has just made the same
        old = {record.path for record in records}
        old |= set(manifest.superseded_files(earlier, staging.folder))
        obsolete = sorted(old - {file["path"] for file in facts["files"]})
        if facts["publication"]:
            facts["superseded"] = [path for path in obsolete if path != PAGE]  # the show writes a page of its own
            staging.write(manifest.FEED_BEFORE, [manifest.feed_digest(staging.folder.parent).encode()])
        staging.write(manifest.NAME, [manifest.manifest_json(facts)])
        staging.publish(obsolete=() if facts["publication"] else obsolete)


def _same(earlier: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Tell whether two manifests say the same of an episode; what an earlier version left is not of it."""
    made = json.loads(manifest.manifest_json(facts))
    return {**earlier, "superseded": None} == {**made, "superseded": None}


def _draft(
    script: Script,
    voices: tuple[Voice, ...],
    settings: Settings,
    engines: Mapping[str, CachedEngine],
    cache: Cache,
    release: Release,
    pictures: Pictures,
) -> Draft:
    titles = tuple(section.heading or script.title for section in script.sections)
    names = sorted({voice.engine for voice in voices})
    encoded_by = f"{manifest.TOOL['name']} {manifest.TOOL['version']} ({', '.join(names)})"
    name = slug(settings.slug or script.title)
    trained = any(engines[engine].trained for engine in names)
    source_type = tags.TRAINED if trained else tags.RULE_BASED
    if settings.music.files():
        source_type = tags.TRAINED_AND_RECORDED if trained else tags.RULE_BASED_AND_RECORDED
    picture = cover(script, settings, cache)
    return Draft(
        script, settings, name, titles, picture, encoded_by, source_type, cache, voices, release, pictures.content
    )


def cover(script: Script, settings: Settings, cache: Cache) -> bytes:
    """Return the cover as a JPEG: the picture asked for, or one made from the title.

    Raises:
        InputUnreadable: The picture asked for cannot be read.
    """
    from narrate.episode.cover import VERSION, cover_from, generated_cover

    if settings.cover is not None:
        return cover_from(settings.cover)
    key = key_of("cover", VERSION, script.title, settings.album)
    entry = cache.get(key)
    if entry is None:
        entry = {}, generated_cover(script.title, settings.album)
        cache.put(key, *entry)
    return entry[1]


def _facts(
    encoded: Sequence[Encoded],
    whole: Timeline,
    draft: Draft,
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
