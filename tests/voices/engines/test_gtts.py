"""Google's voice through the real gTTS library and a server on this machine."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrate.model import Voice
from narrate.model.errors import EngineUnavailable, NarrateError, ServiceBusy, SynthesisError
from narrate.voices.engines import gtts as module
from narrate.voices.engines import open_engine
from narrate.voices.engines.gtts import LONGEST_PIECE, SHIFTS, GttsEngine
from tests.voices.engines.services import Google, certificate, google, now_and_then, point_gtts_at
from tests.voices.engines.tones import RATE_HZ, tells

VOICE = Voice("gtts", "de")
TEXT = "Der Markt am Fluss öffnet um acht."
FAULTS = ("429", "503", "cut", "short", "drop", "garbage")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    """Return Google, on this machine."""
    with google() as service:
        point_gtts_at(monkeypatch, service)
        yield service


def quick(**options: float) -> GttsEngine:
    """Return an engine that does not wait."""
    return GttsEngine(**{"interval_s": 0.0, "first_wait_s": 0.001, "attempts": 2, **options})  # type: ignore[arg-type]


def test_a_long_text_is_asked_for_in_short_pieces_without_loss(server: Google) -> None:
    """Pieces have at most 100 characters, end between clauses, and are no number or abbreviation cut in two."""
    text = (
        "Am 3. Mai kamen z. B. 1.234,5 Mio. Euro zusammen, wie Prof. Dr. Beispiel am Morgen um 4:20 Uhr vor dem "
        "alten Rathaus sagte; danach gingen alle nach Hause, denn es regnete. Niemand blieb."
    )
    speech = quick().synthesize(text, VOICE)
    assert " ".join(server.requests) == text
    assert max(map(len, server.requests)) <= LONGEST_PIECE
    assert all(re.search(r"[.,;]$", piece) for piece in server.requests)
    assert not any(re.search(r"(?:\b3|\bz|1\.234,5|4:20|Mio|Dr|Prof)\.?$", piece) for piece in server.requests)
    assert {one["language"] for one in server.seen} == {"de"}
    engine = quick()
    assert speech == engine.finish([engine.ask(piece, VOICE) for piece in engine.pieces(text)], VOICE)


@settings(max_examples=150)
@given(st.text(st.sampled_from("aäß B1.,:;-–„“()\n…!?&<中"), max_size=400))
def test_every_piece_has_something_to_say(text: str) -> None:
    """Whatever the text, a piece has a letter or digit, at most 100 characters, and nothing sayable is lost."""
    pieces = GttsEngine().pieces(text)
    assert all(len(piece) <= LONGEST_PIECE and any(map(str.isalnum, piece)) for piece in pieces)
    assert [sign for piece in pieces for sign in piece if sign.isalnum()] == [sign for sign in text if sign.isalnum()]


def test_nothing_to_say_is_not_asked_for(server: Google) -> None:
    """A text without letters and digits is refused, and Google hears nothing of it."""
    with pytest.raises(SynthesisError, match="nothing to pronounce"):
        quick().synthesize("… – !", VOICE)
    assert server.requests == []


def test_the_text_is_said_as_it_is(server: Google) -> None:
    """GTTS's rules for English do not touch it; the answer is the sound of exactly this text."""
    text = "Frau Dr. Beispiel & <b>Muster</b>: 5 Uhr"
    assert tells(quick().synthesize(text, VOICE), text)
    assert server.requests == [text]


def test_voices_are_apart_and_speak_at_one_pace(server: Google) -> None:
    """Voices differ by at least 4 semitones; all have the plain voice's length, and only it is asked for."""
    shifts = sorted(shift for shift, _ in SHIFTS)
    assert min(after - before for before, after in itertools.pairwise(shifts)) >= 4
    engine = quick()
    spoken = [engine.synthesize(TEXT, voice) for voice in engine.voices()]
    assert len({len(speech.pcm) for speech in spoken}) == 1
    assert len({speech.pcm for speech in spoken}) == len(SHIFTS)
    assert {speech.rate_hz for speech in spoken} == {RATE_HZ}
    with pytest.raises(EngineUnavailable, match="gtts:de"):
        engine.synthesize(TEXT, Voice("gtts", "fr"))


