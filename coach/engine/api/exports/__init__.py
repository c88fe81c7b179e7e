"""Exports and archives, for a face: written, and an archive read into a fresh home."""
