"""Sound: decoded, measured, levelled, mixed, encoded, and where in it everything is."""
