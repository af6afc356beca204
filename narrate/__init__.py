"""Turn a written German article into a chaptered podcast episode in several voices."""

__version__ = "0.1.0"
