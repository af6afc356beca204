"""Content Credentials (C2PA) in an MP3."""
