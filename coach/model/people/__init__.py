"""People: how they sign in, and what those who did may ask."""
