"""From an article to a script: who says what."""

from narrate.script.write import write_script

__all__ = ["write_script"]
