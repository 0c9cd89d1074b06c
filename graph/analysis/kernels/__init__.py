"""Compiled loops of the analysis: arrays in, arrays out; no words, no dates, no files."""
