"""`coach db`: the PostgreSQL behind it, our own or the one you named."""
