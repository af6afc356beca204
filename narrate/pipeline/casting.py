"""The engines that speak, each opened when it is first asked for; and who speaks with which of their voices."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext, suppress
from dataclasses import replace

from narrate.model import Script, Voice
from narrate.model.errors import EngineUnavailable
from narrate.settings import Chosen
from narrate.system.cache import Cache
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.cast import REPORTER, Cast, as_listed, make_cast, parse_voice
from narrate.voices.engines import engine_names, open_engine

AUTO = "auto"
EMBEDDED = ("pico", "espeak")  # the better one first; espeak-ng is always there
LONGEST_NAME = 60  # that is repeated in a message
NATURAL = "narrate voices install de_DE-thorsten-medium"


class Engines(dict[str, CachedEngine]):
    """Engines that remember, by name.

    Attributes:
        name: The chosen engine, or the best that is installed and offline.
        automatic: Whether nobody chose it.
    """

    def __init__(self, chosen: Chosen, cache: Cache) -> None:
        super().__init__()
        self._chosen = chosen
        self._cache = cache
        self.automatic = chosen["engine"] == AUTO
        self.name = self._best() if self.automatic else chosen["engine"]

    def _best(self) -> str:
        from narrate.voices.engines.piper.voices import can_speak

        folder = self._chosen.table("engines.piper").get("folder")
        if can_speak(folder):
            return "piper"
        return next(name for name in EMBEDDED if name == EMBEDDED[-1] or self[name].missing() is None)

    def __missing__(self, name: str) -> CachedEngine:
        """Open an engine.

        Raises:
            EngineUnavailable: There is none of that name.
        """
        if name == AUTO:
            return self[self._best()]
        self[name] = CachedEngine(open_engine(name, self._chosen.table(f"engines.{name}")), self._cache)
        return self[name]

    def prepare(self, voices: Iterable[str] = ()) -> None:
        """Let the chosen engine and those of some voices begin to load; where another may step in, all may fail."""
        for name in {self.name, *(self._parsed(text).engine for text in voices)}:
            with nullcontext() if self._chosen["fallback"] is None else suppress(EngineUnavailable):
                self[name].prepare()

    def pool(self, name: str | None = None) -> list[Voice]:
        """Return the voices of an engine, by default of the chosen one; espeak-ng's join Pico's few.

        Raises:
            EngineUnavailable: It has none; the message says what it lacks.
        """
        engine = self[name or self.name]
        voices = list(engine.voices())
        if not voices:
            lacking = f"The engine '{engine.name}' lists no voice; name voices with --voice."
            raise EngineUnavailable(engine.missing() or lacking)
        if engine.name == EMBEDDED[0]:
            voices += self[EMBEDDED[-1]].voices()
        return [self._at_rate(voice) for voice in voices]

    def _at_rate(self, voice: Voice) -> Voice:
        return replace(voice, rate=voice.rate * self._chosen["rate"] / 100)

    def voice(self, text: str) -> Voice:
        """Return a voice as its engine lists it.

        Args:
            text: As on the command line; a bare name is the chosen engine's.
        """
        voice = self._parsed(text)
        listed = as_listed(voice, self[voice.engine].voices())
        return listed if voice.rate != 1.0 else self._at_rate(listed)

    def _parsed(self, text: str) -> Voice:
        voice = parse_voice(text, self.name)
        # Names that can only be meant so, whatever engine is the best today.
        if self.automatic and ":" not in text and voice.name.partition("+")[0] == "de":
            return parse_voice(text, EMBEDDED[-1])
        if self.automatic and ":" not in text and voice.name.partition("+")[0] == "de-DE":
            return parse_voice(text, EMBEDDED[0])
        if self.automatic and ":" not in text and voice.name.startswith("de_"):
            return parse_voice(text, "piper")
        return voice

    def advice(self) -> str:
        """Return which engine was taken because nobody chose one, and how to get a better one."""
        if self.name not in EMBEDDED:
            return f"Speaking with {self.name}, the best engine installed; 'narrate voices' lists all voices."
        from importlib.util import find_spec

        package = "" if find_spec("piper") else "pip install 'narrate-de[piper]' && "
        return f"Speaking with the built-in voices ({self.name}); for a natural one: {package}{NATURAL}"

    def close(self) -> None:
        """Close the engines; the cache stays open."""
        for engine in self.values():
            engine.close()


def cast_for(script: Script, chosen: Chosen, engines: Engines, warnings: list[str]) -> Cast:
    """Give everybody a voice; names of a configuration that do not speak here are for other articles.

    Raises:
        EngineUnavailable: The command line or the script file names somebody who does not speak, or an engine
            has no voice.
    """
    known = {REPORTER, *(speaker.name for speaker in script.speakers())}
    named = chosen.table("voices")
    own = {who for who in named if chosen.origins[f"voices.{who}"] in {"command line", "script"}}
    unknown = sorted(own - known)
    if unknown:
        nobody = unknown[0][:LONGEST_NAME]
        raise EngineUnavailable(
            f"Nobody called '{nobody}' speaks in this article; --voice knows: {', '.join(sorted(known))}."
        )
    wanted = {who: engines.voice(text) for who, text in named.items() if who in known}
    fallback = chosen["fallback"]
    try:
        pool = [] if known <= wanted.keys() else engines.pool()
    except EngineUnavailable as error:
        if fallback is None or engines.name not in engine_names():
            raise
        warnings.append(f"{error.message} The engine '{fallback}' speaks instead.")
        pool = engines.pool(fallback)
    cast = make_cast(script, pool, wanted)
    if fallback is None:
        return cast
    return replace(cast, understudy=make_cast(script, engines.pool(fallback), {}))
