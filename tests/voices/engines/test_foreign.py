"""A stranger's engine keeps the contract, or fails by it in one line."""

from __future__ import annotations

import asyncio
import itertools
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from narrate.model import Mark, Speech, Voice
from narrate.model.errors import EngineUnavailable, NarrateError, ServiceBusy, SoundError, SynthesisError
from narrate.system.cache import Cache
from narrate.system.signals import _end
from narrate.voices.cached_engine import CachedEngine
from narrate.voices.engines import Offer, PiecewiseEngine, opening
from narrate.voices.engines.foreign import guarded
from narrate.voices.engines.opening import check_options, open_engine
from tests.dummies import ToneEngine

VOICE = Voice("tone", "low")
GOOD = b"\x01\x00" * 2400


def raising(error: BaseException) -> Callable[..., Any]:
    """Return a function that raises."""

    def call(*_: Any, **__: Any) -> Any:
        raise error

    return call


def returning(value: Any) -> Callable[..., Any]:
    """Return a function that returns."""
    return lambda *_, **__: value


def with_member(**members: Any) -> Any:
    """Return a guarded engine some of whose members are another's."""
    engine = ToneEngine()
    for name, member in members.items():
        setattr(engine, name, member)
    return guarded(engine, "tone", "'a-package'")


class Unspeakable(Exception):
    """An error that cannot even be told."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


class Dumb(EngineUnavailable):
    """An error of the contract's kind that was made without a message."""

    def __init__(self, code: int, reason: int) -> None:
        Exception.__init__(self, code, reason)


STRAY = [
    ValueError("two\nlines"), KeyError("x"), MemoryError(), RecursionError(), OSError("io"), SystemExit(0),
    SystemExit(143), asyncio.CancelledError(), GeneratorExit(), SoundError("odd"), Unspeakable(),
]  # fmt: skip


@pytest.mark.parametrize("error", STRAY, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("member", ["voices", "offers", "version", "synthesize", "pronounce"])
def test_whatever_is_raised_is_one_line(member: str, error: BaseException) -> None:
    """Every stray error names the engine and its package, on one line, with the exit code of an engine that fails."""
    engine = with_member(**{member: raising(error)})
    arguments = {"version": (VOICE,), "synthesize": ("a", VOICE), "pronounce": ("a",)}.get(member, ())
    with pytest.raises(SynthesisError if member == "synthesize" else EngineUnavailable) as raised:
        getattr(engine, member)(*arguments)
    assert raised.value.exit_code == 69
    assert "'tone'" in raised.value.message
    assert "'a-package'" in raised.value.message
    assert "\n" not in raised.value.message


@pytest.mark.parametrize("error", [Dumb(1, 2), EngineUnavailable("one\ntwo"), ServiceBusy("later\n" * 5000)])
def test_errors_of_the_contract_stay_what_they_are(error: NarrateError) -> None:
    """A plug-in's own sentence is handed on, on one line that ends; its class is one of ours."""
    kind = ServiceBusy if isinstance(error, ServiceBusy) else EngineUnavailable
    with pytest.raises(kind) as raised:
        with_member(synthesize=raising(error)).synthesize("a", VOICE)
    assert type(raised.value) is kind
    assert "\n" not in raised.value.message
    assert 0 < len(raised.value.message) < 600


ODD: Any = Voice  # made with what no type checker would let through
ODD_OFFER: Any = Offer
ODD_SPEECH: Any = Speech
ODD_MARK: Any = Mark
ODD_SPEECHES = [
    (GOOD[:-1], 24_000), (b"", 24_000), (GOOD, 0), (GOOD, -1), (GOOD, float("nan")), (GOOD, 24_000.5), (GOOD, 10**12),
    (GOOD, "24000"), ("text", 24_000), (GOOD, 24_000, None), (GOOD, 24_000, ("x",)),
    (GOOD, 24_000, (Mark(0, "a", float("nan"), 1.0),)), (GOOD, 24_000, (Mark(0, "a", 5.0, 1.0),)),
    (GOOD, 24_000, (ODD_MARK("0", 1, "x", None),)), (GOOD, 24_000, (Mark(-1, "a", 0.0, 1.0),)),
]  # fmt: skip


@pytest.mark.parametrize(
    "speak",
    [*map(returning, (None, "text", (GOOD, 24_000))), *(lambda *_, one=one: ODD_SPEECH(*one) for one in ODD_SPEECHES)],
)
def test_invalid_audio_is_refused_and_never_cached(speak: Callable[..., Any], tmp_path: Path) -> None:
    """What is not speech is a failure of this text, and a plug-in that was fixed speaks at once."""
    cache = Cache(tmp_path)
    engine = CachedEngine(with_member(synthesize=speak), cache)
    with pytest.raises(SynthesisError, match=r"The engine 'tone' failed .*'a-package'"):
        engine.synthesize("Guten Tag.", VOICE)
    assert CachedEngine(with_member(), cache).synthesize("Guten Tag.", VOICE).pcm
    cache.close()


@pytest.mark.parametrize("values", ODD_SPEECHES)
def test_speech_is_never_invalid(values: tuple[Any, ...]) -> None:
    """No Speech exists that could not be played."""
    with pytest.raises(ValueError, match="must be"):
        ODD_SPEECH(*values)


@pytest.mark.parametrize("parallel", [0, -1, "x", None, 1.5, True])
def test_a_wrong_number_of_calls_is_refused(parallel: Any) -> None:
    """How many calls may run at once is a whole number from 1 on."""
    with pytest.raises(EngineUnavailable, match="parallel"):
        with_member(parallel=parallel)


ODD_VOICES: list[Callable[[], Any]] = [
    lambda: ODD("tone", "a\nb"), lambda: ODD("tone", "a" * 1000), lambda: ODD("other", "a"), lambda: ODD("tone", ""),
    lambda: ODD("tone", "a", 7), lambda: ODD("tone", "a", rate=float("nan")), lambda: ODD("tone", "a", rate=0),
    lambda: ODD("tone", "a", gender="x"),
]  # fmt: skip
ODD_OFFERS: list[Callable[[], Any]] = [
    lambda: ODD_OFFER(VOICE, None, "MIT", False, True), lambda: ODD_OFFER(VOICE, "clear", 3, False, True),
    lambda: ODD_OFFER(VOICE, "clear", "MIT", "x", True), lambda: ODD_OFFER(VOICE, "clear", "MIT", False, None),
    lambda: ODD_OFFER(VOICE, "clear", "MIT", False, True, "x"), lambda: ODD_OFFER("a", "clear", "MIT", False, True),
    lambda: ODD_OFFER(Voice("other", "a"), "clear", "MIT", False, True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("voices", lambda: None), ("voices", lambda: ["a"]), ("voices", lambda: itertools.repeat(VOICE)),
        ("version", lambda: 7), ("offers", lambda: [1]),
        *(("voices", lambda one=one: [one()]) for one in ODD_VOICES),
        *(("offers", lambda one=one: [one()]) for one in ODD_OFFERS),
    ],
)  # fmt: skip
def test_wrong_answers_are_refused(member: str, value: Callable[[], Any]) -> None:
    """Voices have names that can be shown, and are not endless; a version is text."""
    engine = with_member(**{member: lambda *_: value()})
    with pytest.raises(EngineUnavailable, match="a-package"):
        getattr(engine, member)(*((VOICE,) if member == "version" else ()))


@pytest.mark.parametrize("answer", [returning(5), raising(ValueError("x")), raising(SystemExit(0))])
def test_an_engine_that_cannot_say_what_it_lacks_lacks_itself(answer: Any) -> None:
    """What is missing is a sentence that names the package, whatever the plug-in does."""
    assert "a-package" in str(with_member(missing=answer).missing())


def test_an_attribute_may_be_anything() -> None:
    """A flag whose truth cannot be told is a sentence."""

    class Odd:
        def __bool__(self) -> bool:
            raise ValueError("neither")

    with pytest.raises(EngineUnavailable, match="a-package"):
        with_member(trained=Odd())


def test_preparing_and_closing_may_fail() -> None:
    """What goes wrong before or after speaking stops nobody."""
    engine = with_member(prepare=raising(ValueError()), close=raising(SystemExit(3)))
    engine.prepare()
    engine.close()


def test_ctrl_c_is_a_persons() -> None:
    """An interruption is not taken for a failure of the engine."""
    with pytest.raises(KeyboardInterrupt):
        with_member(synthesize=raising(KeyboardInterrupt())).synthesize("a", VOICE)


def test_a_signal_ends_narrate_and_not_the_plug_in() -> None:
    """The end that a signal asks for goes through a plug-in that happens to run."""
    try:
        with pytest.raises(SystemExit) as raised:
            with_member(voices=lambda: _end(15, None)).voices()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)  # else it would make sure that this process ends
    assert raised.value.code == 128 + 15


