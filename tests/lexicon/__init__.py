"""Tests of the pronunciation lexicons."""
