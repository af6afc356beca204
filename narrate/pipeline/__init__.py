"""From what the user asked for to an episode: an article is read, cast, placed and rendered.

A ``RunOptions`` is what was chosen for all articles, an ``ArticleJob`` is one article; a ``RunSession`` renders one
after the other with the same engines, cache and store. ``Session`` is its public face.
"""

from narrate.pipeline.casting import Engines, cast_for
from narrate.pipeline.lexicons import lexicons_of, parse_scope
from narrate.pipeline.opening import open_script, read_script
from narrate.pipeline.options import ArticleJob, RunOptions
from narrate.pipeline.result import Result
from narrate.pipeline.run_session import RunSession

__all__ = [
    "ArticleJob",
    "Engines",
    "Result",
    "RunOptions",
    "RunSession",
    "cast_for",
    "lexicons_of",
    "open_script",
    "parse_scope",
    "read_script",
]  # fmt: skip
