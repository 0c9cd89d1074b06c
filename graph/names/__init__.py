"""Names of organisations: their parts, and how alike two of them are."""
