"""Many articles into a show."""
