"""Speech engines: text and a voice in, sound out. Opened lazily, by name."""

from narrate.voices.engines.base import Engine, Offer, PiecewiseEngine, SimpleEngine
from narrate.voices.engines.opening import check_options, engine_names, open_engine

__all__ = ["Engine", "Offer", "PiecewiseEngine", "SimpleEngine", "check_options", "engine_names", "open_engine"]
