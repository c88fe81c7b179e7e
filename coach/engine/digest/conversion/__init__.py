"""The money of a digest told in the trader's base currency."""
