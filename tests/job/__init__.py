"""From what a person asked for to an episode."""
