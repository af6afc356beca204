"""The embedded espeak-ng."""
