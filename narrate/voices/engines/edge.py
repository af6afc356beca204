"""Microsoft's read-aloud voices, through edge-tts. The text leaves the machine."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Sequence
from importlib.util import find_spec
from typing import Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from narrate.model import Gender, Mark, Speech, Voice
from narrate.model.errors import EngineUnavailable, ServiceBusy, SynthesisError
from narrate.voices.engines.base import Offer, SimpleEngine
from narrate.voices.engines.retry import ATTEMPTS, FIRST_WAIT_S, RANGES, AskAgain, RetryPolicy
from narrate.voices.engines.sounds import UnusableSound, check_length, decoded

T = TypeVar("T")
Word = tuple[float, float, str]  # start and length in milliseconds, and the word
PACKAGE = "The engine 'edge' needs the package edge-tts; install it with: pip install 'narrate-de[edge]'."
TIMEOUT_S = 120.0  # for one utterance in all
LARGEST_ANSWER_BYTES = 20_000_000
LONGEST_LEAP = 200  # characters over which a word is looked for
_NAME = re.compile(r"[a-z]{2,3}-[A-Z]{2,4}-[\w-]+Neural")
# As of November 2026. The multilingual voices are the most natural; good for a cast first.
VOICES: tuple[tuple[str, str, Gender], ...] = (
    ("de-DE-SeraphinaMultilingualNeural", "de-DE", "f"),
    ("de-DE-FlorianMultilingualNeural", "de-DE", "m"),
    ("de-DE-KatjaNeural", "de-DE", "f"),
    ("de-DE-ConradNeural", "de-DE", "m"),
    ("de-DE-AmalaNeural", "de-DE", "f"),
    ("de-DE-KillianNeural", "de-DE", "m"),
    ("de-AT-IngridNeural", "de-AT", "f"),
    ("de-AT-JonasNeural", "de-AT", "m"),
    ("de-CH-LeniNeural", "de-CH", "f"),
    ("de-CH-JanNeural", "de-CH", "m"),
)
BUSY = (429, 503, 504)
HERTZ_PER_SEMITONE = {"f": 12.0, "m": 6.5, None: 9.0}  # near the voices' own pitch; the service shifts in hertz only


class EdgeEngine(SimpleEngine):
    """The voices that Microsoft's browser reads aloud with."""

    name = "edge"
    trained = True
    network = True
    parallel = 2
    ranges = RANGES
    licence = "Microsoft's terms; unofficial access"

    def __init__(self, interval_s: float = 0.2, attempts: int = ATTEMPTS, first_wait_s: float = FIRST_WAIT_S) -> None:
        self._retry = RetryPolicy(interval_s, attempts, first_wait_s, self.parallel)

    def missing(self) -> str | None:
        """Tell whether edge-tts is installed."""
        return None if find_spec("edge_tts") else PACKAGE

    def voices(self) -> Sequence[Voice]:
        """Return the German voices as of the shipped list."""
        return [Voice(self.name, name, language, gender=gender) for name, language, gender in VOICES]

    def offers(self, ask: bool = False) -> Sequence[Offer]:
        """Return the German voices: the shipped list, or the service's own where it may be asked.

        Raises:
            EngineUnavailable: The service cannot be asked.
        """
        voices = self._asked() if ask else self.voices()
        here = self.missing() is None
        return [Offer(voice, "natural", self.licence, network=True, installed=here) for voice in voices]

    def _asked(self) -> list[Voice]:
        edge_tts = _library()
        voices = self._retry.ask(lambda: _run(_german(edge_tts.list_voices())))
        listed = [name for name, _, _ in VOICES]
        return sorted(voices, key=lambda one: listed.index(one.name) if one.name in listed else len(listed))

    def version(self, voice: Voice) -> str:
        """Return the library's version; the service may change its voices unseen."""
        _library()
        from edge_tts.version import __version__

        return f"edge-tts {__version__} 1"

    def synthesize(self, text: str, voice: Voice) -> Speech:
        """Speak one text of any length; the library parts it at 4096 bytes.

        Raises:
            EngineUnavailable: The service cannot be reached or refuses.
            ServiceBusy: It asks to come later.
            SynthesisError: It gives no sound for this text.
        """
        edge_tts = _library()
        if not any(map(str.isalnum, text)):
            raise SynthesisError("The text has nothing to pronounce; change it.")
        if not _NAME.fullmatch(voice.name):
            raise EngineUnavailable(f"'{voice.name}' is not a Microsoft voice; see 'narrate voices --engine edge'.")

        def request() -> Speech:
            spoken = edge_tts.Communicate(
                text,
                voice.name,
                rate=f"{round(100 * (voice.rate - 1)):+d}%",
                pitch=f"{round(voice.pitch_semitones * HERTZ_PER_SEMITONE[voice.gender]):+d}Hz",
                boundary="WordBoundary",
                proxy=_proxy(),
            )
            speech = _speech(text, *_run(_received(spoken)))
            try:
                check_length(speech, text, voice.rate)
            except UnusableSound as error:
                raise _cut() from error
            return speech

        return self._retry.ask(request)


