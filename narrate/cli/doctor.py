"""``narrate doctor``: whether everything works here, and how to fix what does not."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from narrate.cli.options import choice_options, chosen_from
from narrate.model.errors import EngineUnavailable, NarrateError

if TYPE_CHECKING:
    from narrate.settings import Chosen
    from narrate.voices.engines import Engine

SIGNS = {"ok": "ok     ", "optional": "absent ", "broken": "BROKEN "}
WORD = "Hallo."
TEST_HZ = 22_050


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at.

    Attributes:
        subject: In a few words.
        state: ``optional`` where something is absent that a render does without.
        told: What was found, and how to fix it.
    """

    subject: str
    state: Literal["ok", "optional", "broken"]
    told: str


@click.command(epilog="\b\nExamples:\n  narrate doctor\n  narrate doctor --engine edge --network")
@choice_options
@click.option("--network", is_flag=True,
              help="Let every engine that is a service speak a word, or only the chosen one.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(network: bool, as_json: bool, **options: Any) -> None:
    """Check engines, ffmpeg and folders, and say how to fix each.

    Ends with 69 where narrate cannot work: no ffmpeg, no folder, no voice, or the engine that is chosen is missing.
    """
    from narrate.pipeline.casting import AUTO

    chosen = chosen_from(options)
    named = None if chosen["engine"] == AUTO else chosen["engine"]
    findings = [*_sound(), *_folders(), *_engines(chosen, named, network)]
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        width = max(len(finding.subject) for finding in findings)
        for finding in findings:
            click.echo(f"{SIGNS[finding.state]} {finding.subject:<{width}}  {finding.told}")
    broken = [finding.subject for finding in findings if finding.state == "broken"]
    if broken:
        raise EngineUnavailable(f"Not working: {', '.join(broken)}; see above for how to fix it.")


def _sound() -> Iterator[Finding]:
    from narrate.audio import ffmpeg
    from narrate.model.settings import Encoding

    silence = bytes(2 * TEST_HZ)
    yield _tried("ffmpeg", ffmpeg.ffmpeg_version)
    yield _tried("MP3", lambda: f"{len(ffmpeg.encode(silence, TEST_HZ, Encoding()))} bytes for a second")
    yield _tried(
        "pitch",
        lambda: f"rubberband shifts {len(ffmpeg.shift_pitch(silence, TEST_HZ, 1.0, 2.0)) / 2 / TEST_HZ:.1f} s",
        "optional",
    )


def _tried(subject: str, try_it: Callable[[], str], otherwise: Literal["optional", "broken"] = "broken") -> Finding:
    try:
        return Finding(subject, "ok", try_it())
    except NarrateError as error:
        return Finding(subject, otherwise, error.message)


def _folders() -> Iterator[Finding]:
    from narrate.settings import user_file
    from narrate.system.cache import default_folder
    from narrate.voices.engines.piper.folder import voices_folder

    yield _folder("cache folder", default_folder(), "NARRATE_CACHE_DIR")
    yield _folder("voices folder", voices_folder(), "NARRATE_DATA_DIR")
    user = user_file()
    yield Finding(
        "configuration", "ok" if user.is_file() else "optional", f"{user}{'' if user.is_file() else ' (none)'}"
    )


def _folder(subject: str, folder: Path, variable: str) -> Finding:
    """Tell whether a folder can be written, or made where it is not there yet."""
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            return Finding(subject, "ok", str(folder))
    except OSError as error:
        told = f"{folder} cannot be written ({error.strerror}); set {variable} to another folder."
        return Finding(subject, "broken", told)


def _engines(chosen: Chosen, named: str | None, network: bool) -> Iterator[Finding]:
    from narrate.pipeline.casting import EMBEDDED
    from narrate.voices.engines import engine_names, open_engine

    for name in engine_names():
        needed = name in {named, EMBEDDED[-1]}
        try:
            engine = open_engine(name, chosen.table(f"engines.{name}"))
            with closing(engine):
                yield from _engine(engine, needed, network and named in {None, name})
        except NarrateError as error:
            yield Finding(name, "broken" if needed else "optional", error.message)
    if named and named not in engine_names():
        yield _tried(named, lambda: open_engine(named).name)


def _engine(engine: Engine, needed: bool, network: bool) -> Iterator[Finding]:
    missing = engine.missing()
    if missing:
        yield Finding(engine.name, "broken" if needed else "optional", missing)
        return
    count = len(engine.voices())
    voices = f"{count} voice{'s' * (count != 1)} for a cast"
    if engine.network and not network:
        yield Finding(engine.name, "ok", f"installed, {voices}; the text goes to a service (--network tries it)")
    elif engine.network or engine.name in {"pico", "espeak"}:
        state: Literal["optional", "broken"] = "broken" if needed else "optional"
        yield _tried(engine.name, lambda: f"{voices}; {_spoken(engine)}", state)
    else:
        yield Finding(engine.name, "ok", voices)


def _spoken(engine: Engine) -> str:
    voices = engine.voices()
    if not voices:
        raise EngineUnavailable("It lists no voice; update its package.")
    speech = engine.synthesize(WORD, voices[0])
    return f"spoke {len(speech.pcm) / 2 / speech.rate_hz:.1f} s"
