"""The demonstration world: seeded departments' files with known truth."""
