"""What a backup asks of a server: what is in a database; databases made, dropped, swapped."""
