"""Tests of shows on object storage."""
