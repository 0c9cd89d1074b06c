"""Identifiers of subjects: their structure, their check characters, their masks."""
