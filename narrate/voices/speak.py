"""From a script to takes: every sentence spoken once, in parallel, and measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from contextvars import copy_context
from dataclasses import replace
from typing import Protocol, cast

from narrate import german
from narrate.lexicon import Entry, ScopedLexicon, lexicons_for, spoken
from narrate.model import Boundary, Role, Script, Segment, Speaker, Take, Utterance, Voice
from narrate.model.errors import EngineUnavailable, NarrateError, ServiceBusy, SynthesisError
from narrate.model.settings import EmojiReading
from narrate.model.speech import Progress
from narrate.script.announce import Announced
from narrate.system.cache import Cache, key_of
from narrate.system.cache_entry import Facts
from narrate.system.speech_log import SpeechLog
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.cast import Cast, voice_text
from narrate.voices.voices import Voices

NAMED_ENTRIES = 3  # in a warning
FIRST_CHARACTERS = 60  # of a text, in a message
GRACE_S = 1.0
FAILURES = (EngineUnavailable, ServiceBusy, SynthesisError)


class Pronouncer(Protocol):
    """What an engine can tell about phonemes without speaking."""

    def pronounce(self, ipa: str) -> str | None:
        """Return the engine's own notation of IPA, or None."""
        ...


class Pronunciation:
    """What each voice is given to say a printed text.

    Args:
        engines: Every engine of the cast, by name; one that is absent has no phonemes.
        lexicons: The user's, with the voices they are for.
        emoji: Whether emoji are silent or called by name.
    """

    def __init__(
        self,
        engines: Mapping[str, Pronouncer],
        lexicons: Sequence[ScopedLexicon] = (),
        emoji: EmojiReading = "silent",
    ) -> None:
        self._engines = engines
        self._emoji = emoji
        self._lexicons = lexicons
        self._unspoken: dict[str, dict[Entry, None]] = {}

    def spoken(self, text: str, voice: Voice) -> str:
        """Return a printed text as the voice's engine is given it."""
        engine = self._engines.get(voice.engine)
        missing = self._unspoken.setdefault(voice.engine, {})

        def notation(ipa: str) -> str | None:
            with suppress(EngineUnavailable):  # it fails again when it shall speak, where another may step in
                return engine.pronounce(ipa) if engine else None
            return None

        lexicons = lexicons_for(voice, self._lexicons)
        return spoken(text, lexicons, notation, lambda entry: missing.setdefault(entry), self._emoji)

    def warnings(self) -> list[str]:
        """Return a sentence for each engine that could not speak IPA of the user's lexicons as written."""
        own = {entry for scoped in self._lexicons for entry in scoped.lexicon.entries}
        told = []
        for engine, entries in self._unspoken.items():
            missing = [entry for entry in entries if entry in own]
            if missing:
                named = ", ".join(f"{entry.printed} ({entry.source})" for entry in missing[:NAMED_ENTRIES])
                more = f" and {len(missing) - NAMED_ENTRIES} more" if len(missing) > NAMED_ENTRIES else ""
                told.append(
                    f"The engine '{engine}' cannot speak the IPA of {named}{more} and says the alias, else what is "
                    "printed; see 'narrate lexicon check'."
                )
        return told


def utterances(
    script: Script,
    cast: Cast,
    notice: str | None,
    pronunciation: Pronunciation | None = None,
    announced: Announced | None = None,
) -> Iterator[Utterance]:
    """Yield what will be said, in order: notice, headings, and every segment sentence by sentence.

    Args:
        script: What the article says.
        cast: Who says it.
        notice: Sentence that tells that the voices are synthetic, or None.
        pronunciation: How it is said; by default without phonemes and lexicons of the user.
        announced: What the reporter says beside the article.
    """
    pronunciation = pronunciation or Pronunciation({})
    index = 0
    before: Utterance | None = None
    for chapter, section in enumerate(script.sections):
        segments: list[tuple[int | None, Segment]] = list(enumerate(section.segments, index))
        index += len(section.segments)
        opening, closing = _added(script, chapter, notice, announced or Announced())
        for number, segment in [*((None, one) for one in opening), *segments, *((None, one) for one in closing)]:
            voice = cast.voice_of(segment.speaker)
            for order, text in enumerate(_speakable(german.utterances(segment.text))):
                boundary = _boundary(before, chapter, segment.speaker, order == 0 and segment.starts_paragraph)
                speaker = segment.speaker.name if segment.speaker else None
                said = pronunciation.spoken(text, voice)
                before = Utterance(chapter, boundary, segment.role, speaker, voice, text, said, number)
                yield before


def _added(script: Script, chapter: int, notice: str | None, announced: Announced) -> tuple[list[Segment], ...]:
    """Return what we say before and after a chapter's own words."""
    first, last = chapter == 0, chapter == len(script.sections) - 1
    instead = announced.chapters[chapter] if announced.chapters else None
    before: list[tuple[Role, str | None]] = [
        ("notice", notice if first else None),
        ("announcement", announced.opening if first else None),
        ("announcement", instead) if instead else ("heading", script.sections[chapter].heading),
    ]
    after: list[tuple[Role, str | None]] = [("announcement", announced.closing if last else None)]
    before_it, after_it = ([Segment(role, None, text) for role, text in part if text] for part in (before, after))
    return before_it, after_it


def _speakable(texts: Sequence[str]) -> list[str]:
    """Join what has no sound of its own ("…", "—") to the sentence before it."""
    joined: list[str] = []
    for text in texts:
        if joined and not any(map(str.isalnum, text)):
            joined[-1] += f" {text}"
        else:
            joined.append(text)
    return [text for text in joined if any(map(str.isalnum, text))]


