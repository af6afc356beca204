"""The files of an episode, each held against the others."""
