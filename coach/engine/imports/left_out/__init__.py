"""Fills that the trader left out: decided once, and found again after every import and undo."""
