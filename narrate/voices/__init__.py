"""Who speaks, with which engine, and what was spoken."""
