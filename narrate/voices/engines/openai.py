"""Any server that speaks like OpenAI's: ``POST {base_url}/audio/speech``. The text goes to that server."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlsplit

from narrate.german import utterances
from narrate.model import Gender, Speech, Voice
from narrate.model.errors import EngineUnavailable, ServiceBusy, SynthesisError
from narrate.voices.engines.base import PiecewiseEngine
from narrate.voices.engines.deadline import Deadline, watch
from narrate.voices.engines.retry import (
    ATTEMPTS,
    FIRST_WAIT_S,
    RANGES,
    AskAgain,
    RetryPolicy,
    one_line,
    read_all,
    retry_after_s,
)
from narrate.voices.engines.sounds import UnusableSound, check_length, decoded, joined, shifted

DEEPEST_FIELD = 50  # tables in tables
DEFAULT_URL = "https://api.openai.com/v1"
KEY_VARIABLES = ("NARRATE_OPENAI_API_KEY", "OPENAI_API_KEY")
LONGEST_PIECE = 1500  # characters; OpenAI takes 4096, small servers choke on less
LARGEST_ANSWER_BYTES = 100_000_000
DEFAULT_VOICES = ("nova", "onyx", "shimmer", "echo", "alloy", "fable")
GENDERS: dict[str, Gender] = {"nova": "f", "onyx": "m", "shimmer": "f", "echo": "m"}
SHIFTS = (0.0, -5.0, 4.5)
MOST_PARALLEL = 64
ENOUGH = 4  # voices for a cast
RAW_HZ = 24_000  # of "pcm" answers
CONNECT_S = 10.0
SHORTEST_KEY = 4  # what local servers are given for want of a key may be shorter, and is not a secret
BUSY = (429, 503)
_KEY = re.compile(r"[!-~]+")
# Some servers answer so whatever was asked for; L16 is big-endian by its RFC, but sent little-endian as PCM is.
_PCM = re.compile(r"audio/(?:x-)?(?:pcm|l16)\b", re.IGNORECASE)
_RATE = re.compile(r"rate=(\d{4,6})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The table ``[engines.openai]``: which server to ask, for what, and how often.

    Attributes:
        base_url: Up to ``/v1``; http only for this machine, or with ``insecure``.
        model: As the server calls it.
        voices: Names of its voices, the reporter's first.
        language: Sent as ``lang`` and ``language`` if given; OpenAI itself refuses fields it does not know.
        extra: Further fields of the request.
        response_format: What to ask for; the bytes of the answer decide how it is read.
        licence: Shown by ``narrate voices``.
        timeout_s: For one whole answer.
        interval_s: Least time between the starts of two requests.
        parallel: Most requests at once.
        attempts: Most requests for one piece.
        first_wait_s: Before the second of them.
        insecure: Send text and key over http to another machine.
    """

    base_url: str = DEFAULT_URL
    model: str = "gpt-4o-mini-tts"
    voices: Sequence[str] = DEFAULT_VOICES
    language: str | None = None
    extra: dict[str, object] | None = None
    response_format: str = "wav"
    licence: str = "the server's terms"
    timeout_s: float = 120.0
    interval_s: float = 0.0
    parallel: int = 2
    attempts: int = ATTEMPTS
    first_wait_s: float = FIRST_WAIT_S
    insecure: bool = False