def _boundary(
    before: Utterance | None, chapter: int, speaker: Speaker | None, starts_paragraph: bool
) -> Boundary | None:
    if before is None:
        return None
    if before.chapter != chapter:
        return "chapter"
    if before.speaker != (speaker.name if speaker else None):
        return "voice"
    return "paragraph" if starts_paragraph else "sentence"


def speak(
    wanted: Iterable[Utterance],
    voices: Voices,
    progress: Progress,
    instead: Callable[[Utterance], Utterance] | None = None,
) -> list[Take]:
    """Speak every utterance that is not remembered, as many at once as each engine allows.

    Args:
        wanted: What is to be said, in order; the first is spoken while the next are still put into words.
        voices: Every utterance's engine must be among them.
        progress: Told after each utterance.
        instead: Gives an utterance that failed another engine's voice and words; without it a failure ends the run.

    Returns:
        Takes in the order of the utterances.

    Raises:
        EngineUnavailable: An engine cannot speak at all.
        ServiceBusy: A service asks to come later.
        SynthesisError: An utterance could not be spoken. Each message names engine, voice and first words.
    """
    with _SpeakingThreads(voices) as threads:
        asked = [(one, threads.submit(one)) for one in wanted]
        takes: list[Take | Future[Take]] = []
        done = 0
        for utterance, spoken in asked:
            try:
                takes.append(spoken.result())
            except FAILURES:
                if instead is None:
                    raise
                takes.append(threads.submit(instead(utterance)))
                continue
            done += 1
            threads.speech_log.ended(utterance)
            progress("speak", done, len(asked), utterance)
        threads.speech_log.ended(None)
        for index, (utterance, _) in enumerate(asked):
            late = takes[index]
            if isinstance(late, Future):
                takes[index] = replace(late.result(), instead_of=utterance.voice)
                done += 1
                progress("speak", done, len(asked), utterance)
        return cast(list[Take], takes)


class _SpeakingThreads:
    """Threads for every engine, as many as it takes calls at once; an engine that is down is not asked again."""

    def __init__(self, voices: Voices) -> None:
        self._engines, self._cache = voices.engines, voices.cache
        self._threads: dict[str, ThreadPoolExecutor] = {}
        self._down: dict[str, NarrateError] = {}
        self._spoken: list[Future[Take]] = []
        self.speech_log = SpeechLog()

    def submit(self, utterance: Utterance) -> Future[Take]:
        name = utterance.voice.engine
        if name not in self._threads:
            self._threads[name] = ThreadPoolExecutor(self._engines[name].parallel)
        self._spoken.append(self._threads[name].submit(copy_context().run, self._take, utterance))
        return self._spoken[-1]

    def __enter__(self) -> _SpeakingThreads:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Drop what nobody waits for, and let what is being spoken be kept.

        A person who interrupts waits a second, not for a service, which may take minutes.
        """
        interrupted = kind is not None and not issubclass(kind, Exception)
        for threads in self._threads.values():
            threads.shutdown(wait=False, cancel_futures=True)
        wait([spoken for spoken in self._spoken if not spoken.done()], GRACE_S if interrupted else None)

    def _take(self, utterance: Utterance) -> Take:
        engine = self._engines[utterance.voice.engine]
        down = self._down.get(engine.name)
        if down and not engine.remembers(utterance.spoken, utterance.voice):
            raise down
        start, hit = time.perf_counter(), engine.remembers(utterance.spoken, utterance.voice)
        try:
            take = _take(utterance, engine, self._cache)
            self.speech_log.spoken(utterance, time.perf_counter() - start, hit)
            return take
        except FAILURES as error:
            told = failure(utterance.voice, utterance.text, error)
            if not isinstance(error, SynthesisError):
                self._down.setdefault(engine.name, told)
            raise told from error


def failure(voice: Voice, text: str, error: NarrateError) -> NarrateError:
    """Return an engine's failure with the voice and the first words in its message.

    Args:
        voice: Who was to speak.
        text: As printed.
        error: What the engine raised.
    """
    first = text if len(text) <= FIRST_CHARACTERS else f"{text[:FIRST_CHARACTERS].rpartition(' ')[0]} …"
    return type(error)(f"{voice_text(voice)} did not speak {first!r}: {error.message}")


def _take(utterance: Utterance, engine: CachedEngine, cache: Cache) -> Take:
    speech_key = engine.key(utterance.spoken, utterance.voice)
    key = key_of("take", speech_key)
    entry = cache.get(key)
    if entry is None or cache.facts(speech_key) is None:
        speech = engine.synthesize(utterance.spoken, utterance.voice)
        # numpy is loaded while the first sentences are being spoken, not before.
        from narrate.audio.ffmpeg import audible
        from narrate.audio.loudness import clipped, powers

        first, last = audible(speech.pcm, speech.rate_hz)
        if first == last:
            raise SynthesisError("The result is silent; choose another voice with --voice, or change the text.")
        pcm = speech.pcm[2 * first : 2 * last]
        measured: Facts = {"rate_hz": speech.rate_hz, "first": first, "last": last, "clipped": clipped(pcm)}
        entry = measured, powers(pcm, speech.rate_hz).tobytes()
        cache.put(key, *entry)
    facts, body = entry
    share = facts.get("clipped", 0.0)  # an older narrate did not keep it
    return Take(utterance, speech_key, facts["rate_hz"], facts["first"], facts["last"], body, clipped=share)
