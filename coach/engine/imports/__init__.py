"""Bringing fills in: a run from its source to trades and conclusions, and taking it back."""
