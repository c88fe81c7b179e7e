"""SQL about how people sign in."""
