"""Reports: a digest and a what-if, computed once from what was known and kept."""
