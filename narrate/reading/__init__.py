"""From bytes to an article."""

from narrate.reading.source import Reading, read_article, read_content
from narrate.reading.text import read_text

__all__ = ["Reading", "read_article", "read_content", "read_text"]
