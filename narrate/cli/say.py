"""``narrate say``: one line in a chosen voice."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
import wave
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from narrate.cli.options import Options, choice_options, chosen_from, lexicon_option, open_cache
from narrate.cli.setting_options import setting_option
from narrate.model import Speech, Voice
from narrate.model.errors import EngineUnavailable, InputUnreadable, OutputRefused
from narrate.model.settings import NOTICE, Encoding
from narrate.voices.cast import VOICE_FORM, parse_voice

if TYPE_CHECKING:
    from narrate.pipeline import Engines
    from narrate.settings import Chosen

LONGEST_TEXT = 20_000  # characters; more is an article
PAUSE_MS = 300
# Programs that play a WAV file and end; the first that is installed is taken.
PLAYERS = (
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "quiet"), ("mpv", "--really-quiet"), ("pw-play",), ("paplay",),
    ("aplay", "-q"), ("afplay",),
)  # fmt: skip


def _voice(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        parse_voice(value, "auto")
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from error
    return value


@click.command(
    epilog='\b\nExamples:\n  narrate say "Am 6. April um 19.45 Uhr."\n  narrate say -o gruss.mp3 --voice de "Guten Tag"'
)
@click.argument("text")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False),
              help="Output file (.wav or .mp3).  [default: play it]")  # fmt: skip
@click.option("--voice", callback=_voice, metavar="VOICE", help=f"{VOICE_FORM}; see 'narrate voices'.")
@choice_options
@lexicon_option
@setting_option("emoji")
@click.option("-v", "--verbose", is_flag=True, help="Print on stderr what is spoken.")
def say(text: str, output: Path | None, voice: str | None, verbose: bool, **options: Any) -> None:
    """Speak one line, to a file or the loudspeaker; TEXT "-" reads it from stdin."""
    printed = " ".join((sys.stdin.read(LONGEST_TEXT + 1) if text == "-" else text).split())
    if not any(map(str.isalnum, printed)):
        raise InputUnreadable("There is nothing to say; give some words.")
    if len(printed) > LONGEST_TEXT:
        raise InputUnreadable(f"More than {LONGEST_TEXT} characters are an article; use 'narrate render'.")
    if output is not None and output.suffix.lower() not in {".wav", ".mp3"}:
        raise OutputRefused(f"'{output}' ends neither in .wav nor in .mp3; choose one of them.")
    speech, trained = _spoken(printed, voice, options, verbose)
    if output is None:
        _play(_wav(speech))
    else:
        _write(output, printed, speech, trained)


def _spoken(printed: str, named: str | None, options: Options, verbose: bool) -> tuple[Speech, bool]:
    """Speak a text sentence by sentence, with pauses between them; tell whether a trained voice did."""
    from narrate.audio import ffmpeg
    from narrate.german import utterances
    from narrate.pipeline import Engines, lexicons_of
    from narrate.voices.speak import FAILURES, Pronunciation, failure

    chosen = chosen_from(options)
    with ExitStack() as stack:
        engines = stack.enter_context(closing(Engines(chosen, stack.enter_context(open_cache(False)))))
        voice = engines.voice(named) if named else _reporter(engines, chosen)
        engine = engines[voice.engine]
        wording = Pronunciation({voice.engine: engine}, lexicons_of(chosen, options["lexicons"]), chosen["emoji"])
        pieces: list[bytes | int] = []
        rate_hz = 0
        for sentence in utterances(printed):
            if not any(map(str.isalnum, sentence)):
                continue
            said = wording.spoken(sentence, voice)
            if verbose:
                click.echo(said, err=True)
            try:
                speech = engine.synthesize(said, voice)
            except FAILURES as error:
                raise failure(voice, sentence, error) from error
            rate_hz = speech.rate_hz
            pieces += [speech.pcm, rate_hz * PAUSE_MS // 1000]
        for warning in wording.warnings():
            click.echo(f"narrate: {warning}", err=True)
    return Speech(ffmpeg.join(pieces[:-1], rate_hz), rate_hz), engine.trained


def _reporter(engines: Engines, chosen: Chosen) -> Voice:
    """Return the voice chosen for the reporter, else the chosen engine's first."""
    written = chosen.table("voices").get("reporter")
    return engines.voice(written) if written else engines.pool()[0]


def _wav(speech: Speech) -> bytes:
    body = io.BytesIO()
    with wave.open(body, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(speech.rate_hz)
        file.writeframes(speech.pcm)
    return body.getvalue()


def _write(output: Path, printed: str, speech: Speech, trained: bool) -> None:
    from narrate.system.files import Staging

    content = _wav(speech) if output.suffix.lower() == ".wav" else _mp3(printed, speech, trained)
    if output.is_dir():
        raise OutputRefused(f"'{output}' is a folder; name a file.")
    with Staging(output.parent) as staging:
        staging.write(output.name, [content])
        staging.publish()
    click.echo(str(output))


def _mp3(printed: str, speech: Speech, trained: bool) -> bytes:
    """Return an MP3 whose tag says that the voice is synthetic."""
    from narrate.audio import ffmpeg
    from narrate.episode.tags import RULE_BASED, TRAINED, Tag, tag_bytes

    length_ms = 500 * len(speech.pcm) // speech.rate_hz
    source_type = TRAINED if trained else RULE_BASED
    tag = Tag(printed[:60], "narrate", "narrate", length_ms, NOTICE, source_type, "narrate", (), printed, b"")
    return tag_bytes(tag) + ffmpeg.encode(speech.pcm, speech.rate_hz, Encoding())


def _play(wav: bytes) -> None:
    """Play a WAV with whatever plays sound here.

    Raises:
        EngineUnavailable: Nothing does.
    """
    if sys.platform == "win32":
        import winsound

        winsound.PlaySound(wav, winsound.SND_MEMORY)
        return
    command = next((player for player in PLAYERS if shutil.which(player[0])), None)
    if command is None:
        raise EngineUnavailable("No audio player is installed; write a file with -o, or install ffmpeg.")
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        file.write(wav)
        file.flush()
        done = subprocess.run([*command, file.name], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode != 0:
        raise EngineUnavailable(f"{command[0]} could not play the audio; write a file with -o.")
