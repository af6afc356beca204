"""The pages: one an episode to listen and read along, and the index of a show."""

from narrate.publish.page.episode import episode_page
from narrate.publish.page.index import Listed, index_page

VERSION = 2  # raise when equal manifests come to give other pages

__all__ = ["VERSION", "Listed", "episode_page", "index_page"]
