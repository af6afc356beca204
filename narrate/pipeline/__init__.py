"""From what a person asked for to an episode: an article is read, cast, placed and rendered.

A ``Brief`` is what they chose for all articles, an ``Assignment`` is one article; a ``Studio`` renders
one after the other with the same engines and cache.
"""

from narrate.pipeline.casting import Engines, cast_for
from narrate.pipeline.lexicons import lexicons_of, parse_scope
from narrate.pipeline.opening import open_script, read_script
from narrate.pipeline.options import Assignment, Brief
from narrate.pipeline.session import Delivery, Studio

__all__ = [
    "Assignment", "Brief", "Delivery", "Engines", "Studio", "cast_for", "lexicons_of", "open_script", "parse_scope",
    "read_script",
]  # fmt: skip
