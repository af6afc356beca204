"""Parts of an episode cut from remembered speech: a sentence, a person's words, the soundbite."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from narrate.audio import mix
from narrate.audio.mix import Mastering
from narrate.audio.mp3_frames import info_frame
from narrate.audio.timeline import timeline
from narrate.episode import tags
from narrate.episode.slug import slug
from narrate.model import Speech, Take, Utterance, Voice
from narrate.model.episode import Episode
from narrate.model.errors import InputUnreadable
from narrate.model.settings import NOTICE, Encoding, Gaps, Target
from narrate.system.cache import Cache, key_of
from narrate.system.cache_entry import Facts
from narrate.system.files import FileRecord, Staging
from narrate.voices.cached_engine import recall

WORDS_IN_TITLE = 8
GONE = "The speech is no longer in the cache; remove the episode's episode.json, render it again, then cut it."


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Cues to be cut out together.

    Attributes:
        first: Index of the first cue.
        end: After the last.
    """

    first: int
    end: int


def keep_takes(takes: Sequence[Take], gaps: Gaps, mastering: Mastering, cache: Cache, job: str) -> None:
    """Remember how an episode was put together, so that it can be cut later."""
    facts = {
        "takes": [{**asdict(take), "steps": ""} for take in takes],
        "gains": [[asdict(voice), gain] for voice, gain in mastering.gains.items()],
        "target": asdict(mastering.target),
        "gaps": asdict(gaps),
        "encoding": asdict(mastering.encoding),
    }
    cache.put(key_of("takes", job), facts, b"")


def by_speaker(episode: Episode, name: str) -> list[Excerpt]:
    """Return what a person says, each time until somebody else speaks.

    Raises:
        InputUnreadable: Nobody of that name speaks.
    """
    cues = episode.cues
    wanted = " ".join(name.split()).casefold()
    numbered = itertools.groupby(enumerate(cues), key=lambda each: (each[1].speaker or "").casefold() == wanted)
    runs = [[index for index, _ in run] for matches, run in numbered if matches]
    if not runs or not wanted:
        known = list(dict.fromkeys(cue.speaker for cue in cues if cue.speaker))
        raise InputUnreadable(f"'{name}' says nothing here; {', '.join(known) or 'only the reporter'} speaks.")
    return [Excerpt(run[0], run[-1] + 1) for run in runs]


def of_soundbite(episode: Episode) -> Excerpt:
    """Return the cues of the proposed soundbite.

    Raises:
        InputUnreadable: The episode has none.
    """
    bite = episode.soundbite
    if bite is None:
        raise InputUnreadable("Nobody is quoted in this episode, so it has no soundbite; cut with --cue.")
    end_ms = bite.start_ms + bite.duration_ms
    inside = [n for n, cue in enumerate(episode.cues) if bite.start_ms <= cue.start_ms < end_ms]
    return Excerpt(inside[0], inside[-1] + 1)


def write_excerpts(episode: Episode, wanted: Sequence[Excerpt], folder: Path, cache: Cache) -> list[FileRecord]:
    """Encode parts of an episode anew from the speech that the cache remembers.

    Raises:
        InputUnreadable: The cache no longer holds what was spoken.
        SoundError: The encoder failed.
        OutputRefused, PermissionRefused, StorageError: Nothing was written.
    """
    facts = cache.facts(key_of("takes", episode.job))
    if facts is None:
        raise InputUnreadable(GONE)
    takes = [_take(each) for each in facts["takes"]]
    gains = {Voice(**voice): gain for voice, gain in facts["gains"]}
    mastering = Mastering(gains, Target(**facts["target"]), Encoding(**facts["encoding"]))
    with Staging(folder) as staging:
        records = []
        for one in wanted:
            part = [_alone(take) for take in takes[one.first : one.end]]
            if len(part) != one.end - one.first:
                raise InputUnreadable(GONE)
            part[0] = replace(part[0], utterance=replace(part[0].utterance, boundary=None))
            title = _title(part)
            mp3 = _mp3(_tag(episode, title, part), part, Gaps(**facts["gaps"]), mastering, cache)
            records.append(staging.write(f"{one.first + 1:03}-{slug(title)}.mp3", mp3))
        staging.publish()
    return records


def _mp3(tag: tags.Tag, part: Sequence[Take], gaps: Gaps, mastering: Mastering, cache: Cache) -> list[bytes]:
    units = mix.encode(mix.mix_units(part, gaps), mastering, _Remembered(cache), cache, lambda *_: None)
    encoding = mastering.encoding
    when = timeline(units, [tag.title], None, encoding)
    frames, size = sum(each.frames for each in units), sum(each.size_bytes for each in units)
    return [
        tags.tag_bytes(replace(tag, length_ms=when.chapters[-1].end_ms)),
        info_frame(frames, size, encoding.bitrate_kbps, encoding.sample_rate_hz, when.padding_samples),
        *((cache.get(each.key) or ({}, b""))[1] for each in units),
    ]


class _Remembered:
    """Gives takes their sound from the cache; nothing is spoken again."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def speech(self, take: Take) -> Speech:
        """Return remembered speech.

        Raises:
            InputUnreadable: The cache no longer holds it.
        """
        speech = recall(self._cache, take.key)
        if speech is None:
            raise InputUnreadable(GONE)
        return speech


def _take(facts: Facts) -> Take:
    said = facts["utterance"]
    instead = facts["instead_of"]
    return Take(
        utterance=Utterance(**{**said, "voice": Voice(**said["voice"])}),
        key=facts["key"],
        rate_hz=facts["rate_hz"],
        first=facts["first"],
        last=facts["last"],
        steps=b"",
        instead_of=Voice(**instead) if instead else None,
    )


def _alone(take: Take) -> Take:
    """Return a take as part of one chapter, so that a cut across chapters is one."""
    return replace(take, utterance=replace(take.utterance, chapter=0))


def _title(part: Sequence[Take]) -> str:
    said = part[0].utterance
    words = said.text.split()
    first = " ".join(words[:WORDS_IN_TITLE]) + (" …" if len(words) > WORDS_IN_TITLE else "")
    return f"{said.speaker}: {first}" if said.speaker else first


def _tag(episode: Episode, title: str, part: Sequence[Take]) -> tags.Tag:
    try:
        cover = (episode.folder / (episode.cover or "")).read_bytes()
    except OSError:
        cover = b""
    return tags.Tag(
        title=title,
        artist=episode.script.author or episode.title,
        album=episode.title,
        length_ms=0,
        disclosure=episode.notice or NOTICE,
        source_type=episode.digital_source_type,
        encoded_by=f"{episode.tool.name} {episode.tool.version}",
        chapters=(),
        text=" ".join(take.utterance.text for take in part),
        cover=cover,
    )
