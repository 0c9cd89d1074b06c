"""Timings of the hot paths beside named peers; RESULTS.md holds what was measured."""
