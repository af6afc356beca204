"""The MP3s of an episode: the whole, and a clip a chapter, from the same frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from narrate.audio.mix import EncodedUnit
from narrate.audio.mp3_frames import info_frame
from narrate.audio.timeline import Timeline, timeline
from narrate.episode import tags
from narrate.episode.manifest import TOOL
from narrate.episode.release import Release
from narrate.episode.slug import slug
from narrate.model import Script
from narrate.model.episode import Clip
from narrate.model.errors import StorageError
from narrate.model.settings import NOTICE, Encoding, Settings
from narrate.system.cache import Cache
from narrate.system.files import FileRecord, Staging


@dataclass(frozen=True, slots=True)
class Draft:
    """What the files of one episode have in common.

    Attributes:
        script: What is heard.
        settings: Names, encoding, cover.
        name: Of the episode's file, without its ending.
        titles: Of the chapters.
        cover: JPEG.
        encoded_by: Program and engines.
        source_type: IPTC digital source type, a URI.
        cache: Holds the frames of the mix units.
        release: Its identity in a show, signature.
        pictures: JPEG of each chapter that has one, by path.
    """

    script: Script
    settings: Settings
    name: str
    titles: tuple[str, ...]
    cover: bytes
    encoded_by: str
    source_type: str
    cache: Cache
    release: Release
    pictures: Mapping[str, bytes]

    def tag(self, title: str, part: Sequence[EncodedUnit], when: Timeline) -> tags.Tag:
        """Return the tag of a run of mix units."""
        settings, script = self.settings, self.script
        own = when.chapters
        if self.release.credentials is not None:
            from narrate.episode.signing.sign import signable

            own = signable(own)
        return tags.Tag(
            title=title,
            artist=settings.artist or script.author or settings.album,
            album=settings.album,
            length_ms=when.chapters[-1].end_ms,
            disclosure=settings.notice or NOTICE,
            source_type=self.source_type,
            encoded_by=self.encoded_by,
            chapters=own,
            text=_words(part),
            cover=self.cover,
            pictures=self.pictures,
            published=settings.published or script.published,
        )


def write_audio(
    encoded: Sequence[EncodedUnit], whole: Timeline, draft: Draft, staging: Staging, warnings: list[str]
) -> tuple[str, FileRecord]:
    """Write the whole episode, under the name it was published with only if it is the same to the bit.

    Returns:
        The file's digest before it was signed, and its record.
    """
    name = f"{draft.name}.mp3"
    tag, cut = tags.fitted(draft.tag(draft.script.title, encoded, whole))
    warnings += [cut] if cut else []
    unsigned, record = _write_mp3(name, tag, encoded, whole, draft, staging)
    before = draft.release.previous if draft.release.publication else None
    audio = before.audio_file if before else None
    if before is None or audio is None:
        return unsigned.sha256, record
    same = unsigned.sha256 == (before.audio_unsigned_sha256 or audio.sha256)  # two signatures of the same sound differ
    wanted = audio.path if same else f"{draft.name}-{record.sha256[:8]}.mp3"
    if wanted != name:
        staging.rename(name, wanted)
    return unsigned.sha256, replace(record, path=wanted)


def _write_mp3(
    name: str, tag: tags.Tag, part: Sequence[EncodedUnit], when: Timeline, draft: Draft, staging: Staging
) -> tuple[FileRecord, FileRecord]:
    """Write an MP3, and sign it where that was asked for; return its records before that and after.

    Nothing may write to it after that.
    """
    record = staging.write(name, _mp3(tag, part, when, draft))
    credentials = draft.release.credentials
    if credentials is None:
        return record, record
    from narrate.episode.signing.sign import Statement, sign

    said = Statement(tag.title, draft.script.language, draft.source_type, TOOL)
    return record, staging.alter(name, lambda unsigned, signed: sign(unsigned, signed, credentials, said))


def write_clips(
    encoded: Sequence[EncodedUnit], whole: Timeline, draft: Draft, staging: Staging
) -> Iterator[tuple[FileRecord, Clip]]:
    """Write a clip a chapter; yield its record, and what the manifest says of it."""
    groups = [list(group) for _, group in groupby(encoded, key=lambda each: each.unit.chapter)]
    width = max(2, len(str(len(groups))))
    for number, part in enumerate(groups, 1):
        title = draft.titles[part[0].unit.chapter]
        when = timeline(part, draft.titles, None, draft.settings.encoding)
        tag = replace(draft.tag(title, part, when), chapters=(), track=(number, len(groups)))
        # A clip's album is the episode it is a part of.
        tag = replace(tag, album=draft.script.title)
        _, record = _write_mp3(f"clips/{number:0{width}}-{slug(title)}.mp3", tag, part, when, draft, staging)
        chapter = whole.chapters[number - 1]
        yield (
            record,
            Clip(path=record.path, chapter=number - 1, title=title, start_ms=chapter.start_ms, end_ms=chapter.end_ms),
        )


def _mp3(tag: tags.Tag, part: Sequence[EncodedUnit], when: Timeline, draft: Draft) -> Iterator[bytes]:
    """Yield a whole file: tag, Info frame, and the frames of the mix units."""
    encoding: Encoding = draft.settings.encoding
    yield tags.tag_bytes(tag)
    frames, size = sum(each.frames for each in part), sum(each.size_bytes for each in part)
    yield info_frame(frames, size, encoding.bitrate_kbps, encoding.sample_rate_hz, when.padding_samples)
    for each in part:
        entry = draft.cache.get(each.key)
        if entry is None:
            raise StorageError("The cache was changed while it was in use; run the command again.")
        yield entry[1]


def _words(part: Sequence[EncodedUnit]) -> str:
    """Return what is heard, a line a paragraph."""
    lines: list[str] = []
    for each in part:
        for take in each.unit.takes:
            if lines and take.utterance.boundary == "sentence":
                lines[-1] += f" {take.utterance.text}"
            else:
                lines.append(take.utterance.text)
    return "\n".join(lines)
