"""The formats of statements, a module each: their headers, and how a row is read."""
