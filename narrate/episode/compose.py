"""All files of an episode, written beside their places."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from narrate.audio.mix import EncodedUnit
from narrate.audio.timeline import Timeline, loudness, timeline
from narrate.episode import chapters, tags, transcript, transcript_text
from narrate.episode.job import Job
from narrate.episode.manifest import PAGE, TOOL, listed_file
from narrate.episode.mp3 import Draft, write_audio, write_clips
from narrate.episode.pictures import Pictures, chapter_pictures
from narrate.episode.script_text import script_text
from narrate.episode.slug import slug
from narrate.episode.soundbite import soundbite
from narrate.episode.waveform import waveform
from narrate.episode.words import Words, word_times, words_json
from narrate.model import Script, Voice
from narrate.model.episode import CastMember, Episode, SpokenBy, StandIn
from narrate.model.settings import Settings
from narrate.system.cache import Cache, key_of
from narrate.system.files import FileRecord, Staging
from narrate.voices.cast import Cast, voice_text
from narrate.voices.voices import Voices


@dataclass(frozen=True, slots=True)
class Composition:
    """An episode whose sound is made, ready to be written.

    Attributes:
        job: What was asked for.
        encoding: The settings of the job with the encoding that was used.
        units: The episode's encoded mix units, in order.
        voices: For word times and versions.
        job_digest: That of the job; another where a stand-in spoke, so that the next run tries again.
    """

    job: Job
    settings: Settings
    units: Sequence[EncodedUnit]
    voices: Voices
    job_digest: str

    def write(self, staging: Staging) -> tuple[Episode, list[str]]:
        """Write every file of the episode but its manifest.

        Args:
            staging: Where they are written; nothing is moved to its place.

        Returns:
            The episode, and sentences to warn with.

        Raises:
            OutputRefused, PermissionRefused, StorageError: A file could not be written.
        """
        job, settings, cache = self.job, self.settings, self.voices.cache
        script, release = job.script, job.release
        units, joined = chapters.merged(self.units)
        pictures = chapter_pictures(script, release.pictures, cache)
        draft = self._draft(units, pictures)
        anchors = tuple(section.anchor for section in script.sections)
        whole = timeline(units, draft.titles, script.url, settings.encoding, anchors, pictures.images)
        warnings = [*([joined] if joined else []), *pictures.warnings]
        unsigned, records = None, []
        if not settings.clips_only:
            unsigned, audio = write_audio(units, whole, draft, staging, warnings)
            records.append(audio)
        clips = list(write_clips(units, whole, draft, staging))
        records += [record for record, _ in clips]
        words = word_times(units, whole.cues, self.voices.marks)
        picture = waveform(units, whole, list(job.cast.speakers), settings.encoding, script.title)
        # Pictures are named after their content; all else follows from job and sound.
        made = [record.sha256 for record in records], sorted(pictures.content)
        edition = release.edition(draft.name, self.job_digest, *made)
        address = f"{release.address}/{edition}" if edition else release.address
        texts = _texts(whole, words, script, address) | {"waveform.svg": picture, **pictures.content}
        texts[f"cover-{hashlib.sha256(draft.cover).hexdigest()[:8]}.jpg"] = draft.cover
        records += [staging.write(name, [content]) for name, content in texts.items()]
        lufs, peak_dbtp = loudness(units, settings.encoding)
        episode = Episode(
            title=script.title,
            slug=draft.name,
            duration_ms=whole.chapters[-1].end_ms,
            sample_rate_hz=settings.encoding.sample_rate_hz,
            bitrate_kbps=settings.encoding.bitrate_kbps,
            loudness_lufs=round(lufs, 2),
            true_peak_dbtp=round(peak_dbtp, 2),
            dated=settings.published,
            notice=settings.notice,
            synthetic=True,
            digital_source_type=draft.source_type,
            engines=tuple(
                SpokenBy(engine=voice.engine, voice=voice.name, version=self.voices.version(voice))
                for voice in _heard(units)
            ),
            cast=_members(job.cast),
            stand_ins=tuple(_stand_ins(units)),
            script=script_text(script),
            chapters=whole.chapters,
            cues=whole.cues,
            audio=None if settings.clips_only else records[0].path,
            audio_unsigned_sha256=unsigned,
            cover=records[-1].path,
            clips=tuple(clip for _, clip in clips),
            soundbite=soundbite(whole.cues),
            files=tuple(map(listed_file, records)),
            publication=release.publication,
            # So that the next run tries again to get what could not be had.
            job=self.job_digest if pictures.complete else key_of(self.job_digest, "pictures"),
            tool=TOOL,
            edition=edition,
        )
        if settings.page and release.publication is None:
            page = self._page(episode, texts["words.json"], picture, staging)
            episode = msgspec.structs.replace(episode, files=(*episode.files, listed_file(page)))
        return episode, [*warnings, *cache.warnings()]

    def _page(self, episode: Episode, words: bytes, picture: bytes, staging: Staging) -> FileRecord:
        from narrate.web import PageParts, episode_page  # a tenth of a second that most renders can do without

        page = episode_page(episode, PageParts(self.job_digest, msgspec.json.decode(words), picture))
        return staging.write(PAGE, [page])

    def _draft(self, units: Sequence[EncodedUnit], pictures: Pictures) -> Draft:
        job, settings, cache = self.job, self.settings, self.voices.cache
        names = sorted({voice.engine for voice in _heard(units)})
        trained = any(map(self.voices.is_trained, names))
        source_type = tags.TRAINED if trained else tags.RULE_BASED
        if settings.music.files():
            source_type = tags.TRAINED_AND_RECORDED if trained else tags.RULE_BASED_AND_RECORDED
        return Draft(
            script=job.script,
            settings=settings,
            name=slug(settings.slug or job.script.title),
            titles=tuple(section.heading or job.script.title for section in job.script.sections),
            cover=cover(job.script, settings, cache),
            encoded_by=f"{TOOL.name} {TOOL.version} ({', '.join(names)})",
            source_type=source_type,
            cache=cache,
            release=job.release,
            pictures=pictures.content,
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


def _heard(units: Sequence[EncodedUnit]) -> tuple[Voice, ...]:
    return tuple(dict.fromkeys(take.utterance.voice for each in units for take in each.unit.takes))


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


def _members(cast: Cast) -> tuple[CastMember, ...]:
    return tuple(
        CastMember(
            speaker=speaker,
            engine=voice.engine,
            voice=voice.name,
            language=voice.language,
            rate=voice.rate,
            pitch_semitones=voice.pitch_semitones,
        )
        for speaker, voice in [(None, cast.reporter), *cast.speakers.items()]
    )


def _stand_ins(units: Sequence[EncodedUnit]) -> list[StandIn]:
    return [
        StandIn(
            segment=take.utterance.segment,
            text=take.utterance.text,
            wanted=voice_text(take.instead_of),
            spoken_by=voice_text(take.utterance.voice),
        )
        for each in units
        for take in each.unit.takes
        if take.instead_of is not None
    ]
