"""Screens, commands, reports, desk: the only place that wires things together."""
