"""Account ledgers: what left and what came stand on rows of their own, and are put together."""
