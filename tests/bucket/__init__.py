"""Tests of narrate.bucket."""
