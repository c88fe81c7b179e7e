"""`coach engine serve`: the engine's heavy work over signed requests, without a database."""
