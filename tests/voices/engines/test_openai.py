"""Servers of `/v1/audio/speech`, as one on this machine plays them."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from narrate.model import Voice
from narrate.model.errors import EngineUnavailable, NarrateError, ServiceBusy, SynthesisError
from narrate.voices.engines import open_engine
from narrate.voices.engines import openai as module
from narrate.voices.engines.openai import KEY_VARIABLES, OpenAIEngine, ServerSettings
from tests.voices.engines.services import SpeechServer, certificate, google, now_and_then, speech_server
from tests.voices.engines.tones import RATE_HZ, mp3, pcm, tells, wav

VOICE = Voice("openai", "nova")
TEXT = "Der Markt am Fluss öffnet um acht."
KEY = "sk-narrate-test-0123456789"
FAULTS = ("429", "503", "cut", "short", "drop", "garbage")
Quick = Callable[..., OpenAIEngine]


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the keys of whoever runs the tests out of them."""
    for name in KEY_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[SpeechServer]:
    """Return a speech server."""
    with speech_server() as service:
        yield service


@pytest.fixture
def quick(server: SpeechServer) -> Iterator[Quick]:
    """Return a maker of engines that do not wait; they are closed after the test."""
    made: list[OpenAIEngine] = []

    def make(**options: Any) -> OpenAIEngine:
        settings = {"base_url": f"{server.url}/v1", "first_wait_s": 0.001, "attempts": 2, **options}
        made.append(OpenAIEngine(ServerSettings(**settings)))
        return made[-1]

    yield make
    for engine in made:
        engine.close()
        engine.close()


def flac(text: str) -> bytes:
    """Return a text's sound as FLAC."""
    source = ("-f", "s16le", "-ar", str(RATE_HZ), "-ac", "1", "-i", "pipe:0")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, "-f", "flac", "pipe:1"]
    return subprocess.run(command, input=pcm(text), capture_output=True, check=True).stdout


