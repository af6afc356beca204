"""Write the table of docs/settings.md from the declarations of the settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from narrate.settings import SETTINGS
from narrate.settings.choosing import variable

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"
HEAD = "| key | default | what it is | option | variable |\n|---|---|---|---|---|\n"


def rows() -> Iterator[str]:
    """Yield a line for each setting, in the order of ``narrate config show``."""
    for key, setting in SETTINGS.items():
        default = setting.unset if setting.default is None else f"`{json.dumps(setting.default, ensure_ascii=False)}`"
        option = f"`{setting.option}`" if setting.option else ""
        yield f"| `{key}` | {default} | {setting.about} | {option} | `{variable(key)}` |\n"


def updated(page: str) -> str:
    """Return a page with the table as it has to be.

    Args:
        page: With a table that begins with ``| key |`` and ends with an empty line.
    """
    before, _, rest = page.partition("| key | default |")
    after = rest.partition("\n\n")[2]
    return f"{before}{HEAD}{''.join(rows())}\n{after}"


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text("utf-8")), "utf-8")
