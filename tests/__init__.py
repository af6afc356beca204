"""Tests of narrate; they mirror the package."""