async def _german(listing: Awaitable[list[dict[str, str]]]) -> list[Voice]:
    """Return the German voices of a list that the service is asked for."""
    voices = [
        Voice("edge", one["ShortName"], one["Locale"], gender="f" if one["Gender"] == "Female" else "m")
        for one in await listing
        if one["Locale"].startswith("de-")
    ]
    if not voices:
        raise EngineUnavailable("Microsoft's service lists no German voice; update edge-tts, or use another engine.")
    return voices


async def _received(spoken: Any) -> tuple[bytes, list[Word]]:
    """Collect the sound and the words with their start and length in milliseconds."""
    sound = bytearray()
    words: list[Word] = []
    try:
        async with asyncio.timeout(None) as limit:
            async for part in spoken.stream():
                if part["type"] != "audio":
                    words.append((part["offset"] / 10_000, part["duration"] / 10_000, part["text"]))
                elif len(sound) <= LARGEST_ANSWER_BYTES:
                    sound += part["data"]
                elif limit.when() is None:
                    limit.reschedule(0)  # ends the library from within, so that it closes its connection
    except TimeoutError as error:
        if len(sound) <= LARGEST_ANSWER_BYTES:
            raise
        raise EngineUnavailable("Microsoft sent too much audio; use another engine.") from error
    # The library takes a connection that closes for the end; it counts sound only when the end is announced.
    if spoken.state.get("cumulative_audio_bytes", len(sound)) != len(sound):
        raise _cut()
    return bytes(sound), words


def _run(work: Awaitable[T]) -> T:
    """Run one conversation with the service to its end, and say what a failure means."""
    import aiohttp
    from edge_tts.exceptions import EdgeTTSException, NoAudioReceived, SkewAdjustmentError

    async def bounded() -> T:
        async with asyncio.timeout(TIMEOUT_S):
            return await work

    try:
        return asyncio.run(bounded())
    except aiohttp.ClientResponseError as error:
        raise _explained(error.status) from error
    except SkewAdjustmentError as error:  # refused, and without the time by which the library would try again
        raise _explained(403) from error
    except aiohttp.ClientConnectorCertificateError as error:
        raise EngineUnavailable(
            "TLS certificate verification failed for Microsoft's service; check your proxy and clock."
        ) from error
    except TimeoutError as error:
        raise AskAgain(EngineUnavailable("Microsoft's service did not answer in time; try again later.")) from error
    except (aiohttp.ClientError, OSError) as error:
        raise AskAgain(
            EngineUnavailable("Microsoft's service cannot be reached or closed the connection; check the network.")
        ) from error
    except NoAudioReceived as error:
        silent = "Microsoft's service sent no audio; try again later, or change the text or the voice."
        raise AskAgain(SynthesisError(silent)) from error
    except (EdgeTTSException, ArithmeticError, LookupError, TypeError, ValueError) as error:
        strange = f"Microsoft's service sent an unexpected answer ({type(error).__name__}); update edge-tts."
        raise AskAgain(EngineUnavailable(strange)) from error


def _explained(status: int) -> Exception:
    if status in BUSY:
        return AskAgain(
            ServiceBusy(f"Microsoft's service is busy ({status}); try again later, finished sentences are cached.")
        )
    if status >= 500:
        return AskAgain(EngineUnavailable(f"Microsoft's service failed ({status}); try again later."))
    if status == 403:
        return EngineUnavailable(
            "Microsoft's service refuses this program (403); update edge-tts, set the clock, or use another engine."
        )
    return EngineUnavailable(f"Microsoft's service answered {status}; update edge-tts, or use another engine.")


def _cut() -> AskAgain:
    return AskAgain(EngineUnavailable("Microsoft's service closed the connection too early; try again later."))


def _speech(text: str, sound: bytes, words: Sequence[Word]) -> Speech:
    """Join sound and word times; what was cut off is asked for again."""
    try:
        speech = decoded(sound)
    except UnusableSound as error:
        raise _cut() from error
    length_ms = 500 * len(speech.pcm) / speech.rate_hz
    if any(start_ms > length_ms for start_ms, _, _ in words):
        raise _cut()
    return Speech(speech.pcm, speech.rate_hz, _marks(text, words, length_ms))


def _marks(text: str, words: Sequence[Word], length_ms: float) -> tuple[Mark, ...]:
    """Place the service's words in the text, in order; a word that is not there as it is has no mark."""
    marks: list[Mark] = []
    at, before_ms = 0, 0.0
    for start_ms, duration_ms, word in words:
        # Whole words only: an "in" that was read as something else must not be found in "Minister".
        found = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)").search(text, at, at + LONGEST_LEAP)
        if not word or not found:
            continue
        position = found.start()
        start_ms = min(max(start_ms, before_ms), length_ms)
        end_ms = min(max(start_ms, start_ms + duration_ms), length_ms)
        marks.append(Mark(position, word, start_ms, end_ms))
        at, before_ms = position + len(word), end_ms
    return tuple(marks)


def _proxy() -> str | None:
    """Return the environment's proxy for https; aiohttp takes only one that is named for wss."""
    address, proxies = urlsplit(_library().communicate.WSS_URL), getproxies()
    if address.scheme != "wss" or "wss" in proxies or proxy_bypass(address.hostname or ""):
        return None
    return proxies.get("https")


def _library() -> Any:
    try:
        import edge_tts
    except ImportError as error:
        raise EngineUnavailable(PACKAGE) from error
    return edge_tts
