"""The command ``narrate``: its sub-commands, and how every failure ends."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import sys

import click

from narrate import __version__
from narrate.model.errors import NarrateError
from narrate.system import log
from narrate.system.signals import SIGNALLED, hear

# One job a process: more threads inside numpy only cost time at the start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

EPILOG = """\b
Exit codes:
  0 done            65 article or setting unusable    66 no such file
  2 wrong option    69 engine or voice fails          70 a bug of narrate
 73 output refused  74 disk full or failing           75 busy, or some of a batch failed; run again
 77 no permission   129, 130, 143  ended by hang-up, Ctrl-C, termination
"""
COMMANDS = {
    "render": "Render an article as an MP3 episode with chapters and transcripts.",
    "batch": "Render many articles on all cores, and write the show's feed.",
    "init": "Create a show: a folder with a show.toml.",
    "feed": "Write, check or edit the feed of a show.",
    "verify": "Check every file of an episode or a show.",
    "serve": "Serve a show or an episode to this computer only.",
    "clips": "Cut sentences, quotes or the soundbite out of an episode.",
    "script": "Show who says what in an article, and how it will be read.",
    "say": "Speak one line to a file or the loudspeaker.",
    "voices": "List, play and install voices.",
    "config": "Show every setting and where it comes from.",
    "doctor": "Check the installation, and say how to fix it.",
    "cache": "Show the size of the cache, or shrink it.",
    "lexicon": "Check pronunciation lexicons.",
}
SCHEMA_VERSION = 1
GC_THRESHOLD = 30_000  # a command keeps nearly all it makes until it ends; looking for rings costs more than they do


class LazyGroup(click.Group):
    """A group that imports a command when it runs, and none of them for ``--help``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command: the function named like its module."""
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        command: click.Command = getattr(import_module(f"narrate.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a line for each command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="narrate")
def cli() -> None:
    """Turn a written German article into a chaptered podcast episode in several voices.

    \b
    narrate render article.txt     render the episode into audio/<title>/
    narrate script article.txt     show who says what, and with --spoken how
    narrate say "Guten Tag"        hear one line
    narrate voices                 list the voices, and install natural ones
    narrate init podcast           create a show; then narrate render article.txt --show podcast
    """  # noqa: D301, click wants the character itself


def main() -> None:
    """Run the command and end the process with its exit code; no failure shows a traceback."""
    gc.set_threshold(GC_THRESHOLD)
    hear(signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))
    log.configure(None, None)
    wants_json = "--json" in sys.argv[1:]
    try:
        # Out of standalone mode click returns the code that a command ended itself with.
        code = cli.main(prog_name="narrate", standalone_mode=False)
        sys.stdout.flush()  # here a full disk is told; what is left at the end is flushed in silence
        _leave(code if isinstance(code, int) else 0)
    except click.UsageError as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        with contextlib.suppress(SystemExit):
            _report(wants_json, 130, "Interrupted; nothing was published.")
        _leave(130)
    except SystemExit as ended:
        if isinstance(ended.code, int) and ended.code > SIGNALLED:
            _leave(ended.code)
        raise
    except NarrateError as error:
        _report(wants_json, error.exit_code, error.message)
    except BrokenPipeError:
        # Nobody reads on; what is left in the buffer must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        name = f" '{error.filename}'" if error.filename else ""
        _report(wants_json, 74, f"Reading or writing{name} failed ({error.strerror}); check the disk and try again.")
    except Exception as error:
        if {"-v", "--verbose"} & set(sys.argv[1:]):
            raise
        _report(wants_json, 70, f"narrate met a bug ({type(error).__name__}: {error}); run again with -v to see where.")


def _leave(code: int) -> None:
    """End at once: a thread may still wait for a service, everything else is closed, and taking it apart takes time."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _report(wants_json: bool, code: int, message: str) -> None:
    """Say what failed on stderr, as JSON on stdout too where that was asked for, and end."""
    log.say(f"narrate: {message}", "error", code=code)
    if wants_json:
        errors = [{"code": code, "message": message}]
        click.echo(json.dumps(result([], errors=errors), ensure_ascii=False))
    sys.exit(code)


def result(
    episodes: list[dict[str, object]], warnings: list[str] | None = None, errors: list[dict[str, object]] | None = None
) -> dict[str, object]:
    """Return the object that every ``--json`` prints."""
    return {
        "schema_version": SCHEMA_VERSION,
        "episodes": episodes,
        "warnings": warnings or [],
        "errors": errors or [],
    }
