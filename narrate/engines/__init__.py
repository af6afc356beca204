"""Speech engines: text and a voice in, sound out. Opened lazily, by name."""

from narrate.engines.base import Engine, open_engine

__all__ = ["Engine", "open_engine"]
