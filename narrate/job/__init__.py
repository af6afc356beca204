"""From what a person asked for to an episode: an article is read, cast, placed and rendered.

A ``Brief`` is what they chose for all articles, an ``Assignment`` is one article; a ``Studio`` renders
one after the other with the same engines and cache.
"""

from narrate.job.brief import Assignment, Brief
from narrate.job.engines import Engines, cast_for
from narrate.job.lexicons import lexicons_of, parse_scope
from narrate.job.opening import open_script, read_script
from narrate.job.studio import Delivery, Studio

__all__ = [
    "Assignment", "Brief", "Delivery", "Engines", "Studio", "cast_for", "lexicons_of", "open_script", "parse_scope",
    "read_script",
]  # fmt: skip