class OpenAIEngine(PiecewiseEngine):
    """A speech server with OpenAI's interface, on this machine or elsewhere.

    Raises:
        EngineUnavailable: A setting is not valid, or the text would leave the machine unencrypted.
    """

    name = "openai"
    settings_type = ServerSettings
    ranges: ClassVar[Mapping[str, tuple[float, float]]] = {
        **RANGES, "timeout_s": (0.1, 3600.0), "parallel": (1, MOST_PARALLEL)
    }  # fmt: skip

    def __init__(self, settings: ServerSettings | None = None) -> None:
        settings = settings or ServerSettings()
        scheme, host = _parts(settings.base_url)
        here = host in {"localhost", "127.0.0.1", "::1"}
        if scheme == "http" and not here and not settings.insecure:
            raise EngineUnavailable(
                f"Text and key would reach {host} unencrypted; use https, or set insecure = true in [engines.openai]."
            )
        self.network = not here
        self.licence = settings.licence
        self.parallel = settings.parallel
        self._host = host
        self._url = f"{settings.base_url.rstrip('/')}/audio/speech"
        self._fields = {
            "model": settings.model, "response_format": settings.response_format, **(settings.extra or {})
        }  # fmt: skip
        self._fields |= {"lang": settings.language, "language": settings.language} if settings.language else {}
        if not _fits_json(self._fields):
            raise EngineUnavailable(
                "[engines.openai]: extra has a value that JSON cannot hold; use text, numbers and tables."
            )
        self._voices = _voices(settings.voices)
        self._timeout_s = settings.timeout_s
        self._retry = RetryPolicy(settings.interval_s, settings.attempts, settings.first_wait_s, settings.parallel)
        self._opening = threading.Lock()
        self._session: Any = None

    def voices(self) -> Sequence[Voice]:
        """Return the voices in the settings, since the interface has no list, and variants where they are few."""
        return self._voices

    def version(self, voice: Voice) -> str:
        """Return the server's address and the fields of the request; it may change its model unseen."""
        return f"openai 1 {self._url} {json.dumps(self._fields, sort_keys=True, ensure_ascii=False)}"

    def pieces(self, text: str) -> list[str]:
        """Cut a text at ends of sentences into at most 1500 characters."""
        return utterances(text, LONGEST_PIECE)

    def plain(self, voice: Voice) -> Voice:
        """Return the voice at its own pitch; the rate is the server's to keep."""
        return Voice(self.name, voice.name, rate=voice.rate)

    def ask(self, piece: str, voice: Voice) -> Speech:
        """Have one piece spoken, with patience.

        Raises:
            EngineUnavailable: The server is down, refuses the key, or answers with something that is not sound.
            ServiceBusy: It asks to come later.
            SynthesisError: It refuses this text.
        """
        return self._retry.ask(partial(self._ask, piece, voice))

    def finish(self, spoken: Sequence[Speech], voice: Voice) -> Speech:
        """Join the pieces and shift them."""
        return shifted(joined(spoken, 0), voice.pitch_semitones)

    def _ask(self, text: str, voice: Voice) -> Speech:
        import requests

        body = {**self._fields, "input": text, "voice": voice.name}
        if voice.rate != 1.0:
            body["speed"] = voice.rate
        end_s = time.monotonic() + self._timeout_s
        try:
            with Deadline(self._timeout_s):
                answer = self._connections().post(
                    self._url,
                    data=json.dumps(body).encode(),
                    headers={"Content-Type": "application/json"},
                    auth=_signed,  # a function: with a plain header, requests would prefer a password from ~/.netrc
                    timeout=(CONNECT_S, self._timeout_s),
                    stream=True,
                    allow_redirects=False,
                )
                content = read_all(answer, LARGEST_ANSWER_BYTES, end_s)
        except requests.exceptions.SSLError as error:
            raise EngineUnavailable(
                f"TLS certificate verification failed for {self._host}; check its certificate and base_url."
            ) from error
        except (requests.exceptions.ReadTimeout, TimeoutError) as error:
            slow = f"{self._host} did not answer within {self._timeout_s:g} s; set a longer timeout_s, or try later."
            raise AskAgain(EngineUnavailable(slow)) from error
        except OSError as error:
            gone = f"{self._host} cannot be reached or closed the connection; start it, or check base_url and network."
            raise AskAgain(EngineUnavailable(gone)) from error
        if content is None:
            raise EngineUnavailable(f"{self._host} sent too much data; check base_url and model.")
        if answer.status_code != 200:
            raise self._explained(answer.status_code, content, answer.headers.get("Retry-After"))
        try:
            speech = decoded(content, self._raw_hz(answer.headers.get("Content-Type", "")))
            check_length(speech, text, voice.rate)
        except UnusableSound as error:
            reason = f"{self._host} sent no usable audio: {_without_key(str(error))}; check model and response_format."
            raise AskAgain(EngineUnavailable(reason)) from error
        return speech

    def _connections(self) -> Any:
        import requests

        with self._opening:
            if self._session is None:
                self._session = requests.Session()
                self._session.trust_env = self.network  # this machine is not asked by way of a proxy elsewhere
                watch(self._session, self.parallel)
            return self._session

    def _raw_hz(self, content_type: str) -> int | None:
        """Return the sample rate of an answer that may be bare PCM, else None."""
        if _PCM.match(content_type):
            told = _RATE.search(content_type)
            return int(told[1]) if told else RAW_HZ
        return RAW_HZ if self._fields["response_format"] == "pcm" else None

    def _explained(self, status: int, content: bytes, retry_after: str | None) -> Exception:
        """Say what an answer other than 200 means, and whether to ask again."""
        if status == 401:  # what the server says of a key may hold parts of it
            return EngineUnavailable(f"{self._host} rejected the key (401); set {KEY_VARIABLES[0]} to a valid key.")
        said = _message(content)
        if status == 403:
            return EngineUnavailable(f"{self._host} denied access (403{said}); check key, model and base_url.")
        if status in BUSY:
            busy = ServiceBusy(f"{self._host} is busy or limits requests ({status}{said}); try again later.")
            return busy if "insufficient_quota" in said else AskAgain(busy, retry_after_s(retry_after))
        if status >= 500 or status == 408:
            down = EngineUnavailable(f"{self._host} failed ({status}{said}); try again later.")
            return AskAgain(down, retry_after_s(retry_after))
        if status in {400, 413, 422}:
            return SynthesisError(f"{self._host} rejected this text, model or voice ({status}{said}); change it.")
        return EngineUnavailable(f"{self._host} answered {status}{said}; check base_url and model.")

    def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            self._session.close()


