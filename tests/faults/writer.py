"""A process that renders one article after the other into a show, each by a whole command."""

from __future__ import annotations

import sys

from narrate.cli import main


def _write(writer: int, count: int) -> int:
    for number in range(count):
        sys.argv = ["narrate", "render", f"beitrag-{writer}-{number}.txt", "--show", "show", "-q"]
        try:
            main()
        except SystemExit as ended:
            if ended.code:
                return int(ended.code)
    return 0


if __name__ == "__main__":
    raise SystemExit(_write(int(sys.argv[1]), int(sys.argv[2])))
