"""The README says what the program does."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from narrate.cli.main import cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def help_of(*command: str) -> str:
    """Return the help of a command."""
    done = CliRunner().invoke(cli, [*command, "--help"])
    assert done.exit_code == 0
    return done.output


def commands(group: click.Group = cli, *above: str) -> Iterator[tuple[str, ...]]:
    """Yield the names of every command, those of groups too."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        yield *above, name
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)


def test_every_option_in_the_readme_exists() -> None:
    """Each option that the README names is in some command's help."""
    known = "".join(help_of(*names) for names in commands()) + help_of()
    options = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", "\n".join(re.findall(r"`([^`\n]+)`", README))))
    assert options
    for option in options:
        assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", known), option


def test_every_option_of_render_is_in_the_readme() -> None:
    """The table of options is complete."""
    command = cli.get_command(click.Context(cli), "render")
    assert command is not None
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name != "help":
            assert any(f"`{name}" in README for name in parameter.opts), parameter.opts


@pytest.mark.parametrize("line", re.findall(r"^\.venv/bin/narrate (.+)$", README, re.MULTILINE))
def test_every_command_line_in_the_readme_is_understood(line: str) -> None:
    """Each line that calls narrate parses: command, arguments and options exist."""
    arguments = shlex.split(line)
    command: click.Command = cli
    while isinstance(command, click.Group) and arguments and arguments[0] in command.list_commands(click.Context(cli)):
        found = command.get_command(click.Context(cli), arguments.pop(0))
        assert found is not None
        command = found
    command.make_context(line, arguments)


def test_the_two_command_lines_are_there() -> None:
    """Exactly two lines set up an environment: one renders the sample, one runs the tests."""
    lines = re.findall(r"^python3 -m venv .+$", README, re.MULTILINE)
    assert len(lines) == 2
    assert "narrate render audio/beispiel.txt" in lines[0]
    assert "pytest" in lines[1]
    assert (ROOT / "audio" / "beispiel.txt").exists()


def test_links_lead_to_files() -> None:
    """Every relative link of the README leads to a file."""
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
