"""Tests of checks of feeds."""
