"""Places that keep one snapshot for Cypher and the canvas."""
