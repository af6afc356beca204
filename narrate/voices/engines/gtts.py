"""Google Translate's one German voice, through gTTS. The text leaves the machine.

Voices of their own come from that voice's sound, shifted in pitch and formants.
"""

from __future__ import annotations

import io
import re
import time
from collections.abc import Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

from narrate.german import utterances
from narrate.model import Gender, Speech, Voice
from narrate.model.errors import EngineUnavailable, ServiceBusy, SynthesisError
from narrate.voices.engines.base import PiecewiseEngine
from narrate.voices.engines.deadline import Deadline, watch
from narrate.voices.engines.retry import ATTEMPTS, FIRST_WAIT_S, RANGES, AskAgain, RetryPolicy, read_all, retry_after_s
from narrate.voices.engines.sounds import UnusableSound, check_length, decoded, joined, shifted

VOICE = "de"
LONGEST_PIECE = 100  # characters; gTTS would cut a longer one itself, inside numbers and abbreviations
LARGEST_ANSWER_BYTES = 1_000_000  # of JSON; 100 characters are some 50 kB
LONGEST_ANSWER_S = 60.0
TIMEOUT_S = (10.0, 30.0)  # to connect, and between two bytes
BUSY = (429, 503)
PAUSE_MS = 120  # between the pieces of one sentence
# Shifts at least 4 semitones apart; Google's voice is a woman's.
SHIFTS: tuple[tuple[float, Gender], ...] = ((0.0, "f"), (-9.0, "m"), (4.5, "f"), (-4.5, "m"))
_TLD = re.compile(r"[a-z]{2,6}(?:\.[a-z]{2,3})?")


class GttsEngine(PiecewiseEngine):
    """Google's voice by way of the gTTS library.

    Args:
        tld: Of the Google host that is asked: ``com``, ``de``, ``co.uk``.
        interval_s: Least time between two requests; Google blocks who asks too often.
        attempts: Most requests for one piece.
        first_wait_s: Before the second of them.

    Raises:
        EngineUnavailable: The top-level domain is none.
    """

    name = "gtts"
    trained = True
    network = True
    licence = "Google's terms; unofficial access"
    ranges = RANGES

    def __init__(
        self, tld: str = "com", interval_s: float = 0.5, attempts: int = ATTEMPTS, first_wait_s: float = FIRST_WAIT_S
    ) -> None:
        if not _TLD.fullmatch(tld):
            raise EngineUnavailable(f"'{tld}' is not a top-level domain of Google; set tld to com, de or co.uk.")
        self._tld = tld
        self._retry = RetryPolicy(interval_s, attempts, first_wait_s)

    def voices(self) -> Sequence[Voice]:
        """Return Google's voice and its shifts."""
        return [Voice(self.name, VOICE, pitch_semitones=shift, gender=gender) for shift, gender in SHIFTS]

    def version(self, voice: Voice) -> str:
        """Return the library's version and the host; Google may change its voice unseen."""
        import gtts

        return f"gTTS {gtts.__version__} {self._tld} 1"

    def pieces(self, text: str) -> list[str]:
        """Cut a text at ends of sentences and clauses into at most 100 characters, never inside a number."""
        return [piece for piece in utterances(text, LONGEST_PIECE) if any(map(str.isalnum, piece))]

    def plain(self, voice: Voice) -> Voice:
        """Return Google's own voice.

        Raises:
            EngineUnavailable: There is no such voice.
        """
        if voice.name != VOICE:
            raise EngineUnavailable(f"Google has no German voice '{voice.name}'; write gtts:de, lower as gtts:de@-9.")
        return Voice(self.name, VOICE)

    def ask(self, piece: str, voice: Voice) -> Speech:
        """Have one piece spoken, with patience.

        Raises:
            EngineUnavailable: Google cannot be reached, refuses, or answers with something else.
            ServiceBusy: Google asks to come later.
            SynthesisError: Google has no sound for it.
        """
        return self._retry.ask(partial(self._ask, piece))

    def finish(self, spoken: Sequence[Speech], voice: Voice) -> Speech:
        """Join the pieces and shift them."""
        return shifted(joined(spoken, PAUSE_MS), voice.pitch_semitones, voice.rate)

    def _ask(self, text: str) -> Speech:
        library = _library()
        sound = io.BytesIO()
        # gTTS would rewrite the text with rules made for English, and cut what grows past 100 characters by it.
        request = library.gTTS(
            text, lang="de", tld=self._tld, lang_check=False, pre_processor_funcs=[], timeout=TIMEOUT_S
        )
        try:
            request.write_to_fp(sound)
            speech = decoded(sound.getvalue())
            check_length(speech, text)
        except library.gTTSError as error:
            raise _explained(error, self._tld) from error
        except OSError as error:
            raise AskAgain(_unreachable(self._tld)) from error
        except ValueError as error:
            raise AskAgain(EngineUnavailable("Google sent damaged audio; try again later.")) from error
        except UnusableSound as error:
            raise AskAgain(EngineUnavailable(f"Google's answer cannot be used: {error}; try again later.")) from error
        return speech


def _unreachable(tld: str) -> EngineUnavailable:
    return EngineUnavailable(f"translate.google.{tld} cannot be reached or closed the connection; check the network.")


def _explained(error: Any, tld: str) -> Exception:
    """Say what a failure of gTTS means, and whether to ask again."""
    if error.rsp is None:
        if "certificate verify failed" in str(error.__context__):
            return EngineUnavailable(
                f"TLS certificate verification failed for translate.google.{tld}; check your proxy and clock."
            )
        return AskAgain(_unreachable(tld))
    status = error.rsp.status_code
    if status in BUSY:
        busy = ServiceBusy(
            "Google has had too many requests from here; try again in an hour, finished sentences are cached."
        )
        return AskAgain(busy, retry_after_s(error.rsp.headers.get("Retry-After")))
    if status >= 500:
        return AskAgain(EngineUnavailable(f"Google answered {status}; try again later."))
    if status == 200:
        return AskAgain(SynthesisError("Google sent no audio; try again later, or change the text."))
    return EngineUnavailable(f"Google answered {status}; update gTTS, or use another tld or engine.")


def _library() -> Any:
    """Return the library's module, its requests sent by a session that checks certificates, sizes and times."""
    import gtts.tts
    import requests

    if getattr(gtts.tts.requests, "verified", False):
        return gtts.tts

    class VerifyingSession(requests.Session):
        """Checks the server's certificate, whatever it is told, and reads no more than an answer can hold."""

        def __init__(self) -> None:
            super().__init__()
            watch(self)

        def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:
            with Deadline(LONGEST_ANSWER_S):
                return self._read(request, how)

        def _read(self, request: requests.PreparedRequest, how: dict[str, Any]) -> requests.Response:
            end_s = time.monotonic() + LONGEST_ANSWER_S
            how |= self.merge_environment_settings(str(request.url), {}, True, True, None)
            answer = super().send(request, **how, allow_redirects=False)
            if answer.is_redirect:
                # Where Google shows a captcha; to gTTS it would be an answer without sound.
                answer.close()
                answer.status_code = BUSY[0]
                return answer
            body = read_all(answer, LARGEST_ANSWER_BYTES, end_s)
            if body is None:
                raise EngineUnavailable("Google sent too much data; update gTTS, or use another engine.")
            answer.raw = io.BytesIO(body)
            return answer

    # gTTS sends with verify=False; this is all of requests that it uses.
    gtts.tts.requests = SimpleNamespace(
        Session=VerifyingSession, Request=requests.Request, exceptions=requests.exceptions, verified=True
    )
    return gtts.tts
