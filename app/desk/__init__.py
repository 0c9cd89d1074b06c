"""What people decided: appended, never changed."""
