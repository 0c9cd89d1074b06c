"""The related-party risk report."""
