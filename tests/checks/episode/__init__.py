"""Tests of checks of episodes."""
