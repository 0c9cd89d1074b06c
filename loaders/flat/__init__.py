"""An already resolved graph, handed over as three CSV files (architecture.md 8)."""
