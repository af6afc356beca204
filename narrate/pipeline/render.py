"""The pipeline for one article: sentences, takes, mix units, files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING

from narrate.audio.sound_files import rates_hz
from narrate.episode.job import Job
from narrate.episode.store import EpisodeStore
from narrate.model import Progress, Script, Take, Utterance
from narrate.model.episode import Episode
from narrate.model.errors import InputUnreadable
from narrate.model.settings import AUTO, Encoding, Settings
from narrate.script.announce import announced
from narrate.system import log
from narrate.system.cache import key_of
from narrate.system.files import Staging
from narrate.voices import speak
from narrate.voices.cast import Cast
from narrate.voices.voices import Voices

if TYPE_CHECKING:
    from narrate.audio.soundtrack import Soundtrack
    from narrate.episode.compose import Composition

JOB_DIGITS = 12  # of a digest, in log records
CHARACTERS_PER_MINUTE = 1060  # of German at the embedded engine's own speed, gaps included


def silent(stage: str, done: int, total: int, utterance: Utterance | None) -> None:
    """Ignore progress."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a render works with.

    Attributes:
        voices: Engines and cache.
        warn: Called with each sentence to warn the user with.
    """

    voices: Voices
    warn: Callable[[str], None]


def render(job: Job, tools: Tools, into: EpisodeStore, progress: Progress = silent) -> Episode:
    """Make an episode, or find that it is there already.

    Args:
        job: What to make.
        tools: What to make it with.
        into: Where it is kept.
        progress: Called with stage, number done, number in all, and the utterance.

    Returns:
        The episode as it stands in the store; ``job.release.previous`` itself where nothing had to be done.

    Raises:
        InputUnreadable: Nothing in the article can be spoken.
        EngineUnavailable, ServiceBusy, SynthesisError: A voice failed and nobody stepped in; nothing was published,
            and what was spoken is remembered.
        Overtaken: Another version was published meanwhile.
        OutputRefused, PermissionRefused, StorageError: The files could not be written; nothing was published.
    """
    standing = job.release.previous
    wanted = job.digest, job.release.publication
    if standing and (standing.job, standing.publication) == wanted and into.is_whole(standing):
        return standing
    if not any(map(str.isalnum, "".join(line.text for part in job.script.sections for line in part.segments))):
        raise InputUnreadable("The article has no text that can be read aloud.")
    into.check_writable(job)
    pronunciation = speak.Pronunciation(tools.voices.engines, job.lexicons, job.settings.emoji)
    with log.about(job=job.digest[:JOB_DIGITS]):
        composition, warnings = _composed(job, tools.voices, pronunciation, progress)

        def write(staging: Staging) -> Episode:
            episode, remarks = composition.write(staging)
            warnings[:0] = remarks
            return episode

        with log.stage("publish"):
            episode = into.publish(job, write)
        log.event("info", "made", duration_ms=episode.duration_ms, loudness_lufs=episode.loudness_lufs)
    for warning in (*warnings, *_stepped_in(episode), *pronunciation.warnings()):
        tools.warn(warning)
    return episode


def _stepped_in(episode: Episode) -> list[str]:
    counts = Counter((one.wanted, one.spoken_by) for one in episode.stand_ins)
    return [
        f"{wanted} failed in {number} sentence{'s' * (number != 1)}, and {other} spoke instead; run again to retry."
        for (wanted, other), number in counts.items()
    ]


def _composed(
    job: Job, voices: Voices, pronunciation: speak.Pronunciation, progress: Progress
) -> tuple[Composition, list[str]]:
    """Speak, level, mix and encode; return what is to be written, and what to warn of."""
    settings, music = _known_settings(job), _MusicRates(job.settings)
    soundtrack = _soundtrack(settings, music.settled(settings.encoding, ()), voices)
    with ThreadPoolExecutor(1) as meanwhile:
        # Numeric libraries, tags and pictures load while the engine speaks.
        loading = meanwhile.submit(_load_publishing, job.script, settings, voices)
        takes = _spoken(job, voices, pronunciation, progress)
        with log.stage("load"):
            loading.result()
    from narrate.audio import gain, mix
    from narrate.episode.compose import Composition
    from narrate.episode.cue_checks import take_warnings
    from narrate.episode.excerpts import keep_takes

    before, encoding = music.settled(settings.encoding, ()), music.settled(settings.encoding, takes)
    soundtrack = soundtrack if encoding == before else _soundtrack(settings, encoding, voices)
    settings = replace(settings, encoding=encoding)
    with log.stage("level"):
        target = gain.before_encoding(settings.target, encoding)
        speech_target = mix.speech_target(target, soundtrack.bed if soundtrack else None)
        gains = gain.gains_for(takes, voices, voices.cache, speech_target)
    with log.stage("encode"):
        mastering = mix.Mastering(gains, target, encoding)
        units = mix.mix_units(takes, settings.gaps, soundtrack)
        encoded = mix.encode(units, mastering, voices, voices.cache, progress)
    stand_ins = any(take.instead_of for take in takes)
    digest = key_of(job.digest, "understudy") if stand_ins else job.digest  # so that the next run asks again
    keep_takes(takes, settings.gaps, mastering, voices.cache, digest)
    return Composition(job, settings, encoded, voices, digest), take_warnings(takes, gains)


def _spoken(job: Job, voices: Voices, pronunciation: speak.Pronunciation, progress: Progress) -> list[Take]:
    publication = job.release.publication
    said = announced(job.script, job.settings, publication.published.date() if publication else None)
    utterances = speak.utterances(job.script, job.cast, job.settings.notice, pronunciation, said)
    with log.stage("speak"):
        return speak.speak(utterances, voices, progress, _stand_in(job.cast.understudy, pronunciation))


def _known_settings(job: Job) -> Settings:
    """Return the settings with the sample rate of the show's episodes, where one was published."""
    rate_hz, settings = job.release.sample_rate_hz, job.settings
    if rate_hz and settings.encoding.sample_rate_hz == AUTO:
        return replace(settings, encoding=replace(settings.encoding, sample_rate_hz=rate_hz))
    return settings


