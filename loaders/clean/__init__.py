"""Pure column functions that bring raw text into typed values."""
