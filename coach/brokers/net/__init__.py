"""Talking to servers that nobody vouches for: every wait, answer and number is bounded."""
