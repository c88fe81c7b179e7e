"""Mappings: what the columns of any file of trades mean, as data; proved on a file before use."""
