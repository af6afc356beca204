"""Tests of shows."""
