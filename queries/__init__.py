"""Named Cypher questions: their cards, their guard, their rows."""
