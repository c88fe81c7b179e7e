"""What was computed once and is read back, and the hashes of what it was computed from."""
