"""The pages: one an episode to listen and read along, and the index of a show."""

from narrate.web.episode_page import PageParts, episode_page
from narrate.web.index_page import Listed, index_page

VERSION = 2  # raise when equal manifests come to give other pages

__all__ = ["VERSION", "Listed", "PageParts", "episode_page", "index_page"]