@pytest.mark.parametrize(
    ("fault", "failure", "asked", "said"),
    [
        ("429", ServiceBusy, 2, "too many requests"),
        ("503", ServiceBusy, 2, "too many requests"),
        ("302", ServiceBusy, 2, "too many requests"),
        ("500", EngineUnavailable, 2, "500"),
        ("403", EngineUnavailable, 1, "403"),
        ("404", EngineUnavailable, 1, "404"),
        ("cut", EngineUnavailable, 2, "closed the connection"),
        ("drop", EngineUnavailable, 2, "closed the connection"),
        ("short", EngineUnavailable, 2, "cut off"),
        ("garbage", EngineUnavailable, 2, "not audio"),
        ("refuse", SynthesisError, 2, "no audio"),
        ("huge", EngineUnavailable, 1, "too much"),
        ("slow", EngineUnavailable, 2, "closed the connection"),
        ("drip", EngineUnavailable, 2, "closed the connection"),
    ],
)
def test_each_failure_is_told_in_a_sentence(
    server: Google, monkeypatch: pytest.MonkeyPatch, fault: str, failure: type[NarrateError], asked: int, said: str
) -> None:
    """What may pass is asked again; in the end one sentence says the cause and what to do."""
    monkeypatch.setattr(module, "LONGEST_ANSWER_S", 0.1 if fault in {"slow", "drip"} else 10.0)
    server.faults = lambda number, text: fault
    with pytest.raises(failure, match=said) as caught:
        quick().synthesize(TEXT, VOICE)
    assert type(caught.value) is failure
    assert re.fullmatch(r"[^\n]{15,200}; [^\n]+\.", caught.value.message)
    assert len(server.requests) == asked


def test_who_is_asked_to_come_later_does(server: Google) -> None:
    """A wait longer than half a minute is not sat out, a shorter one is no failure."""
    server.faults = ["429"]
    server.retry_after = "3600"
    with pytest.raises(ServiceBusy):
        quick().synthesize(TEXT, VOICE)
    assert len(server.requests) == 1
    server.retry_after = "0"
    server.faults = [None, "429"]
    assert tells(quick().synthesize(TEXT, VOICE), TEXT)


def test_a_server_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listening is a network that does not reach Google."""
    with google() as service:
        point_gtts_at(monkeypatch, service)
    with pytest.raises(EngineUnavailable, match=r"translate\.google\.com cannot be reached"):
        quick().synthesize(TEXT, VOICE)


@pytest.mark.parametrize("tld", ["com@127.0.0.1:9/x", "com/x", "", "com\n", "COM", "co.uk.example", "..", "d", "com#"])
def test_only_top_level_domains_are_taken(tld: str) -> None:
    """What would lead the text to another host is refused; com, de and co.uk are fine."""
    with pytest.raises(EngineUnavailable, match="top-level domain"):
        open_engine("gtts", {"tld": tld})
    for good in ("com", "de", "co.uk"):
        assert good in open_engine("gtts", {"tld": good}).version(VOICE)


def test_a_server_that_cannot_prove_who_it_is_hears_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a proxy that passes itself off as Google the text is not sent; with a certificate it trusts, it is."""
    for name in ("no_proxy", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    own = certificate(tmp_path)
    with google(own) as service:
        monkeypatch.setenv("https_proxy", service.url)
        with pytest.raises(EngineUnavailable, match="certificate verification failed"):
            quick().synthesize(TEXT, VOICE)
        assert service.requests == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(own))
        assert tells(quick().synthesize(TEXT, VOICE), TEXT)
        assert service.requests == [TEXT]
        with pytest.raises(EngineUnavailable, match="certificate verification failed"):
            GttsEngine("de").synthesize(TEXT, VOICE)


@pytest.mark.slow
def test_two_hundred_segments_arrive_through_faults(server: Google) -> None:
    """With a fifth of the answers failing all 200 texts come as they should, within the limits set."""
    texts = [f"Satz {number} über {'den Markt am Fluss und ' * (number % 4)}das Ende." for number in range(200)]
    server.faults = now_and_then(0.2, FAULTS)
    interval_s = 0.01
    engine = quick(interval_s=interval_s, attempts=10)
    with ThreadPoolExecutor(4) as threads:
        spoken = list(threads.map(lambda text: engine.synthesize(text, VOICE), texts))
    assert all(tells(speech, text) for speech, text in zip(spoken, texts, strict=True))
    assert len(server.requests) > 230
    assert server.most_at_once == engine.parallel == 1
    assert server.starts[-1] - server.starts[0] >= interval_s * (len(server.starts) - 1) - 0.1
