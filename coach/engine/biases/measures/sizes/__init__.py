"""Measures of how large positions are, what is added to them, and what is held."""
