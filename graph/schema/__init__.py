"""The one declaration of what the graph holds, and what is derived from it."""
