"""Tests of speech engines."""
