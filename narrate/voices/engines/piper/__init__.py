"""Piper: voices of trained models, installed on request."""
