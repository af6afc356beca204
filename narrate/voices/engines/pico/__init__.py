"""The embedded SVOX Pico."""
