"""Where Piper's voices lie."""

from __future__ import annotations

import os
from pathlib import Path

from narrate.model.errors import EngineUnavailable

SHOWN = 60  # characters of a name


def voices_folder() -> Path:
    """Return where voices are installed: ``piper`` in the user's data folder, which ``NARRATE_DATA_DIR`` moves."""
    chosen = os.environ.get("NARRATE_DATA_DIR")
    if chosen:
        return Path(chosen) / "piper"
    from platformdirs import user_data_path

    return user_data_path("narrate", appauthor=False) / "piper"


def named_folder(folder: Path | str | None) -> Path:
    """Return the folder of voices that was named, else the user's.

    Args:
        folder: Need not exist; may begin with ``~``.

    Raises:
        EngineUnavailable: There is no such home, or no folder can be called so.
    """
    if not folder:
        return voices_folder()
    try:
        named = Path(folder).expanduser()
        named.stat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        pass
    except (OSError, RuntimeError, ValueError) as error:
        raise EngineUnavailable(
            f"[engines.piper]: folder = {str(folder)[:SHOWN]!r} is not a valid path; write the full path."
        ) from error
    return named
