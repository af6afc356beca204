"""The pipeline for one article: script, speech, stretches, files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from narrate.audio.sound_files import digests, rates_hz
from narrate.episode.manifest import TOOL, cast_facts, file_records, read_manifest
from narrate.episode.pictures import picture_digests
from narrate.episode.release import Release
from narrate.lexicon import ScopedLexicon, builtin_digest
from narrate.model import Script, Utterance, Voice
from narrate.model.errors import EngineUnavailable, InputMissing, InputUnreadable, PermissionRefused
from narrate.model.settings import AUTO, Encoding, Settings
from narrate.script.announce import announced
from narrate.script.serialize import script_to_json
from narrate.system import log
from narrate.system.cache import Cache, key_of
from narrate.system.files import check_writable, sha256_of
from narrate.voices import speak
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.cast import Cast

JOB_DIGITS = 12  # of a digest, in records
FORMAT = 3  # raise it where equal jobs come to give other files
CHARACTERS_PER_MINUTE = 1060  # of German at the embedded engine's own speed, gaps included


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a render came to.

    Attributes:
        folder: Where the files stand.
        manifest: As in ``episode.json``.
        unchanged: Whether they stood there already.
        warnings: Who stepped in, and what could not be said as a lexicon has it; none where nothing had to be done.
    """

    folder: Path
    manifest: dict[str, Any]
    unchanged: bool
    warnings: tuple[str, ...] = ()


def silent(stage: str, done: int, total: int, utterance: Utterance | None) -> None:
    """Listen to progress and say nothing."""


def render(
    script: Script,
    cast: Cast,
    settings: Settings,
    folder: Path,
    engines: Mapping[str, CachedEngine],
    cache: Cache,
    progress: speak.Progress | None = None,
    lexicons: Sequence[ScopedLexicon] = (),
    release: Release | None = None,
) -> Rendered:
    """Make an episode, or find that it is there already.

    Args:
        script: What will be heard.
        cast: Who says it.
        settings: How.
        folder: Where the files go; made if absent.
        engines: Every engine of the cast, by name.
        cache: Remembers speech, measurements and encoded stretches.
        progress: Called with stage, number done, number in all, and the utterance.
        lexicons: The user's pronunciations, with the voices they are for.
        release: Its identity in a show, where its pictures are, what it is signed with.

    Returns:
        The episode's manifest and whether anything had to be done.

    Raises:
        InputUnreadable: Nothing in the article can be said.
        EngineUnavailable, ServiceBusy, SynthesisError: A voice failed and nobody stepped in; nothing was published,
            and what was spoken is remembered.
        OutputRefused, PermissionRefused, StorageError: The files could not be written; nothing was published.
    """
    release = release or Release()
    job = _job(script, cast, settings, engines, lexicons, release)
    earlier = read_manifest(folder)
    told = release.publication.facts() if release.publication else None
    if earlier is not None and earlier.get("job") == job and earlier.get("publication") == told:
        records = file_records(earlier, folder)
        if records and all(record.holds(folder) for record in records):
            return Rendered(folder, earlier, unchanged=True)
    standing = release.standing
    if standing is not None and standing.get("job") == job and standing.get("publication") == told:
        return Rendered(folder, dict(standing), unchanged=True)
    wording = speak.Wording(engines, lexicons, settings.emoji)
    if not any(sign.isalnum() for section in script.sections for segment in section.segments for sign in segment.text):
        raise InputUnreadable("The article has no text that can be read aloud.")
    check_writable(folder)
    with log.about(job=job[:JOB_DIGITS]):
        manifest, warnings = _make(
            wording, script, cast, settings, folder, engines, cache, progress or silent, job, release
        )
        log.event("info", "made", duration_ms=manifest["duration_ms"], loudness_lufs=manifest["loudness_lufs"])
    warnings += [*_stepped_in(manifest), *wording.warnings()]
    return Rendered(folder, manifest, unchanged=False, warnings=tuple(warnings))


def _stepped_in(manifest: Mapping[str, Any]) -> list[str]:
    counts = Counter((one["wanted"], one["spoken_by"]) for one in manifest["stand_ins"])
    return [
        f"{wanted} failed in {number} sentence{'s' * (number != 1)}, and {other} spoke instead; run again to retry."
        for (wanted, other), number in counts.items()
    ]


def _job(
    script: Script,
    cast: Cast,
    settings: Settings,
    engines: Mapping[str, CachedEngine],
    lexicons: Sequence[ScopedLexicon],
    release: Release,
) -> str:
    """Return the digest of everything that decides what the files hold."""
    versions = [_version(engines[voice.engine], voice, cast) for voice in cast.voices()]
    cover = _digest_of(settings.cover) if settings.cover else None
    chosen = (settings.gaps, settings.target, settings.encoding, settings.notice, settings.album, settings.artist)
    dated = settings.published.isoformat() if settings.published else None
    said = [settings.emoji, builtin_digest(), *((one.engine, one.voice, one.lexicon.digest) for one in lexicons)]
    pictures = picture_digests(script, release.pictures)
    named: list[Any] = [settings.slug, *([True] if settings.clips_only else []), *(["page"] if settings.page else [])]
    named += [*release.shaping(), *([pictures] if any(pictures) else []), *_beside(settings)]
    return key_of(TOOL, FORMAT, script_to_json(script), cast_facts(cast), versions, chosen, dated, cover, named, said)


