"""What to do about an error, a notice or a gap, as somebody at a terminal types it."""
