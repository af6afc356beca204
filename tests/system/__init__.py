"""Tests of files, cache and logs."""
