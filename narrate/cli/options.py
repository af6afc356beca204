"""Options that several commands share, and the types that read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

MEGABYTE = 1_000_000


class Megabytes(click.ParamType):
    """A size written as a number of megabytes, handed on as bytes."""

    name = "MB"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the number; it must be above 0."""
        try:
            size = float(value)
        except ValueError:
            size = 0.0
        if not 0 < size < 1e6:
            self.fail(f"'{value}' is not a number of megabytes above 0.", param, ctx)
        return round(size * MEGABYTE)


# Whether it can be read is found by reading it, so that each failure has its own sentence and exit code.
article_argument = click.argument("article", type=click.Path(path_type=Path, readable=False))
max_size_option = click.option(
    "--max-size", type=Megabytes(), default="2", show_default=True, help="Largest article to read, in megabytes."
)
