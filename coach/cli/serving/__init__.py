"""`coach serve`, and what it is told."""
