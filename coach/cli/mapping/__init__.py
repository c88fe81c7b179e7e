"""Mappings at a terminal: their options, their questions, and the list of them."""
