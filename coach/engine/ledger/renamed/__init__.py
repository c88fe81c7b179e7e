"""A coin that has a new name: which entries say so, and what goes on under it."""
