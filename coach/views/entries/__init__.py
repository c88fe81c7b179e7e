"""How entries of a ledger, and what does not add up, look to every face."""
