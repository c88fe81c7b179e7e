"""`coach rules` and its commands."""