def test_a_request_says_what_was_set(server: SpeechServer, quick: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    """Model, voice, format, speed and further fields are sent as set, the key as a bearer's, a language if given."""
    quick().synthesize(TEXT, VOICE)
    assert server.seen[0]["fields"] == {
        "model": "gpt-4o-mini-tts",
        "response_format": "wav",
        "input": TEXT,
        "voice": "nova",
    }
    assert "Authorization" not in server.seen[0]["headers"]
    monkeypatch.setenv("OPENAI_API_KEY", "other")
    monkeypatch.setenv("NARRATE_OPENAI_API_KEY", f" {KEY}\n")
    engine = quick(model="m", language="de", extra={"stream": False}, response_format="flac")
    engine.synthesize(TEXT, Voice("openai", "echo", rate=1.25))
    fields = server.seen[1]["fields"]
    assert (fields["model"], fields["voice"], fields["speed"]) == ("m", "echo", 1.25)
    assert (fields["lang"], fields["language"], fields["stream"]) == ("de", "de", False)
    assert fields["response_format"] == "flac"
    assert server.seen[1]["headers"]["Authorization"] == f"Bearer {KEY}"
    assert KEY not in engine.version(VOICE) and "127.0.0.1" in engine.version(VOICE)


@pytest.mark.parametrize(
    ("make", "content_type", "asked"),
    [
        (wav, "audio/wav", "wav"),
        (lambda text: wav(text, 0xFFFF_FFFF), "audio/wav", "wav"),
        (mp3, "audio/mpeg", "wav"),
        (mp3, "audio/mpeg", "pcm"),
        (flac, "text/plain", "wav"),
        (pcm, "audio/pcm", "pcm"),
        (pcm, "", "pcm"),
        (pcm, "audio/pcm", "wav"),
        (pcm, "audio/L16; rate=24000; channels=1", "wav"),
    ],
)
def test_the_bytes_decide_how_an_answer_is_read(
    server: SpeechServer, quick: Quick, make: Callable[[str], bytes], content_type: str, asked: str
) -> None:
    """Whatever was asked for and whatever the server calls it, the sound arrives, bare PCM too where it is named."""
    server.make, server.content_type = make, content_type
    assert tells(quick(response_format=asked).synthesize(TEXT, VOICE), TEXT)


def test_bare_pcm_is_taken_at_the_rate_that_is_told(server: SpeechServer, quick: Quick) -> None:
    """The rate stands in the content type; without a word of PCM, bytes without a header are no sound."""
    server.make, server.content_type = pcm, "audio/pcm;rate=16000"
    assert quick().synthesize(TEXT, VOICE).rate_hz == 16_000
    server.content_type = "application/octet-stream"
    with pytest.raises(EngineUnavailable, match="unknown audio format"):
        quick().synthesize(TEXT, VOICE)


@pytest.mark.parametrize(
    ("fault", "failure", "asked", "said"),
    [
        ("401", EngineUnavailable, 1, "rejected the key"),
        ("403", EngineUnavailable, 1, "denied access"),
        ("302", EngineUnavailable, 1, "302"),
        ("429", ServiceBusy, 2, "try again later"),
        ("503", ServiceBusy, 2, "try again later"),
        ("500", EngineUnavailable, 2, "failed"),
        ("refuse", SynthesisError, 1, "rejected this text"),
        ("cut", EngineUnavailable, 2, "closed the connection"),
        ("drop", EngineUnavailable, 2, "closed the connection"),
        ("short", EngineUnavailable, 2, "cut off"),
        ("garbage", EngineUnavailable, 2, "Nothing to hear"),
        ("huge", EngineUnavailable, 1, "too much"),
        ("slow", EngineUnavailable, 2, "0.2 s"),
        ("drip", EngineUnavailable, 2, "0.2 s"),
    ],
)
def test_each_failure_is_told_in_a_sentence(
    server: SpeechServer,
    quick: Quick,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    failure: type[NarrateError],
    asked: int,
    said: str,
) -> None:
    """What may pass is asked again; in the end a sentence says cause and remedy, and never the key."""
    monkeypatch.setattr(module, "LARGEST_ANSWER_BYTES", 500_000)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.says = f"the key {KEY} ({KEY[:12]}****) is\nnot {'good ' * 15}{KEY}"
    server.faults = lambda number, text: fault
    with pytest.raises(failure, match=said) as caught:
        quick(timeout_s=0.2 if fault in {"slow", "drip"} else 10.0).synthesize(TEXT, VOICE)
    assert type(caught.value) is failure
    assert re.fullmatch(r"[^\n]{15,250}; [^\n]+\.", caught.value.message)
    assert KEY[:8] not in caught.value.message
    assert len(server.requests) == asked


def test_a_key_in_an_answer_that_is_no_sound_is_not_shown(
    server: SpeechServer, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a server says instead of sound is shown without the key, even where it is cut in the middle of it."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.make = lambda text: f"The sound is not here, but this is the key: {KEY}".encode()
    with pytest.raises(EngineUnavailable, match="The sound is not here") as caught:
        quick().synthesize(TEXT, VOICE)
    assert KEY[:8] not in caught.value.message


def test_a_spent_quota_is_not_asked_again(server: SpeechServer, quick: Quick) -> None:
    """Where the server says that the quota is used up, waiting does not help."""
    server.faults = lambda number, text: "429"
    server.says = "insufficient_quota"
    with pytest.raises(ServiceBusy):
        quick().synthesize(TEXT, VOICE)
    assert len(server.requests) == 1


def test_a_short_answer_is_asked_again(server: SpeechServer, quick: Quick) -> None:
    """Sound in which the text cannot have been said is not accepted, in whatever file it comes."""
    server.make = lambda text: wav("Ja.") if len(server.requests) == 1 else wav(text)
    text = "Der Markt am Fluss öffnet um acht, und alle kommen wie an jedem Tag des Jahres mit dem Boot dorthin."
    assert tells(quick().synthesize(text, VOICE), text)
    assert len(server.requests) == 2


def test_a_long_text_is_sent_in_pieces(server: SpeechServer, quick: Quick) -> None:
    """What is longer than 1500 characters goes in several requests, in order and without loss."""
    text = " ".join(["Der Markt am Fluss öffnet um acht, und alle kommen;"] * 40) + " Ende."
    speech = quick().synthesize(text, VOICE)
    assert len(server.requests) == 2
    assert " ".join(server.requests) == text
    assert speech.pcm == b"".join(map(pcm, server.requests))


def test_few_voices_are_made_more_by_their_pitch(server: SpeechServer, quick: Quick) -> None:
    """A server of one voice still gives a cast; the service is asked for the plain voice only."""
    engine = quick(voices=["one"])
    voices = engine.voices()
    assert len(voices) == len(set(voices)) == 3
    assert len({engine.synthesize(TEXT, voice).pcm for voice in voices}) == 3
    assert len({json.dumps(one["fields"]) for one in server.seen}) == 1
    assert len(quick().voices()) == len(module.DEFAULT_VOICES)


@pytest.mark.parametrize(
    "address",
    [
        "", "127.0.0.1:8880", "ftp://127.0.0.1/v1", "http://", "http://[::1/v1", "https://a.example:x/v1",
        f"https://user:{KEY}@a.example/v1", f"https://a.example/v1?key={KEY}", f"https://a.example/v1#{KEY}",
        "https://a..b/", f"https://{'a' * 300}/", "http://127.0.0.1 :8880/", "http://127.0.0.1:99999/",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_unrepeated(address: str) -> None:
    """An address that is none, or holds a secret, is refused, and is not shown."""
    with pytest.raises(EngineUnavailable, match="base_url") as caught:
        open_engine("openai", {"base_url": address})
    assert KEY not in caught.value.message


def test_text_leaves_the_machine_only_encrypted() -> None:
    """Plain http is for this machine, or for who says so; the engine tells whether the text leaves."""
    with pytest.raises(EngineUnavailable, match="unencrypted"):
        OpenAIEngine(ServerSettings("http://speech.example/v1"))
    assert OpenAIEngine(ServerSettings("http://speech.example/v1", insecure=True)).network
    assert OpenAIEngine(ServerSettings("https://speech.example/v1")).network
    for here in ("http://localhost:8880/v1", "http://127.0.0.1:1/v1", "http://[::1]:8880/v1"):
        assert not OpenAIEngine(ServerSettings(here)).network


def test_this_machine_is_asked_directly(
    server: SpeechServer, quick: Quick, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No proxy of the environment sees what is meant for this machine, and no ~/.netrc replaces the key."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    quick().synthesize(TEXT, VOICE)
    assert server.seen[0]["headers"]["Authorization"] == f"Bearer {KEY}"


def test_a_server_that_cannot_prove_who_it_is_hears_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a proxy that passes itself off as the server, neither text nor key is sent."""
    for name in ("no_proxy", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with google(certificate(tmp_path)) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with pytest.raises(EngineUnavailable, match="certificate verification failed"):
            OpenAIEngine(ServerSettings("https://speech.example/v1")).synthesize(TEXT, VOICE)
        assert not proxy.requests and not proxy.seen


@pytest.mark.parametrize("key", [f"{KEY}\r\nX: y", f"{KEY} b", f"{KEY}ä"])
def test_a_key_that_is_none_is_refused_unrepeated(quick: Quick, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """A key that no header can hold is named by its variable only."""
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(EngineUnavailable, match="OPENAI_API_KEY") as caught:
        quick().synthesize(TEXT, VOICE)
    assert KEY not in caught.value.message


SAID = st.text() | st.none() | st.integers()
TOLD = st.dictionaries(st.sampled_from(["error", "detail"]), SAID | st.dictionaries(st.just("message"), SAID))


@example(b"[" * 100_000)
@given(st.binary() | (TOLD | SAID).map(lambda told: json.dumps(told).encode()))
def test_whatever_a_server_says_becomes_one_line(content: bytes) -> None:
    """Any bytes of an error become nothing, or a colon and one short printable line."""
    said = module._message(content)
    assert said == "" or re.fullmatch(r": .{1,120}", said)
    assert said.isprintable()


@pytest.mark.slow
def test_two_hundred_segments_arrive_through_faults(server: SpeechServer, quick: Quick) -> None:
    """With a fifth of the answers failing all 200 texts come as they should, within the limits set."""
    texts = [f"Satz {number}: {'Der Markt am Fluss. ' * (number % 4)}Ende." for number in range(200)]
    server.faults = now_and_then(0.2, FAULTS)
    interval_s = 0.002
    engine = quick(interval_s=interval_s, attempts=10, parallel=3)
    with ThreadPoolExecutor(6) as threads:
        spoken = list(threads.map(lambda text: engine.ask(text, VOICE), texts))
    assert all(tells(speech, text) for speech, text in zip(spoken, texts, strict=True))
    assert len(server.requests) > 230
    assert server.most_at_once <= 3
    assert max(server.starts) - min(server.starts) >= interval_s * (len(server.starts) - 1) - 0.1
