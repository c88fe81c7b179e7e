"""Statements before they are imported: mappings, and what a file is."""
