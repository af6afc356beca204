"""How foreign words are spoken: pronunciation lexicons, and the text an engine is given."""

from narrate.lexicon.entries import Entry, Lexicon, Match, find
from narrate.lexicon.read import ScopedLexicon, builtin, builtin_digest, lexicons_for, read_lexicon
from narrate.lexicon.speaking import spoken

__all__ = [
    "Entry",
    "Lexicon",
    "Match",
    "ScopedLexicon",
    "builtin",
    "builtin_digest",
    "find",
    "lexicons_for",
    "read_lexicon",
    "spoken",
]
