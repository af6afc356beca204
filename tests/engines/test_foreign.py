"""A stranger's engine keeps the contract, or fails by it in one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from narrate.cache import Cache, CachedEngine
from narrate.engines import PiecewiseEngine, opening
from narrate.engines.foreign import guarded
from narrate.engines.opening import open_engine
from narrate.errors import EngineUnavailable, NarrateError, SynthesisError
from narrate.model import Mark, Speech, Voice
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


STRAY = [ValueError("two\nlines"), KeyError("x"), MemoryError(), RecursionError(), OSError("io"), SystemExit(0)]


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


@pytest.mark.parametrize(
    "speech",
    [
        None, "text", (GOOD, 24_000), Speech(GOOD[:-1], 24_000), Speech(b"", 24_000), Speech(GOOD, 0), Speech(GOOD, -1),
        Speech(GOOD, float("nan")), Speech(GOOD, 24_000.5), Speech(GOOD, 10**12), Speech(GOOD, "24000"),  # type: ignore[arg-type]
        Speech("text", 24_000), Speech(GOOD, 24_000, None), Speech(GOOD, 24_000, ("x",)),  # type: ignore[arg-type]
        Speech(GOOD, 24_000, (Mark(0, "a", float("nan"), 1.0),)),
    ],
)  # fmt: skip
def test_unusable_sound_is_refused_and_never_remembered(speech: Any, tmp_path: Path) -> None:
    """What is no speech is this text's failure, and a plug-in that was mended speaks at once."""
    cache = Cache(tmp_path)
    engine = CachedEngine(with_member(synthesize=returning(speech)), cache)
    with pytest.raises(SynthesisError, match="usable sound"):
        engine.synthesize("Guten Tag.", VOICE)
    assert CachedEngine(with_member(), cache).synthesize("Guten Tag.", VOICE).pcm
    cache.close()


@pytest.mark.parametrize("parallel", [0, -1, "x", None, 1.5, True])
def test_a_wrong_number_of_calls_is_refused(parallel: Any) -> None:
    """How many calls may run at once is a whole number from 1 on."""
    with pytest.raises(EngineUnavailable, match="parallel"):
        with_member(parallel=parallel)


@pytest.mark.parametrize(("member", "value"), [("voices", None), ("voices", ["a"]), ("version", 7), ("offers", [1])])
def test_wrong_answers_are_refused(member: str, value: Any) -> None:
    """Voices are voices, a version is text."""
    engine = with_member(**{member: returning(value)})
    with pytest.raises(EngineUnavailable, match="a-package"):
        getattr(engine, member)(*((VOICE,) if member == "version" else ()))


def test_preparing_and_closing_may_fail() -> None:
    """What goes wrong before or after speaking stops nobody."""
    engine = with_member(prepare=raising(ValueError()), close=raising(SystemExit(3)))
    engine.prepare()
    engine.close()


def test_ctrl_c_is_a_persons() -> None:
    """An interruption is not taken for a failure of the engine."""
    with pytest.raises(KeyboardInterrupt):
        with_member(synthesize=raising(KeyboardInterrupt())).synthesize("a", VOICE)


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


@pytest.mark.parametrize("made", [5, SystemExit(0), raising(SystemExit(0)), ImportError("x")])
def test_an_entry_point_that_is_none_is_a_sentence(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a number nor a module that ends the process gets past opening."""
    monkeypatch.setattr(opening, "_plug_ins", lambda: {"stray": Point(made)})
    with pytest.raises(NarrateError, match="cannot be loaded"):
        open_engine("stray")
