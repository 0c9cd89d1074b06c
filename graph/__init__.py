"""The words, the stores, the analysis: no file formats, no screens, no settings."""
