"""Parts of an episode cut from remembered speech: a sentence, a person's words, the soundbite."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from narrate.audio import mix
from narrate.audio.mp3_frames import info_frame
from narrate.audio.timeline import timeline
from narrate.episode import tags
from narrate.episode.slug import slug
from narrate.model import Speech, Utterance, Voice
from narrate.model.errors import InputUnreadable
from narrate.model.settings import NOTICE, Encoding, Gaps, Settings, Target
from narrate.system.cache import Cache, key_of
from narrate.system.files import FileRecord, Staging
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.speak import Take

WORDS_IN_TITLE = 8
GONE = "What was spoken is no longer in the cache; remove the episode.json and render the episode again, then cut it."


@dataclass(frozen=True, slots=True)
class Cut:
    """Cues to be cut out together.

    Attributes:
        first: Index of the first cue.
        end: After the last.
    """

    first: int
    end: int


def keep_takes(
    takes: Sequence[Take], gains: Mapping[Voice, float], target: Target, settings: Settings, cache: Cache, job: str
) -> None:
    """Remember how an episode was put together, so that it can be cut later.

    Args:
        takes: One a cue.
        gains: In dB, by voice.
        target: Of loudness before encoding.
        settings: Gaps and encoding.
        cache: Where it is kept.
        job: The manifest's.
    """
    facts = {
        "takes": [{**asdict(take), "steps": ""} for take in takes],
        "gains": [[asdict(voice), gain] for voice, gain in gains.items()],
        "target": asdict(target),
        "gaps": asdict(settings.gaps),
        "encoding": asdict(settings.encoding),
    }
    cache.put(key_of("takes", job), facts, b"")


def by_speaker(manifest: Mapping[str, Any], name: str) -> list[Cut]:
    """Return what a person says, each time until somebody else speaks.

    Raises:
        InputUnreadable: Nobody of that name speaks.
    """
    cues = manifest["cues"]
    wanted = " ".join(name.split()).casefold()
    numbered = itertools.groupby(enumerate(cues), key=lambda each: (each[1]["speaker"] or "").casefold() == wanted)
    runs = [[index for index, _ in run] for matches, run in numbered if matches]
    if not runs or not wanted:
        known = list(dict.fromkeys(cue["speaker"] for cue in cues if cue["speaker"]))
        raise InputUnreadable(f"'{name}' says nothing here; {', '.join(known) or 'only the reporter'} speaks.")
    return [Cut(run[0], run[-1] + 1) for run in runs]


def of_soundbite(manifest: Mapping[str, Any]) -> Cut:
    """Return the cues of the proposed soundbite.

    Raises:
        InputUnreadable: The episode has none.
    """
    bite = manifest.get("soundbite")
    if not bite:
        raise InputUnreadable("Nobody is quoted in this episode, so it has no soundbite; cut with --cue.")
    end_ms = bite["start_ms"] + bite["duration_ms"]
    inside = [n for n, cue in enumerate(manifest["cues"]) if bite["start_ms"] <= cue["start_ms"] < end_ms]
    return Cut(inside[0], inside[-1] + 1)


def write_cuts(
    episode: Path, manifest: Mapping[str, Any], cuts: Sequence[Cut], folder: Path, cache: Cache
) -> list[FileRecord]:
    """Encode parts of an episode anew from the speech that the cache remembers.

    Args:
        episode: Its folder, for the cover.
        manifest: As in ``episode.json``.
        cuts: Which cues.
        folder: Where the MP3s go.
        cache: As it was when the episode was rendered.

    Raises:
        InputUnreadable: The cache no longer holds what was spoken.
        SoundError: The encoder failed.
        OutputRefused, PermissionRefused, StorageError: Nothing was written.
    """
    facts = cache.facts(key_of("takes", manifest["job"]))
    if facts is None:
        raise InputUnreadable(GONE)
    takes = [_take(each) for each in facts["takes"]]
    gains = {Voice(**voice): gain for voice, gain in facts["gains"]}
    target, gaps, encoding = Target(**facts["target"]), Gaps(**facts["gaps"]), Encoding(**facts["encoding"])
    engines = {take.utterance.voice.engine: _Kept(cache, takes) for take in takes}
    with Staging(folder) as staging:
        records = []
        for cut in cuts:
            part = [_alone(take) for take in takes[cut.first : cut.end]]
            if len(part) != cut.end - cut.first:
                raise InputUnreadable(GONE)
            encoded = mix.encode(
                mix.stretches([replace(part[0], utterance=replace(part[0].utterance, boundary=None)), *part[1:]], gaps),
                engines, cache, gains, target, encoding, lambda *_: None,
            )  # fmt: skip
            title = _title(part)
            tag = _tag(episode, manifest, title, part)
            when = timeline(encoded, [title], None, encoding)
            frames, size = sum(each.frames for each in encoded), sum(each.size_bytes for each in encoded)
            pieces = [
                tags.tag_bytes(replace(tag, length_ms=when.chapters[-1].end_ms)),
                info_frame(frames, size, encoding.bitrate_kbps, encoding.sample_rate_hz, when.padding_samples),
                *((cache.get(each.key) or ({}, b""))[1] for each in encoded),
            ]
            records.append(staging.write(f"{cut.first + 1:03}-{slug(title)}.mp3", pieces))
        staging.publish()
    return records


class _Kept(CachedEngine):
    """What engines said, by the keys of the takes; it never speaks."""

    def __init__(self, cache: Cache, takes: Sequence[Take]) -> None:
        self._cache = cache
        self._keys = {(take.utterance.spoken, take.utterance.voice): take.key for take in takes}

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Return remembered speech.

        Raises:
            InputUnreadable: It is remembered no longer.
        """
        speech = self._remembered(self._keys[text, voice])
        if speech is None:
            raise InputUnreadable(GONE)
        return speech


def _take(facts: Mapping[str, Any]) -> Take:
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


def _tag(episode: Path, manifest: Mapping[str, Any], title: str, part: Sequence[Take]) -> tags.Tag:
    try:
        cover = (episode / manifest["cover"]).read_bytes()
    except OSError:
        cover = b""
    return tags.Tag(
        title=title,
        artist=manifest["script"].get("author") or manifest["title"],
        album=manifest["title"],
        length_ms=0,
        disclosure=manifest["notice"] or NOTICE,
        source_type=manifest["digital_source_type"],
        encoded_by=f"{manifest['tool']['name']} {manifest['tool']['version']}",
        chapters=(),
        text=" ".join(take.utterance.text for take in part),
        cover=cover,
    )
