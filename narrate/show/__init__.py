"""Shows: the episodes of one podcast, their feed and their pages."""
