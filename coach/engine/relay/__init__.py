"""Events on their way from the outbox to whoever follows them."""
