"""Tests of an episode's files."""
