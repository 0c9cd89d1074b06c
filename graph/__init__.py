"""The words, the stores, the analysis: no file formats, no screens, no settings."""

from graph import compiled

__all__ = ["compiled"]