class Pieces(PiecewiseEngine):
    """A stranger's engine that asks for each word."""

    name = "pieces"
    asked: Sequence[str] = ()

    def pieces(self, text: str) -> list[str]:
        """Cut at blanks."""
        return text.split()

    def version(self, voice: Voice) -> str:
        """Return a version."""
        return "1"

    def ask(self, piece: str, voice: Voice) -> Speech:
        """Give a sound and remember that it was asked for."""
        self.asked = [*self.asked, piece]
        return Speech(GOOD, 24_000)


def test_pieces_are_remembered_one_by_one(tmp_path: Path) -> None:
    """An engine that speaks piece by piece does so behind the guard too, and is asked once for each."""
    cache = Cache(tmp_path)
    inner = Pieces()
    engine = CachedEngine(guarded(inner, "pieces", "'a-package'"), cache)
    engine.synthesize("Guten Tag", VOICE)
    engine.synthesize("Tag Guten", VOICE)
    assert list(inner.asked) == ["Guten", "Tag"]
    cache.close()


class Point:
    """An entry point of nobody's package."""

    name = "stray"

    def __init__(self, made: Any) -> None:
        self._made = made

    def load(self) -> Any:
        """Return what it leads to, or end the process."""
        if isinstance(self._made, BaseException):
            raise self._made
        return self._made


class Shy(ToneEngine):
    """An engine one of whose members cannot be looked at."""

    @property
    def network(self) -> bool:  # type: ignore[override]
        """Raise."""
        raise ValueError("not yet")


@pytest.mark.parametrize("made", [5, SystemExit(0), raising(SystemExit(0)), ImportError("x"), Shy, raising(Dumb(1, 2))])
def test_an_entry_point_that_is_none_is_a_sentence(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a number nor a module that ends the process gets past opening."""
    monkeypatch.setattr(opening, "_plug_ins", lambda: {"stray": Point(made)})
    with pytest.raises(NarrateError, match="cannot be loaded"):
        open_engine("stray")


def test_settings_for_an_entry_point_that_is_none_are_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of settings is looked at before the engine is opened, and fails in the same words."""
    monkeypatch.setattr(opening, "_plug_ins", lambda: {"stray": Point(5)})
    assert "cannot be loaded" in str(check_options("stray", {"a": 1}))
