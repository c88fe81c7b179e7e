"""`coach notify`."""
