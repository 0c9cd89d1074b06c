"""Immutable snapshots: tables, arrays, reader, difference."""
