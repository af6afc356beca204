"""Microsoft's voices through the real edge-tts library and a server on this machine."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from narrate.model import Mark, Voice
from narrate.model.errors import EngineUnavailable, NarrateError, ServiceBusy, SynthesisError
from narrate.voices.engines import edge as module
from narrate.voices.engines.edge import VOICES, EdgeEngine
from tests.voices.engines.services import WORD, Microsoft, certificate, google, microsoft, now_and_then, point_edge_at
from tests.voices.engines.tones import CHARACTER_MS, DIGIT, RATE_HZ, digits, tells

VOICE = Voice("edge", "de-DE-KatjaNeural", "de-DE", gender="f")
TEXT = "Der Markt & die Brücke <am Fluss> öffnen um 4:20 Uhr."
FAULTS = ("429", "503", "cut", "short", "drop", "garbage", "refuse")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Microsoft]:
    """Return Microsoft's service, on this machine."""
    with microsoft() as service:
        point_edge_at(monkeypatch, service)
        yield service


def quick(interval_s: float = 0.0, attempts: int = 2) -> EdgeEngine:
    """Return an engine that does not wait."""
    return EdgeEngine(interval_s, attempts, first_wait_s=0.001)


def placed(text: str, start: int = 0, start_ms: float = 0.0) -> list[Mark]:
    """Return the marks that a text should get that is a piece of another."""
    return [
        Mark(
            start + word.start(),
            word[0],
            start_ms + word.start() * CHARACTER_MS,
            start_ms + word.end() * CHARACTER_MS,
        )
        for word in WORD.finditer(text)
    ]


def test_words_become_marks(server: Microsoft) -> None:
    """Every word has a mark where it stands in the text as given, signs of XML included, and where it is heard."""
    speech = quick().synthesize(TEXT, VOICE)
    assert tells(speech, TEXT)
    assert list(speech.marks) == placed(TEXT)
    assert server.requests == [TEXT]
    assert server.seen[0]["config"]["metadataoptions"]["wordBoundaryEnabled"] == "true"


def test_marks_of_a_long_text_go_on_over_its_pieces(server: Microsoft) -> None:
    """A text of several sockets has the marks of each piece after the sound of those before it."""
    text = " ".join(f"Der {number}. Gast {'&' * 20} grüßt freundlich." for number in range(75))
    speech = quick().synthesize(text, VOICE)
    assert len(server.requests) == 3
    assert max(len(piece.replace("&", "&amp;").encode()) for piece in server.requests) <= 4096
    expected, start, length_ms = [], 0, 0.0
    for piece in server.requests:
        start = text.index(piece, start)
        expected += placed(piece, start, length_ms)
        length_ms += len(digits(piece)) * DIGIT * 1000 / RATE_HZ
    assert 500 * len(speech.pcm) / RATE_HZ == length_ms
    assert [mark.position for mark in speech.marks] == [mark.position for mark in expected]
    assert [mark.start_ms for mark in speech.marks] == pytest.approx([mark.start_ms for mark in expected], abs=0.01)
    edges = [edge for mark in speech.marks for edge in (mark.start_ms, mark.end_ms)]
    assert edges == sorted(edges)


def test_a_word_said_otherwise_has_no_mark_and_harms_no_other() -> None:
    """A word that is not in the text as a whole is left out; times outside the sound or the order are mended."""
    text = "Im Ministerium in Köln, in Bonn."
    words = [(0.0, 50.0, "Im"), (50.0, 10.0, "Amt"), (60.0, 30.0, "in"), (80.0, 900.0, "Köln"), (70.0, 5.0, "")]
    assert module._marks(text, words, 500.0) == (
        Mark(0, "Im", 0.0, 50.0),
        Mark(15, "in", 60.0, 90.0),
        Mark(18, "Köln", 90.0, 500.0),
    )


def test_rate_and_pitch_reach_the_service(server: Microsoft) -> None:
    """They are sent in the words that the service knows."""
    quick().synthesize(TEXT, Voice("edge", "de-DE-ConradNeural", "de-DE", 0.9, -2.0, "m"))
    assert "rate='-10%'" in server.seen[0]["ssml"]
    assert "pitch='-13Hz'" in server.seen[0]["ssml"]
    assert "(de-DE, ConradNeural)" in server.seen[0]["ssml"]


def test_the_live_list_is_asked_for_only_on_request(server: Microsoft) -> None:
    """Without `ask` the shipped list is offered and nobody hears of it; with it, the service's German voices."""
    assert [offer.voice.name for offer in quick().offers()] == [name for name, _, _ in VOICES]
    assert server.starts == []
    server.voices = ["en-US-AvaNeural", "de-DE-NeuNeural", "de-DE-KatjaNeural"]
    offers = quick().offers(ask=True)
    assert [offer.voice.name for offer in offers] == ["de-DE-KatjaNeural", "de-DE-NeuNeural"]
    assert offers[0].voice == VOICE
    assert all(offer.network for offer in offers)


