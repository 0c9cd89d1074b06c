"""Code tables: classes, severity rules, terms, each with its source and date."""
