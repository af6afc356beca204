"""Articles of every layout."""
