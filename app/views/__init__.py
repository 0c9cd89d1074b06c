"""Screens: widgets in, one call, a drawing out."""
