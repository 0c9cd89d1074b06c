"""From statements to a snapshot: who wins by authority, since when it holds, what was repeated."""
