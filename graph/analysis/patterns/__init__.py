"""Patterns: leads with their null model, found in the arrays of one snapshot on one day."""
