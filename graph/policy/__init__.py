"""The exposure policy: every number of method.md that a site may tune."""