class _MusicRates:
    """The sample rates of the music, read once."""

    def __init__(self, settings: Settings) -> None:
        files = settings.music.files()
        self._rates_hz = list(rates_hz(files).values()) if files else []

    def settled(self, encoding: Encoding, takes: Sequence[Take]) -> Encoding:
        return encoding.settled([*self._rates_hz, *(take.rate_hz for take in takes)], bool(self._rates_hz))


def _soundtrack(settings: Settings, encoding: Encoding, voices: Voices) -> Soundtrack | None:
    """Return the music, or None; whatever is wrong with it is found before anything is spoken."""
    if not settings.music.files():
        return None
    from narrate.audio import soundtrack
    from narrate.audio.gain import before_encoding

    target = before_encoding(settings.target, encoding)
    return soundtrack.load(settings.music, target, encoding.sample_rate_hz, voices.cache)


def _stand_in(understudy: Cast | None, pronunciation: speak.Pronunciation) -> Callable[[Utterance], Utterance] | None:
    if understudy is None:
        return None

    def instead(utterance: Utterance) -> Utterance:
        voice = understudy.speakers[utterance.speaker] if utterance.speaker else understudy.reporter
        return replace(utterance, voice=voice, spoken=pronunciation.spoken(utterance.text, voice))

    return instead


def _load_publishing(script: Script, settings: Settings, voices: Voices) -> None:
    for module in ("narrate.audio.gain", "narrate.audio.mix", "narrate.episode.cue_checks", "filelock"):
        import_module(module)
    from narrate.episode.compose import cover

    cover(script, settings, voices.cache)


def estimated_minutes(script: Script) -> float:
    """Return about how long the episode will be, in minutes, without speaking it."""
    characters = sum(len(segment.text) for section in script.sections for segment in section.segments)
    return characters / CHARACTERS_PER_MINUTE
