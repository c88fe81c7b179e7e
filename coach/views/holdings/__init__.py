"""Fills one by one, and how whole the record of them is."""