def _fits_json(value: object) -> bool:
    """Tell whether a value can be sent as JSON; how deep the encoder itself goes differs between versions of Python."""
    inner: list[object] = [value]
    for _ in range(DEEPEST_FIELD):
        inner = [
            one
            for each in inner
            if isinstance(each, dict | list | tuple)
            for one in (each.values() if isinstance(each, dict) else each)
        ]
    if inner:
        return False
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True


def _voices(names: Sequence[str]) -> list[Voice]:
    shifts = SHIFTS if len(names) < ENOUGH else SHIFTS[:1]
    try:
        return [
            Voice("openai", name, pitch_semitones=shift, gender=GENDERS.get(name) if not shift else None)
            for shift in shifts
            for name in names
        ]
    except ValueError as error:
        raise EngineUnavailable(f"[engines.openai]: voices has a name that is not valid ({error}); fix it.") from error


def _parts(base_url: str) -> tuple[str, str]:
    """Return scheme and host of an address; its user and password belong into the environment, as the key.

    Raises:
        EngineUnavailable: It is none; it is not repeated, since it may hold a secret.
    """
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in {"http", "https"} and not (parts.username or parts.query or parts.fragment)
        if usable and parts.hostname and parts.port != 0 and not any(map(str.isspace, base_url)):
            parts.hostname.encode("idna")  # refuses what no name of a host can be
            return parts.scheme, parts.hostname
    except ValueError:
        pass
    raise EngineUnavailable(
        f"base_url is not a valid address; write one like {DEFAULT_URL}, without spaces or a password."
    )


def _key() -> str | None:
    """Return the key from the environment.

    Raises:
        EngineUnavailable: It can be none; a header cannot hold it, and the error of the library would repeat it.
    """
    for name in KEY_VARIABLES:
        key = os.environ.get(name, "").strip()
        if key and not _KEY.fullmatch(key):
            raise EngineUnavailable(f"{name} has characters that are not valid in a key; set a valid key.")
        if key:
            return key
    return None


def _signed(request: Any) -> Any:
    """Add the key to a request."""
    key = _key()
    if key:
        request.headers["Authorization"] = f"Bearer {key}"
    return request


def _without_key(said: str) -> str:
    """Mask the key, and what begins like it: servers show half of a key, and what they say may be cut short."""
    key = _key() or ""
    return re.sub(re.escape(key[:8]) + "[!-~]*", "***", said) if len(key) >= SHORTEST_KEY else said


def _message(content: bytes) -> str:
    """Return what a server says of an error after a colon, without the key, made short and plain."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    error = told.get("error") or told.get("detail") or told.get("message") if isinstance(told, dict) else None
    if isinstance(error, dict):
        error = " ".join(str(error[key]) for key in ("code", "message") if error.get(key))
    said = one_line(_without_key(str(error or "")))
    return f": {said}" if said else ""
