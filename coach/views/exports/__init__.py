"""How fills, exports and imported archives look."""
