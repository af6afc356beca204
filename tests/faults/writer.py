"""A process that renders one article after the other into a show, each by a whole command."""

from __future__ import annotations

import sys

from narrate.cli.main import cli


def _write(writer: int, count: int) -> None:
    for number in range(count):
        cli.main(["render", f"beitrag-{writer}-{number}.txt", "--show", "show", "-q"], standalone_mode=False)


if __name__ == "__main__":
    _write(int(sys.argv[1]), int(sys.argv[2]))