def _digest_of(cover: Path) -> str:
    try:
        if cover.exists() and not cover.is_file():
            raise InputUnreadable(f"The cover {str(cover)[:100]!r} is no file; name a picture.")
        return sha256_of(cover)
    except FileNotFoundError as error:
        raise InputMissing(f"There is no '{cover}'; correct the cover that is named.") from error
    except PermissionError as error:
        raise PermissionRefused(f"'{cover}' may not be read; allow reading it (chmod +r) and try again.") from error
    except (OSError, ValueError) as error:
        raise InputUnreadable(f"The cover {str(cover)[:100]!r} cannot be read; name a picture.") from error


def _beside(settings: Settings) -> list[Any]:
    """Return what decides how music and announcements sound; empty where there are none."""
    files, said = settings.music.files(), asdict(settings.announcements)
    chosen = settings.music
    heard = [digests(files), chosen.level_lu, chosen.bed_level_lu, chosen.fade_ms] if files else []
    return [*heard, *([said] if any(said.values()) else [])]


def _version(engine: CachedEngine, voice: Voice, cast: Cast) -> str:
    """Return an engine's version; one that is missing has none where another may step in."""
    try:
        return engine.version(voice)
    except EngineUnavailable:
        if cast.understudy is None:
            raise
        return "missing"


def _make(
    wording: speak.Wording,
    script: Script,
    cast: Cast,
    settings: Settings,
    folder: Path,
    engines: Mapping[str, CachedEngine],
    cache: Cache,
    progress: speak.Progress,
    job: str,
    release: Release,
) -> tuple[dict[str, Any], list[str]]:
    heard = announced(script, settings, release.publication.published.date() if release.publication else None)
    if release.sample_rate_hz and settings.encoding.sample_rate_hz == AUTO:
        settings = replace(settings, encoding=replace(settings.encoding, sample_rate_hz=release.sample_rate_hz))
    music_rates = list(rates_hz(settings.music.files()).values()) if settings.music.files() else []
    encoding = settings.encoding.settled(music_rates, bool(music_rates))
    score = _score(settings, encoding, cache)
    with ThreadPoolExecutor(1) as meanwhile:
        # Sound and tags need numpy, pydub, mutagen and Pillow; they load while the engine speaks.
        publishing = meanwhile.submit(_load_publishing, script, settings, cache)
        said = speak.utterances(script, cast, settings.notice, wording, heard)
        with log.stage("speak"):
            takes = speak.speak(said, engines, cache, progress, _stand_in(cast.understudy, wording))
        with log.stage("load"):
            gain, mix, keep_takes, publish, take_warnings = publishing.result()
    spoken_at = encoding
    encoding = settings.encoding.settled([*music_rates, *(take.rate_hz for take in takes)], bool(music_rates))
    score = score if encoding == spoken_at else _score(settings, encoding, cache)
    settings = replace(settings, encoding=encoding)
    with log.stage("level"):
        target = gain.before_encoding(settings.target, settings.encoding)
        gains = gain.levels(takes, engines, cache, mix.speech_target(target, score and score.bed))
    with log.stage("encode"):
        joined = mix.stretches(takes, settings.gaps, score)
        encoded = mix.encode(joined, engines, cache, gains, target, settings.encoding, progress)
    if any(take.instead_of for take in takes):
        job = key_of(job, "understudy")  # so that the next run tries the voices asked for again
    with log.stage("publish"):
        keep_takes(takes, gains, target, settings, cache, job)
        manifest, warnings = publish(encoded, script, cast, settings, folder, engines, cache, job, release)
    return manifest, [*warnings, *take_warnings(takes, gains)]


def _score(settings: Settings, encoding: Encoding, cache: Cache) -> Any:
    """Return the music, or None; whatever is wrong with it is told before anything is spoken."""
    if not settings.music.files():
        return None
    from narrate.audio import soundtrack
    from narrate.audio.gain import before_encoding

    target = before_encoding(settings.target, encoding)
    return soundtrack.load(settings.music, target, encoding.sample_rate_hz, cache)


def _stand_in(understudy: Cast | None, wording: speak.Wording) -> Callable[[Utterance], Utterance] | None:
    if understudy is None:
        return None

    def instead(utterance: Utterance) -> Utterance:
        voice = understudy.speakers[utterance.speaker] if utterance.speaker else understudy.reporter
        return replace(utterance, voice=voice, spoken=wording.spoken(utterance.text, voice))

    return instead


def _load_publishing(script: Script, settings: Settings, cache: Cache) -> tuple[ModuleType, ModuleType, Any, Any, Any]:
    from narrate.audio import gain, mix
    from narrate.episode.cue_checks import take_warnings
    from narrate.episode.excerpts import keep_takes
    from narrate.episode.publish import cover, publish

    import_module("filelock")  # each publication takes a lock
    cover(script, settings, cache)
    return gain, mix, keep_takes, publish, take_warnings


def estimated_minutes(script: Script) -> float:
    """Return about how long the episode will be, in minutes, without speaking it."""
    characters = sum(len(segment.text) for section in script.sections for segment in section.segments)
    return characters / CHARACTERS_PER_MINUTE