@pytest.mark.parametrize(
    ("fault", "failure", "said"),
    [
        ("403", EngineUnavailable, "refuses this program"),
        ("503", ServiceBusy, "busy"),
        ("garbage", EngineUnavailable, "unexpected answer"),
    ],
)
def test_a_list_that_does_not_come_is_explained(
    server: Microsoft, fault: str, failure: type[NarrateError], said: str
) -> None:
    """Refused, busy or nonsense: a sentence, never an empty list; one without German voices neither."""
    server.faults = lambda number, text: fault
    with pytest.raises(failure, match=said):
        quick().offers(ask=True)
    server.faults = ()
    server.voices = ["en-US-AvaNeural"]
    with pytest.raises(EngineUnavailable, match="no German voice"):
        quick().offers(ask=True)


@pytest.mark.parametrize(
    ("fault", "failure", "asked", "said"),
    [
        ("429", ServiceBusy, 2, "busy"),
        ("503", ServiceBusy, 2, "busy"),
        ("500", EngineUnavailable, 2, "failed"),
        ("403", EngineUnavailable, 2, "refuses this program"),  # the library asks again with the server's clock
        ("400", EngineUnavailable, 1, "400"),
        ("cut", EngineUnavailable, 2, "closed the connection"),
        ("short", EngineUnavailable, 2, "closed the connection"),
        ("garbage", EngineUnavailable, 2, "unexpected answer"),
        ("drop", SynthesisError, 2, "no audio"),
        ("refuse", SynthesisError, 2, "no audio"),
        ("huge", EngineUnavailable, 1, "too much"),
        ("slow", EngineUnavailable, 2, "in time"),
    ],
)
def test_each_failure_is_told_in_a_sentence(
    server: Microsoft, monkeypatch: pytest.MonkeyPatch, fault: str, failure: type[NarrateError], asked: int, said: str
) -> None:
    """What may pass is asked again; in the end one sentence says the cause and what to do, within the time set."""
    monkeypatch.setattr(module, "LARGEST_ANSWER_BYTES", 500_000)
    monkeypatch.setattr(module, "TIMEOUT_S", 0.3 if fault == "slow" else 10.0)
    server.faults = lambda number, text: fault
    with pytest.raises(failure, match=said) as caught:
        quick().synthesize(TEXT, VOICE)
    assert type(caught.value) is failure
    assert re.fullmatch(r"[^\n]{15,200}; [^\n]+\.", caught.value.message)
    assert len(server.starts) == asked


def test_a_connection_that_closes_early_is_no_end(server: Microsoft) -> None:
    """Sound without the service's word that it is all is asked for again, in any piece of a long text."""
    text = f"Der Gast {'&' * 20} grüßt. " * 45
    server.faults = [None, "cut"]
    speech = quick().synthesize(text, VOICE)
    assert len(server.starts) == 2 + 2
    assert 500 * len(speech.pcm) / RATE_HZ == pytest.approx(len(text) * CHARACTER_MS, abs=200)


def test_what_cannot_be_said_is_not_sent(server: Microsoft) -> None:
    """A text without letters, and a name that is no voice's, are refused here."""
    with pytest.raises(SynthesisError, match="nothing to pronounce"):
        quick().synthesize("… – !", VOICE)
    with pytest.raises(EngineUnavailable, match="not a Microsoft voice"):
        quick().synthesize(TEXT, Voice("edge", "Katja' /><evil"))
    assert server.starts == []


def test_a_server_that_is_not_there_or_not_microsoft_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listening is told as such; behind a proxy that passes itself off as Microsoft the text is not sent."""
    with monkeypatch.context() as patched:
        with microsoft() as service:
            point_edge_at(patched, service)
        with pytest.raises(EngineUnavailable, match="cannot be reached"):
            quick().synthesize(TEXT, VOICE)
    for name in ("no_proxy", "NO_PROXY", "wss_proxy", "WSS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with google(certificate(tmp_path)) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with pytest.raises(EngineUnavailable, match="certificate verification failed"):
            quick().synthesize(TEXT, VOICE)
        with pytest.raises(EngineUnavailable, match="certificate verification failed"):
            quick().offers(ask=True)


def test_a_missing_package_is_told_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without edge-tts the engine says how to install it, and offers its voices as not installed."""
    assert quick().missing() is None
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    monkeypatch.setitem(sys.modules, "edge_tts", None)
    assert "pip install" in (quick().missing() or "")
    assert not any(offer.installed for offer in quick().offers())
    with pytest.raises(EngineUnavailable, match="pip install"):
        quick().synthesize(TEXT, VOICE)


@pytest.mark.slow
def test_two_hundred_segments_arrive_through_faults(server: Microsoft) -> None:
    """With a fifth of the answers failing all 200 texts come as they should, marks too, within the limits set."""
    texts = [f"Satz {number} über {'den Markt am Fluss und ' * (number % 4)}das Ende." for number in range(200)]
    server.faults = now_and_then(0.2, FAULTS)
    interval_s = 0.01
    engine = quick(interval_s, attempts=10)
    with ThreadPoolExecutor(4) as threads:
        spoken = list(threads.map(lambda text: engine.synthesize(text, VOICE), texts))
    assert all(tells(speech, text) for speech, text in zip(spoken, texts, strict=True))
    assert all(list(speech.marks) == placed(text) for speech, text in zip(spoken, texts, strict=True))
    assert len(server.starts) > 230
    assert server.most_at_once <= engine.parallel
    assert max(server.starts) - min(server.starts) >= interval_s * (len(server.starts) - 1) - 0.1
