"""Shows on object storage."""
