"""From bytes to an article."""

from narrate.reading.decode import read_article
from narrate.reading.text import read_text

__all__ = ["read_article", "read_text"]
