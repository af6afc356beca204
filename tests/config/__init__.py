"""Tests of what a person may choose."""
