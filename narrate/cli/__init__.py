"""The command line: options, progress, messages, exit codes."""

from narrate.cli.main import main

__all__ = ["main"]
