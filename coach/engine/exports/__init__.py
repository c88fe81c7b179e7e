"""Exports: what a user has, as tables, as a journal, or as an archive that is read back whole."""
