"""From an episode to files, one module a kind of file."""
