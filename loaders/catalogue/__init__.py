"""What each table of each department means: one YAML a resource."""
