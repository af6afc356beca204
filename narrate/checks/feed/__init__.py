"""A feed, by the rules of those who read it."""
