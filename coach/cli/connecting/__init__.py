"""Connecting a broker by its own page: the way there and back from a terminal."""
