"""Tests of the files of an episode."""
