"""Kraken, read with a key that can do nothing but query."""
