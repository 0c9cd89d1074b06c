"""Exposure, paths and their explanation, from arrays alone."""
